// The figures of a server, as plain data: the admin routes write it as text, the reporter as lines.

/** Labels of a sample: `{ reason: "connections" }`. Names are those of Prometheus; values may be any text. */
export type FigureLabels = Readonly<Record<string, string>>;

/** One number of a figure. */
export interface FigureSample {
  /** Labels that distinguish it from the other samples of its figure. */
  readonly labels?: FigureLabels;
  readonly value: number;
}

/** The distribution of values. */
export interface Distribution {
  /** Upper bounds, rising; the last bucket has none. */
  readonly bounds: readonly number[];
  /** The number of values in each bucket alone: one number more than there are bounds. */
  readonly counts: ArrayLike<number>;
  /** All values together. */
  readonly sum: number;
}

/** One figure, in base units: seconds, bytes. */
export type Figure =
  & {
    /** As Prometheus has it, without the program's name: `requests_total`. */
    readonly name: string;
    /** Its meaning, in one sentence without a full stop. */
    readonly help: string;
  }
  & (
    | { readonly kind: "counter" | "gauge"; readonly samples: readonly FigureSample[] }
    | { readonly kind: "histogram"; readonly distribution: Distribution }
  );

/** Gives figures on request. Must not throw. */
export type FigureSource = () => readonly Figure[];

/** The figures of a program, from all of its sources. */
export class Figures {
  readonly #sources: FigureSource[] = [];

  /** Adds a source; figures come in the order of the sources. */
  add(source: FigureSource): void {
    this.#sources.push(source);
  }

  /** The current samples of all sources. */
  collect(): readonly Figure[] {
    return this.#sources.flatMap((source) => source());
  }
}

/** A figure that only rises. */
export function counter(name: string, help: string, value: number | readonly FigureSample[]): Figure {
  return { kind: "counter", name, help, samples: toSamples(value) };
}

/** A figure that rises and falls. */
export function gauge(name: string, help: string, value: number | readonly FigureSample[]): Figure {
  return { kind: "gauge", name, help, samples: toSamples(value) };
}

/** A figure of a distribution. */
export function histogram(name: string, help: string, distribution: Distribution): Figure {
  return { kind: "histogram", name, help, distribution };
}

/** The numbers of a record, each with its name as a label. */
export function samplesOf(label: string, numbers: Readonly<Record<string, number>>): FigureSample[] {
  return Object.entries(numbers).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

function toSamples(value: number | readonly FigureSample[]): readonly FigureSample[] {
  return typeof value === "number" ? [{ value }] : value;
}

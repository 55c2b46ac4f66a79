// Counts responses in existing numbers: no request allocates for it, or reads a clock.

/** The methods that are counted separately; the last word stands for all others. */
export const COUNTED_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"] as const;

/** Upper bounds of the time from a complete head to the response, in milliseconds. */
export const DURATION_BOUNDS_MS: readonly number[] = [
  1,
  2,
  5,
  10,
  25,
  50,
  100,
  250,
  500,
  1_000,
  2_500,
  5_000,
  10_000,
];

const CLASSES = 5;

/** Responses by method and status class, and their durations. Plain data, so that workers can send it. */
export interface ResponseFigures {
  /** For each of {@linkcode COUNTED_METHODS} the numbers of 1xx to 5xx, one after the other. */
  readonly byMethod: readonly number[];
  /** The number of responses up to each of {@linkcode DURATION_BOUNDS_MS}, and beyond all. */
  readonly durations: readonly number[];
  /** All times together, in milliseconds. */
  readonly durationSumMs: number;
}

/** Counts responses. */
export class ResponseCounters {
  readonly #byMethod = new Float64Array(COUNTED_METHODS.length * CLASSES);
  readonly #durations = new Float64Array(DURATION_BOUNDS_MS.length + 1);
  #durationSumMs = 0;

  /** Counts one. @param durationMs from the complete head to the response */
  count(method: string, status: number, durationMs: number): void {
    this.#byMethod[indexOfMethod(method) * CLASSES + (status / 100 | 0) - 1]!++;
    let bucket = 0;
    while (bucket < DURATION_BOUNDS_MS.length && durationMs > DURATION_BOUNDS_MS[bucket]!) bucket++;
    this.#durations[bucket]!++;
    this.#durationSumMs += durationMs;
  }

  /** The counts so far. */
  get figures(): ResponseFigures {
    return {
      byMethod: Array.from(this.#byMethod),
      durations: Array.from(this.#durations),
      durationSumMs: this.#durationSumMs,
    };
  }
}

/** The numbers of one method and status class. @param statusClass 1 to 5 */
export function countOf({ byMethod }: ResponseFigures, method: number, statusClass: number): number {
  return byMethod[method * CLASSES + statusClass - 1]!;
}

function indexOfMethod(method: string): number {
  switch (method) {
    case "GET":
      return 0;
    case "HEAD":
      return 1;
    case "POST":
      return 2;
    case "PUT":
      return 3;
    case "PATCH":
      return 4;
    case "DELETE":
      return 5;
    case "OPTIONS":
      return 6;
    default:
      return 7;
  }
}

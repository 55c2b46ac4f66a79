// The series that functions work on: values at regular times. NaN stands for a missing value, like Graphite's
// None; the infinities are values.

import { aggregationOf, countValues } from "./aggregations.ts";

/** Parts of a series. */
export interface SeriesInit {
  /** The name that the client sees. */
  readonly name: string;
  /** The expression of its source; default its name. */
  readonly pathExpression?: string;
  /** Seconds since 1970 of the first value. */
  readonly start: number;
  /** Seconds since 1970 at the end of the last value. */
  readonly end: number;
  /** Seconds from one value to the next. */
  readonly step: number;
  /** The values. */
  readonly values: Float64Array;
  /** Facts about it, texts by name; default its name only. */
  readonly tags?: Readonly<Record<string, string>>;
  /** How values are joined when there are too many; default `average`. */
  readonly consolidation?: string;
  /** The part of values that must be present for a joined value; default 0. */
  readonly xFilesFactor?: number;
}

/**
 * One series on its way through the functions, which may change it freely, because each evaluation has its
 * own.
 */
export class GraphiteSeries {
  /** The name that the client sees. */
  name: string;
  /** The expression of its source. */
  pathExpression: string;
  /** Seconds since 1970 of the first value. */
  start: number;
  /** Seconds since 1970 at the end of the last value. */
  end: number;
  /** Seconds from one value to the next. */
  step: number;
  /** The values. */
  values: Float64Array;
  /** Facts about it, texts by name. */
  tags: Record<string, string>;
  /** How values are joined when there are too many. */
  consolidation: string;
  /** The part of values that must be present for a joined value. */
  xFilesFactor: number;

  /** Makes a series. */
  constructor(init: SeriesInit) {
    this.name = init.name;
    this.pathExpression = init.pathExpression ?? init.name;
    this.start = init.start;
    this.end = init.end;
    this.step = init.step;
    this.values = init.values;
    this.tags = { ...(init.tags ?? { name: init.name }) };
    this.consolidation = init.consolidation ?? "average";
    this.xFilesFactor = init.xFilesFactor ?? 0;
  }

  /** A series like this one with other values. */
  with(changes: Partial<SeriesInit>): GraphiteSeries {
    return new GraphiteSeries({ ...this.#init(), ...changes });
  }

  /** The values, with this many joined into one. */
  joined(valuesPerPoint: number): Float64Array {
    if (valuesPerPoint <= 1) return this.values;
    const { values, xFilesFactor } = this;
    const aggregate = aggregationOf(this.consolidation);
    const joined = new Float64Array(Math.ceil(values.length / valuesPerPoint)).fill(NaN);
    for (let index = 0; index < joined.length; index++) {
      const part = values.subarray(index * valuesPerPoint, (index + 1) * valuesPerPoint);
      const count = countValues(part);
      if (count > 0 && count / valuesPerPoint >= xFilesFactor) joined[index] = aggregate(part);
    }
    return joined;
  }

  #init(): SeriesInit {
    const { name, start, end, step, values, tags, consolidation, xFilesFactor } = this;
    return { name, start, end, step, values, tags, consolidation, xFilesFactor };
  }
}

/** Series of one step, and the times that they cover. */
export interface AlignedSeries {
  /** The values of each series at the common step. */
  readonly rows: readonly Float64Array[];
  /** Seconds since 1970 of the first value. */
  readonly start: number;
  /** Seconds since 1970 at the end of the last value. */
  readonly end: number;
  /** Seconds from one value to the next. */
  readonly step: number;
}

/** Brings series to their least common step. @param series at least one */
export function align(series: readonly GraphiteSeries[]): AlignedSeries {
  const step = series.reduce((common, { step }) => leastCommonMultiple(common, step), series[0]!.step);
  const start = series.reduce((first, { start }) => Math.min(first, start), Infinity);
  const end = series.reduce((last, { end }) => Math.max(last, end), -Infinity);
  const rows = series.map((one) => one.joined(Math.floor(step / one.step)));
  return { rows, start, end: end - (end - start) % step, step };
}

function leastCommonMultiple(a: number, b: number): number {
  let [larger, smaller] = [a, b];
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller];
  return a / larger * b;
}

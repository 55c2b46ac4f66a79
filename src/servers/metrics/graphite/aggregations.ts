// Graphite's aggregation functions: many values become one. Missing values (NaN) are left out, and if all are
// missing there is no result.

import { TargetError } from "./targets/target_error.ts";

/** The number of present values. */
export function countValues(values: Float64Array): number {
  let count = 0;
  for (let index = 0; index < values.length; index++) if (!Number.isNaN(values[index]!)) count++;
  return count;
}

/** Makes one value from many; NaN if all are missing. */
export type Aggregation = (values: Float64Array) => number;

// Loops over indexes here: `for of` over a typed array takes twice as long (Deno 2.9.6).
function sum(values: Float64Array): number {
  let total = 0;
  let count = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (Number.isNaN(value)) continue;
    total += value;
    count++;
  }
  return count === 0 ? NaN : total;
}

function average(values: Float64Array): number {
  return sum(values) / countValues(values);
}

function averageWithZeros(values: Float64Array): number {
  const total = sum(values);
  return (Number.isNaN(total) ? 0 : total) / values.length;
}

function minimum(values: Float64Array): number {
  let least = NaN;
  for (const value of values) if (!(value >= least) && !Number.isNaN(value)) least = value;
  return least;
}

function maximum(values: Float64Array): number {
  let largest = NaN;
  for (const value of values) if (!(value <= largest) && !Number.isNaN(value)) largest = value;
  return largest;
}

function first(values: Float64Array): number {
  return values.find((value) => !Number.isNaN(value)) ?? NaN;
}

function last(values: Float64Array): number {
  return values.findLast((value) => !Number.isNaN(value)) ?? NaN;
}

function difference(values: Float64Array): number {
  const minuend = first(values);
  return minuend - (sum(values) - minuend);
}

function median(values: Float64Array): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function standardDeviation(values: Float64Array): number {
  const mean = average(values);
  const squares = values.map((value) => (value - mean) ** 2);
  return Math.sqrt(sum(squares) / countValues(values));
}

function product(values: Float64Array): number {
  return values.reduce((total, value) => total * value, 1);
}

const AGGREGATIONS: ReadonlyMap<string, Aggregation> = new Map<string, Aggregation>([
  ["average", average],
  ["avg", average],
  ["avg_zero", averageWithZeros],
  ["median", median],
  ["sum", sum],
  ["total", sum],
  ["min", minimum],
  ["max", maximum],
  ["diff", difference],
  ["stddev", standardDeviation],
  ["count", countValues],
  ["range", (values) => maximum(values) - minimum(values)],
  ["rangeOf", (values) => maximum(values) - minimum(values)],
  ["multiply", product],
  ["first", first],
  ["last", last],
  ["current", last],
]);

/** The names of the aggregation functions. */
export const AGGREGATION_NAMES: readonly string[] = [...AGGREGATIONS.keys()];

/** The aggregation of a name, with or without `Series` after it. @throws {TargetError} for an unknown one */
export function aggregationOf(name: string): Aggregation {
  const aggregation = AGGREGATIONS.get(name.replace(/Series$/, ""));
  if (aggregation === undefined) {
    throw new TargetError(`Unsupported aggregation function: ${name.slice(0, 100)}`);
  }
  return aggregation;
}

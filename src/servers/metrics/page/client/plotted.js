// @ts-check
// Points of several series on one axis of time, and a summary of each series.

/** @import { Plotted } from "./page_types.ts" */

/**
 * The legend's line for a series; undefined if it has no point.
 *
 * @typedef {{ last: number | undefined, min: number | undefined, max: number | undefined, average: number | undefined }} Summary
 */

/**
 * Puts all series onto one axis: the times of all, ascending, then the values of each series, undefined if a series
 * has no point at that time.
 *
 * @param {readonly Plotted[]} plotted
 * @returns {(number | null | undefined)[][]}
 */
export function alignPoints(plotted) {
  const [first, ...others] = plotted;
  if (first === undefined) return [[]];
  if (others.every((other) => hasTimesOf(first, other))) {
    return [
      first.datapoints.map(([, time]) => time),
      ...plotted.map(({ datapoints }) => datapoints.map(([value]) => value)),
    ];
  }
  const times = [...new Set(plotted.flatMap(({ datapoints }) => datapoints.map(([, time]) => time)))]
    .sort((a, b) => a - b);
  const places = new Map(times.map((time, place) => [time, place]));
  const rows = plotted.map(({ datapoints }) => {
    /** @type {(number | null | undefined)[]} */
    const values = new Array(times.length).fill(undefined);
    for (const [value, time] of datapoints) values[/** @type {number} */ (places.get(time))] = value;
    return values;
  });
  return [times, ...rows];
}

/**
 * @param {Plotted} one
 * @param {Plotted} other
 */
function hasTimesOf({ datapoints }, other) {
  return datapoints.length === other.datapoints.length &&
    datapoints.every(([, time], place) => time === other.datapoints[place]?.[1]);
}

/**
 * @param {Plotted} plotted
 * @returns {Summary}
 */
export function summarize({ datapoints }) {
  let sum = 0;
  let count = 0;
  let min = Infinity;
  let max = -Infinity;
  let last;
  for (const [value] of datapoints) {
    if (value === null) continue;
    sum += value;
    count++;
    min = Math.min(min, value);
    max = Math.max(max, value);
    last = value;
  }
  return count === 0
    ? { last: undefined, min: undefined, max: undefined, average: undefined }
    : { last, min, max, average: sum / count };
}

/**
 * One row for each time, with a column for each series (RFC 4180).
 *
 * @param {readonly Plotted[]} plotted
 * @returns {string}
 */
export function toCsv(plotted) {
  const [times = [], ...rows] = alignPoints(plotted);
  const head = ["time", ...plotted.map(({ target }) => target)].map(quoted).join(",");
  const lines = times.map((time, place) =>
    [new Date(Number(time) * 1_000).toISOString(), ...rows.map((values) => values[place] ?? "")].join(",")
  );
  return [head, ...lines].join("\r\n") + "\r\n";
}

/** @param {string} text */
function quoted(text) {
  // A sheet would run a text that begins like a formula.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

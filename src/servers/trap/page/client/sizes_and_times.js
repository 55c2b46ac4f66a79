// @ts-check
// Numbers as people read them.

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/**
 * A size in the unit that suits it: `0 B`, `1.4 KiB`, `12 MiB`.
 *
 * @param {number} bytes
 * @returns {string}
 */
export function sizeText(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/**
 * A whole number with separators, the same everywhere: `12,345`.
 *
 * @param {number} count
 * @returns {string}
 */
export function countText(count) {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/**
 * A number with its noun: `1 request`, `2 requests`.
 *
 * @param {number} count
 * @param {string} noun
 * @returns {string}
 */
export function countOf(count, noun) {
  return `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * Time of day of a time stamp, in UTC as the log has it: `12:34:56.789`.
 *
 * @param {string} isoTime
 * @returns {string}
 */
export function clockText(isoTime) {
  return /T(\d\d:\d\d:\d\d(?:\.\d{1,3})?)/.exec(isoTime)?.[1] ?? isoTime;
}

/**
 * Microseconds since 1970 of a time stamp, with as many decimals as it has.
 *
 * @param {string} isoTime
 * @returns {number} NaN for what is no time
 */
export function microsecondsOf(isoTime) {
  const seconds = Date.parse(isoTime.replace(/\.\d+/, ""));
  const decimals = /\.(\d+)/.exec(isoTime)?.[1] ?? "0";
  return seconds * 1000 + Number(decimals.padEnd(6, "0").slice(0, 6));
}

/**
 * A span of time: `+0.012 ms`, `+1.250 s`.
 *
 * @param {number} microseconds
 * @returns {string}
 */
export function spanText(microseconds) {
  const sign = microseconds < 0 ? "-" : "+";
  const span = Math.abs(microseconds);
  return span < 1_000_000
    ? `${sign}${(span / 1000).toFixed(3)} ms`
    : `${sign}${(span / 1_000_000).toFixed(3)} s`;
}

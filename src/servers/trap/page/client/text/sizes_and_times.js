// @ts-check
// Numbers for people.

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
 * Local time of day of a time stamp: `12:34:56`.
 *
 * @param {string} isoTime
 * @returns {string} the text itself when it is not a time
 */
export function clockText(isoTime) {
  const date = new Date(isoTime);
  if (Number.isNaN(date.getTime())) return isoTime;
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(":");
}

/**
 * Local date of a time stamp: `2026-01-31`.
 *
 * @param {string} isoTime
 * @returns {string} the text itself when it is not a time
 */
export function dateText(isoTime) {
  const date = new Date(isoTime);
  if (Number.isNaN(date.getTime())) return isoTime;
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
}

/**
 * A local date for people: `Saturday, 31 January 2026`.
 *
 * @param {string} date as of {@linkcode dateText}
 * @returns {string} the text itself when it is not a date
 */
export function dayText(date) {
  const noon = new Date(`${date}T12:00:00`);
  if (Number.isNaN(noon.getTime())) return date;
  return noon.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" })
    .replace(/^(\w+) /, "$1, ");
}

/**
 * Local date and time of a time stamp with all its decimals, and the distance from UTC:
 * `2026-01-31 12:34:56.123456 +01:00`.
 *
 * @param {string} isoTime
 * @returns {string} the text itself when it is not a time
 */
export function localText(isoTime) {
  const date = new Date(isoTime);
  if (Number.isNaN(date.getTime())) return isoTime;
  const decimals = /\.\d+/.exec(isoTime)?.[0] ?? "";
  const east = -date.getTimezoneOffset();
  const [hours, minutes] = [Math.floor(Math.abs(east) / 60), Math.abs(east) % 60].map(twoDigits);
  return `${dateText(isoTime)} ${clockText(isoTime)}${decimals} ${east < 0 ? "-" : "+"}${hours}:${minutes}`;
}

/** @param {number} number */
function twoDigits(number) {
  return String(number).padStart(2, "0");
}

/**
 * The age: `now`, `12 s`, `3 min`, `5 h`, `2 d`.
 *
 * @param {number} ms
 * @returns {string}
 */
export function ageText(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 1) return "now";
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/**
 * The age, as a phrase: `now`, `5 min ago`, `in 2 h`.
 *
 * @param {number} ms negative for the future
 * @returns {string}
 */
export function agoText(ms) {
  if (ms <= -1_000) return `in ${ageText(-ms)}`;
  return ms < 1_000 ? "now" : `${ageText(ms)} ago`;
}

/**
 * Microseconds since 1970 of a time stamp, with as many decimals as it has.
 *
 * @param {string} isoTime
 * @returns {number} NaN if it is not a time
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

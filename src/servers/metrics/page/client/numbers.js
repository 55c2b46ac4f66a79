// @ts-check
// Numbers, sizes and times for people.

const MULTIPLES = ["", " k", " M", " G", " T", " P"];
const WHOLE = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 12 });

/**
 * A number in four digits: `1.234 k`, `0.05`.
 *
 * @param {number | null | undefined} value
 * @returns {string}
 */
export function shortNumber(value) {
  if (value === null || value === undefined) return "–";
  if (!Number.isFinite(value)) return String(value);
  let magnitude = Math.abs(value);
  let step = 0;
  while (magnitude >= 1_000 && step < MULTIPLES.length - 1) {
    magnitude /= 1_000;
    step++;
  }
  const digits = String(Number((Math.sign(value) * magnitude).toPrecision(4)));
  return digits + MULTIPLES[step];
}

/**
 * A number as it is, without the noise of the last digits: `1,234.5`.
 *
 * @param {number | null | undefined} value
 * @returns {string}
 */
export function wholeNumber(value) {
  if (value === null || value === undefined) return "–";
  return Number.isFinite(value) && Math.abs(value) < 1e15 ? WHOLE.format(value) : String(value);
}

/**
 * How long ago, or how long: `3 min`.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function durationText(seconds) {
  if (seconds < 0.01) return `${Number((seconds * 1_000).toPrecision(2))} ms`;
  if (seconds < 1) return `${Math.round(seconds * 1_000)} ms`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400).toLocaleString("en-US")} d`;
}

/**
 * Local date and time of Unix seconds: `2026-01-31 12:00:00`.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function timeText(seconds) {
  const date = new Date(seconds * 1_000);
  if (Number.isNaN(date.getTime())) return String(seconds);
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/**
 * Short labels for times on an axis, as precise as their distance requires.
 *
 * @param {readonly number[]} times Unix seconds, ascending
 * @returns {string[]}
 */
export function timeLabels(times) {
  const step = (times[1] ?? 0) - (times[0] ?? 0);
  return times.map((time, place) => {
    const text = timeText(time);
    const isNewDay = place === 0 ||
      text.slice(0, 10) !== timeText(/** @type {number} */ (times[place - 1])).slice(0, 10);
    if (step >= 86_400) return text.slice(0, 10);
    const clock = step < 60 ? text.slice(11) : text.slice(11, 16);
    return isNewDay ? `${clock}\n${text.slice(0, 10)}` : clock;
  });
}

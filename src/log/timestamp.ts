/**
 * Makes a writer of times, `2026-03-01T09:30:00.123456Z`, all of the same length.
 *
 * It keeps the text of the last second and of the last time, like {@linkcode createTimestamps}.
 *
 * @returns takes microseconds since 1970, a whole number
 */
export function createMicroTimestamps(): (timeMicros: number) => string {
  let lastSecond = NaN;
  let prefix = "";
  let lastMicros = NaN;
  let text = "";
  return (timeMicros) => {
    if (timeMicros === lastMicros) return text;
    lastMicros = timeMicros;
    const second = Math.floor(timeMicros / MICROS_PER_SECOND);
    if (second !== lastSecond) {
      lastSecond = second;
      prefix = new Date(second * 1_000).toISOString().slice(0, -4);
    }
    // One digit more than needed keeps the leading zeros.
    return text = prefix + String(MICROS_PER_SECOND + timeMicros - second * MICROS_PER_SECOND).slice(1) + "Z";
  };
}

const MICROS_PER_SECOND = 1_000_000;

/**
 * Makes a writer of times, `2026-03-01T09:30:00.123Z`.
 *
 * It keeps the text of the last millisecond: requests of a busy server share it. Date.toISOString() alone
 * costs 0.3 microseconds on Deno 2.9.6.
 *
 * @returns takes milliseconds since 1970
 */
export function createTimestamps(): (timeMs: number) => string {
  let lastMs = NaN;
  let text = "";
  return (timeMs) => {
    if (timeMs !== lastMs) {
      lastMs = timeMs;
      text = new Date(timeMs).toISOString();
    }
    return text;
  };
}

/**
 * Makes a writer of times, `2026-03-01T09:30:00.123Z`.
 *
 * It keeps the text of the last millisecond: requests of a busy server share it. Date.toISOString() alone costs
 * 0.3 microseconds on Deno 2.9.6.
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

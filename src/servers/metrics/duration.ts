const SECONDS: ReadonlyMap<string, number> = new Map([["s", 1], ["m", 60], ["h", 3_600], ["d", 86_400]]);

/**
 * Reads a length of time as the command line writes it: a whole number and `s`, `m`, `h` or `d`, such as `30d`.
 *
 * @returns seconds, above 0
 * @throws {RangeError} when the text is none
 */
export function parseDurationSeconds(text: string): number {
  const [, digits, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (SECONDS.get(unit ?? "") ?? 0);
  if (seconds > 0) return seconds;
  throw new RangeError(
    `Cannot read a length of time: expected a number with s, m, h or d such as 30d, got "${text}"`,
  );
}

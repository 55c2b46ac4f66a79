/** The clocks of a place. */
export interface TimeZone {
  /** Seconds that clocks are ahead of UTC. @param seconds since 1970 */
  offsetAt(seconds: number): number;
}

/** Clocks that show UTC. */
export const UTC: TimeZone = { offsetAt: () => 0 };

/** The zone of a name such as `Europe/Paris`; UTC if there is none or it is unknown, as Graphite does it. */
export function readTimeZone(name: string | undefined): TimeZone {
  if (name === undefined || name === "") return UTC;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return UTC;
  }
  return { offsetAt: (seconds) => clockOf(format, Math.floor(seconds)) - Math.floor(seconds) };
}

/** The time that clocks show, as seconds since 1970 on them. */
function clockOf(format: Intl.DateTimeFormat, seconds: number): number {
  const parts = new Map(
    format.formatToParts(seconds * 1_000).map(({ type, value }) => [type, Number(value)]),
  );
  const [year, month, day, hour, minute, second] =
    (["year", "month", "day", "hour", "minute", "second"] as const)
      .map((type) => parts.get(type) ?? 0);
  return Date.UTC(year!, month! - 1, day, hour, minute, second) / 1_000;
}

/** The moment when clocks show something. @param clockSeconds since 1970 on these clocks */
export function momentOf(clockSeconds: number, zone: TimeZone): number {
  const guess = clockSeconds - zone.offsetAt(clockSeconds);
  return clockSeconds - zone.offsetAt(guess);
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const IMF_FIXDATE = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const RFC_850 = /^[A-Z][a-z]{5,8}, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/;

/**
 * Reads a date in one of the three forms of RFC 9110 §5.6.7. `Date.parse` takes many more.
 *
 * @param nowMs decides the century of a date with two digits
 * @returns milliseconds since 1970, or undefined if the text is not a date
 */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  const fixed = IMF_FIXDATE.exec(text);
  if (fixed !== null) {
    const [, day, month, year, ...time] = fixed;
    return toTime({ day, month, year: Number(year), time });
  }
  const asctime = ASCTIME.exec(text);
  if (asctime !== null) {
    const [, month, day, hour, minute, second, year] = asctime;
    return toTime({ day, month, year: Number(year), time: [hour!, minute!, second!] });
  }
  const old = RFC_850.exec(text);
  return old === null ? undefined : readOldDate(old, nowMs);
}

/** A year of two digits that seems to be more than 50 years ahead means the latest such year in the past. */
function readOldDate(old: RegExpExecArray, nowMs: number): number | undefined {
  const [, day, month, digits, ...time] = old;
  const now = new Date(nowMs);
  const thisYear = now.getUTCFullYear();
  const year = thisYear - thisYear % 100 + Number(digits);
  const seeming = toTime({ day, month, year, time });
  const isTooFar = seeming !== undefined && seeming > now.setUTCFullYear(thisYear + 50);
  return isTooFar ? toTime({ day, month, year: year - 100, time }) : seeming;
}

function toTime(
  date: {
    readonly day: string | undefined;
    readonly month: string | undefined;
    readonly year: number;
    readonly time: readonly string[];
  },
): number | undefined {
  const { year } = date;
  const month = MONTHS.indexOf(date.month!.toLowerCase());
  const day = Number(date.day);
  const [hour, minute, second] = date.time.map(Number) as [number, number, number];
  // 60 is a leap second.
  if (month < 0 || hour > 23 || minute > 59 || second > 60) return undefined;
  const at = new Date(Date.UTC(year, month, day));
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  if (year < 100) at.setUTCFullYear(year, month, day);
  if (at.getUTCDate() !== day || at.getUTCMonth() !== month) return undefined;
  return at.getTime() + ((hour * 60 + minute) * 60 + second) * 1_000;
}

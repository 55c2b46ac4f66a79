// Times in Graphite's form (`attime.py` of graphite-web 1.1): Unix seconds, or a reference and an offset, as
// in `-1h`, `midnight+30min`, `noon_yesterday`, `04:00_20110501`, `monday`. Days are those of a time zone.

import { TargetError } from "../targets/target_error.ts";
import { momentOf, type TimeZone, UTC } from "./time_zone.ts";

const DAY = 86_400;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

// The first word that a unit begins with counts: `mon` comes after `min`, and `m` alone is not a unit.
const UNITS: readonly (readonly [prefix: string, seconds: number])[] = [
  ["s", 1],
  ["min", 60],
  ["h", 3_600],
  ["d", DAY],
  ["w", 7 * DAY],
  ["mon", 30 * DAY],
  ["y", 365 * DAY],
];

// A longer text is not a time, so the patterns below have little to look at.
const MAX_TEXT_LENGTH = 100;

/**
 * Reads a time.
 *
 * @param nowSeconds the present, in seconds since 1970
 * @param zone the time zone of days and clocks
 * @returns seconds since 1970
 * @throws {TargetError} when the text is malformed
 */
export function parseTimeWords(text: string, nowSeconds: number, zone: TimeZone = UTC): number {
  const words = text.trim().toLowerCase().replaceAll(/[_, ]/g, "");
  if (words.length > MAX_TEXT_LENGTH) throw unknownTime(text);
  if (/^\d+$/.test(words) && !isDay(words)) return Number(words);
  const sign = words.search(/[+-]/);
  const reference = sign < 0 ? words : words.slice(0, sign);
  const offset = sign < 0 ? "" : words.slice(sign);
  const seconds = parseReference(reference, nowSeconds, zone) + (offset === "" ? 0 : parseInterval(offset));
  if (!Number.isFinite(seconds)) throw unknownTime(text);
  return seconds;
}

/**
 * Reads a length of time such as `5min`, `-1h30min` or `+1mon`.
 *
 * @returns seconds, negative for a minus
 * @throws {TargetError} when the text is malformed
 */
export function parseInterval(text: string): number {
  const [, sign, parts] = /^([+-]?)((?:\d{1,9}[a-z]{1,9}){1,9})$/i.exec(text) ?? [];
  if (parts === undefined) throw new TargetError(`Invalid interval: ${JSON.stringify(text.slice(0, 100))}`);
  let seconds = 0;
  for (const [, digits, unit] of parts.matchAll(/(\d+)([a-z]+)/gi)) {
    const known = UNITS.find(([prefix]) => unit!.toLowerCase().startsWith(prefix));
    if (known === undefined) throw new TargetError(`Invalid offset unit ${JSON.stringify(unit)}`);
    seconds += Number(digits) * known[1];
  }
  return sign === "-" ? -seconds : seconds;
}

// Eight digits are a day if they can be one, otherwise seconds.
function isDay(digits: string): boolean {
  return digits.length === 8 && Number(digits.slice(0, 4)) > 1900 && Number(digits.slice(4, 6)) < 13 &&
    Number(digits.slice(6)) < 32;
}

function parseReference(reference: string, nowSeconds: number, zone: TimeZone): number {
  if (reference === "" || reference === "now") return nowSeconds;
  const { secondsOfDay, rest } = parseTimeOfDay(reference);
  const clockNow = nowSeconds + zone.offsetAt(nowSeconds);
  return momentOf(parseDay(rest, clockNow, reference) + secondsOfDay, zone);
}

const NAMED_TIMES: ReadonlyMap<string, number> = new Map([["noon", 12], ["midnight", 0], ["teatime", 16]]);

function parseTimeOfDay(reference: string): { readonly secondsOfDay: number; readonly rest: string } {
  const clock = /^(\d{1,2}):(\d{2})(am|pm)?/.exec(reference) ?? /^(\d{1,2})()(am|pm)/.exec(reference);
  if (clock !== null) {
    const [all, hour, minute, half] = clock;
    const hours = half === "pm" ? (Number(hour) + 12) % 24 : Number(hour);
    if (hours > 23 || Number(minute) > 59) throw unknownTime(reference);
    return { secondsOfDay: hours * 3_600 + Number(minute) * 60, rest: reference.slice(all.length) };
  }
  for (const [name, hour] of NAMED_TIMES) {
    if (reference.startsWith(name)) {
      return { secondsOfDay: hour * 3_600, rest: reference.slice(name.length) };
    }
  }
  return { secondsOfDay: 0, rest: reference };
}

function parseDay(day: string, nowSeconds: number, reference: string): number {
  const today = Math.floor(nowSeconds / DAY) * DAY;
  if (day === "" || day === "today") return today;
  if (day === "yesterday") return today - DAY;
  if (day === "tomorrow") return today + DAY;
  const slashes = /^(\d{1,2})\/(\d{1,2})\/(\d{1,4})$/.exec(day);
  if (slashes !== null) return dateOf(fullYear(Number(slashes[3])), Number(slashes[1]), Number(slashes[2]));
  const digits = /^(\d{4})(\d{2})(\d{2})$/.exec(day);
  if (digits !== null) return dateOf(Number(digits[1]), Number(digits[2]), Number(digits[3]));
  const month = MONTHS.indexOf(day.slice(0, 3));
  if (month >= 0) return parseMonthAndDay(day, month, today);
  const weekday = WEEKDAYS.indexOf(day.slice(0, 3));
  if (weekday < 0) throw unknownTime(reference);
  return today - (new Date(today * 1_000).getUTCDay() - weekday + 7) % 7 * DAY;
}

function parseMonthAndDay(day: string, month: number, today: number): number {
  const number = /\d{1,2}$/.exec(day);
  if (number === null) throw new TargetError("Day of month required after month name");
  return dateOf(new Date(today * 1_000).getUTCFullYear(), month + 1, Number(number[0]));
}

function fullYear(year: number): number {
  const since1900 = year < 1_900 ? year + 1_900 : year;
  return since1900 < 1_970 ? since1900 + 100 : since1900;
}

function dateOf(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    throw new TargetError(`Unknown day: ${year}-${month}-${day}`);
  }
  return date.getTime() / 1_000;
}

function unknownTime(text: string): TargetError {
  return new TargetError(`Unknown day reference: ${text.slice(0, MAX_TEXT_LENGTH)}`);
}

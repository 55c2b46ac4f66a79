import { assertEquals, assertThrows } from "@std/assert";
import {
  parseInterval,
  parseTimeWords,
} from "../../../../../src/servers/metrics/graphite/times/time_words.ts";
import { readTimeZone } from "../../../../../src/servers/metrics/graphite/times/time_zone.ts";
import { TargetError } from "../../../../../src/servers/metrics/graphite/targets/target_error.ts";

// A Tuesday.
const NOW = Date.UTC(2023, 10, 14, 22, 13, 20) / 1_000;

function at(...parts: [number, number, number, number?, number?]): number {
  const [year, month, day, hour = 0, minute = 0] = parts;
  return Date.UTC(year, month - 1, day, hour, minute) / 1_000;
}

const TIMES: readonly (readonly [text: string, seconds: number])[] = [
  ["1700000000", 1_700_000_000],
  ["now", NOW],
  ["", NOW],
  ["-1h", NOW - 3_600],
  ["now-5min", NOW - 300],
  ["-1mon", NOW - 30 * 86_400],
  ["-1h30min", NOW - 5_400],
  ["-2weeks", NOW - 14 * 86_400],
  ["-1y", NOW - 365 * 86_400],
  ["-30s", NOW - 30],
  ["today", at(2023, 11, 14)],
  ["yesterday", at(2023, 11, 13)],
  ["tomorrow", at(2023, 11, 15)],
  ["midnight", at(2023, 11, 14)],
  ["midnight+1d", at(2023, 11, 15)],
  ["noon yesterday", at(2023, 11, 13, 12)],
  ["noon_yesterday", at(2023, 11, 13, 12)],
  ["teatime", at(2023, 11, 14, 16)],
  ["6pm today", at(2023, 11, 14, 18)],
  ["6am", at(2023, 11, 14, 6)],
  ["04:00_20110501", at(2011, 5, 1, 4)],
  ["20110501", at(2011, 5, 1)],
  ["12/24/10", at(2010, 12, 24)],
  ["january 8", at(2023, 1, 8)],
  ["monday", at(2023, 11, 13)],
  ["tuesday", at(2023, 11, 14)],
  ["wednesday", at(2023, 11, 8)],
];

Deno.test("parseTimeWords() takes Graphite's times", () => {
  for (const [text, seconds] of TIMES) assertEquals([text, parseTimeWords(text, NOW)], [text, seconds]);
});

Deno.test("parseTimeWords() refuses a text that is not a time, and quickly, however long it is", () => {
  const long = ["1".repeat(100_000), "-".repeat(100_000), "-1h".repeat(30_000)];
  for (const text of ["soon", "-1", "-1parsec", "25:00", "january", "12/24", "02/30/10", ...long]) {
    assertThrows(() => parseTimeWords(text, NOW), TargetError);
  }
});

Deno.test("parseInterval() takes lengths of time with a sign", () => {
  assertEquals(
    ["5min", "+1h", "-1d", "1mon", "1m"].map((text) => {
      try {
        return parseInterval(text);
      } catch {
        return undefined;
      }
    }),
    [300, 3_600, -86_400, 2_592_000, undefined],
  );
});

const ZONED: readonly (readonly [text: string, zone: string, seconds: number])[] = [
  // 22:13 UTC is 07:13 of the next day in Tokyo.
  ["midnight", "Asia/Tokyo", at(2023, 11, 14, 15)],
  ["noon yesterday", "Asia/Tokyo", at(2023, 11, 14, 3)],
  ["04:00_20110501", "America/New_York", at(2011, 5, 1, 8)],
  // Clocks are set forward at 02:00 of this day.
  ["20110327", "Europe/Berlin", at(2011, 3, 26, 23)],
  ["noon 20110327", "Europe/Berlin", at(2011, 3, 27, 10)],
  ["-1h", "Asia/Tokyo", NOW - 3_600],
  ["midnight", "Nowhere/Land", at(2023, 11, 14)],
];

Deno.test("parseTimeWords() takes days and clocks of a time zone, of UTC if it is unknown", () => {
  for (const [text, zone, seconds] of ZONED) {
    assertEquals([text, zone, parseTimeWords(text, NOW, readTimeZone(zone))], [text, zone, seconds]);
  }
});

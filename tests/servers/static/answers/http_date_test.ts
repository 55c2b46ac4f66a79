import { assertEquals } from "@std/assert";
import { formatHttpDate } from "../../../../src/http/date.ts";
import { parseHttpDate } from "../../../../src/servers/static/answers/http_date.ts";

const NOW_MS = Date.UTC(2026, 5, 1);
const EXAMPLE_MS = Date.UTC(1994, 10, 6, 8, 49, 37);

const DATES: readonly (readonly [text: string, timeMs: number | undefined])[] = [
  ["Sun, 06 Nov 1994 08:49:37 GMT", EXAMPLE_MS],
  ["Sunday, 06-Nov-94 08:49:37 GMT", EXAMPLE_MS],
  ["Sun Nov  6 08:49:37 1994", EXAMPLE_MS],
  ["Sun Nov 16 08:49:37 1994", EXAMPLE_MS + 10 * 86_400_000],
  ["Friday, 01-Jan-76 00:00:00 GMT", Date.UTC(2076, 0, 1)],
  ["Monday, 01-Jun-76 00:00:00 GMT", Date.UTC(2076, 5, 1)],
  ["Tuesday, 01-Jun-76 00:00:01 GMT", Date.UTC(1976, 5, 1, 0, 0, 1)],
  ["Friday, 31-Dec-76 00:00:00 GMT", Date.UTC(1976, 11, 31)],
  ["Saturday, 01-Jan-77 00:00:00 GMT", Date.UTC(1977, 0, 1)],
  ["Thu, 29 Feb 2024 00:00:00 GMT", Date.UTC(2024, 1, 29)],
  ["Sat, 31 Dec 2016 23:59:60 GMT", Date.UTC(2017, 0, 1)],
  ["Sat, 01 Jan 0099 00:00:00 GMT", new Date("0099-01-01T00:00:00Z").getTime()],
  ["Wed, 29 Feb 2023 00:00:00 GMT", undefined],
  ["Sun, 6 Nov 1994 08:49:37 GMT", undefined],
  ["Sun, 06 Nov 1994 24:49:37 GMT", undefined],
  ["Sun, 06 Nov 1994 08:60:37 GMT", undefined],
  ["Sun, 06 Nov 1994 08:49:37", undefined],
  ["Sun, 06 Nov 1994 08:49:37 UTC", undefined],
  ["Sun, 06 Nov 1994 08:49:37 +0000", undefined],
  ["Sun, 06 Foo 1994 08:49:37 GMT", undefined],
  ["1994-11-06T08:49:37Z", undefined],
  ["784111777", undefined],
  ["now", undefined],
  ["", undefined],
];

Deno.test("parseHttpDate() reads the three forms and nothing else (RFC 9110 §5.6.7)", () => {
  for (const [text, timeMs] of DATES) assertEquals(parseHttpDate(text, NOW_MS), timeMs, text);
});

Deno.test("parseHttpDate() reads what formatHttpDate() writes", () => {
  for (let timeMs = 0; timeMs < 4_000_000_000_000; timeMs += 86_399_000 * 37) {
    assertEquals(parseHttpDate(formatHttpDate(timeMs), NOW_MS), timeMs);
  }
});

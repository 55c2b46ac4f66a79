import { assertEquals } from "@std/assert";
import { HttpHeaders } from "../../../../src/http/headers.ts";
import { checkPreconditions, isRangeCurrent } from "../../../../src/servers/static/answers/preconditions.ts";

const CURRENT = { etag: '"a"', lastModifiedMs: Date.UTC(2024, 0, 2, 3, 4, 5) };
const SAME = "Tue, 02 Jan 2024 03:04:05 GMT";
const BEFORE = "Tue, 02 Jan 2024 03:04:04 GMT";
const AFTER = "Tue, 02 Jan 2024 03:04:06 GMT";
const NOW_MS = Date.UTC(2026, 0, 1);

const CASES: readonly (readonly [fields: Record<string, string>, expected: string])[] = [
  [{}, "met"],
  [{ "If-Match": '"a"' }, "met"],
  [{ "If-Match": "*" }, "met"],
  [{ "If-Match": '"b"' }, "failed"],
  [{ "If-Match": 'W/"a"' }, "failed"],
  [{ "If-Match": "" }, "failed"],
  [{ "If-Unmodified-Since": SAME }, "met"],
  [{ "If-Unmodified-Since": AFTER }, "met"],
  [{ "If-Unmodified-Since": BEFORE }, "failed"],
  [{ "If-Unmodified-Since": "yesterday" }, "met"],
  [{ "If-Match": '"a"', "If-Unmodified-Since": BEFORE }, "met"],
  [{ "If-Match": '"b"', "If-Unmodified-Since": AFTER }, "failed"],
  [{ "If-None-Match": '"a"' }, "not-modified"],
  [{ "If-None-Match": 'W/"a"' }, "not-modified"],
  [{ "If-None-Match": "*" }, "not-modified"],
  [{ "If-None-Match": '"b"' }, "met"],
  [{ "If-Modified-Since": SAME }, "not-modified"],
  [{ "If-Modified-Since": AFTER }, "not-modified"],
  [{ "If-Modified-Since": BEFORE }, "met"],
  [{ "If-Modified-Since": "0" }, "met"],
  [{ "If-None-Match": '"b"', "If-Modified-Since": SAME }, "met"],
  [{ "If-None-Match": '"a"', "If-Modified-Since": BEFORE }, "not-modified"],
  [{ "If-Match": '"b"', "If-None-Match": '"a"' }, "failed"],
  [{ "If-Match": '"a"', "If-None-Match": '"a"' }, "not-modified"],
  [{ "If-Unmodified-Since": BEFORE, "If-Modified-Since": SAME }, "failed"],
  [{ "If-Unmodified-Since": SAME, "If-Modified-Since": SAME }, "not-modified"],
];

Deno.test("checkPreconditions() evaluates conditions in their order (RFC 9110 §13.2.2)", () => {
  for (const [fields, expected] of CASES) {
    const headers = new HttpHeaders(Object.entries(fields));
    assertEquals(checkPreconditions(headers, CURRENT, NOW_MS), expected, JSON.stringify(fields));
  }
});

Deno.test("checkPreconditions() joins lines of lists, and ignores a repeated date (RFC 9110 §13.1.3)", () => {
  const lists = new HttpHeaders([["If-None-Match", '"b"'], ["If-None-Match", '"a"']]);
  assertEquals(checkPreconditions(lists, CURRENT, NOW_MS), "not-modified");
  const dates = new HttpHeaders([["If-Modified-Since", SAME], ["If-Modified-Since", AFTER]]);
  assertEquals(checkPreconditions(dates, CURRENT, NOW_MS), "met");
});

const IF_RANGE: readonly (readonly [value: string, isCurrent: boolean])[] = [
  ['"a"', true],
  ['"b"', false],
  ['W/"a"', false],
  ["*", false],
  ['"a", "b"', false],
  [SAME, true],
  [BEFORE, false],
  [AFTER, false],
  ["Tuesday, 02-Jan-24 03:04:05 GMT", true],
  ["yesterday", false],
];

Deno.test("isRangeCurrent() demands the exact validator (RFC 9110 §13.1.5)", () => {
  for (const [value, expected] of IF_RANGE) {
    assertEquals(isRangeCurrent(new HttpHeaders([["If-Range", value]]), CURRENT, NOW_MS), expected, value);
  }
  assertEquals(isRangeCurrent(new HttpHeaders(), CURRENT, NOW_MS), true);
});

Deno.test("isRangeCurrent() treats a date as weak until its second is over (RFC 9110 §8.8.2.2)", () => {
  const headers = new HttpHeaders([["If-Range", SAME]]);
  assertEquals(isRangeCurrent(headers, CURRENT, CURRENT.lastModifiedMs + 999), false);
  assertEquals(isRangeCurrent(headers, CURRENT, CURRENT.lastModifiedMs + 1_000), true);
});

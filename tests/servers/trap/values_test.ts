import { assertEquals } from "@std/assert";
import { createMicroClock, createSystemMicroClock } from "../../../src/servers/trap/records/micro_clock.ts";
import {
  decodeParameter,
  findParameter,
  hasParameter,
  splitQuery,
} from "../../../src/servers/trap/records/parameters.ts";
import { createTag, createTrapIds, timeOf } from "../../../src/servers/trap/records/request_ids.ts";

const NOON = Date.UTC(2026, 2, 1, 12) * 1_000;

Deno.test("createTrapIds() names the time in microseconds, and numbers the requests within one", () => {
  const ids = createTrapIds("abc");
  assertEquals(ids.next(NOON), "2026-03-01T12:00:00.000000Z-00abc");
  assertEquals(ids.next(NOON), "2026-03-01T12:00:00.000000Z-01abc");
  assertEquals(ids.next(NOON + 42), "2026-03-01T12:00:00.000042Z-00abc");
  assertEquals(ids.next(NOON + 1_234_567), "2026-03-01T12:00:01.234567Z-00abc");
  assertEquals(timeOf("2026-03-01T12:00:01.234567Z-00abc"), "2026-03-01T12:00:01.234567Z");
});

Deno.test("createTrapIds() goes on to the next microsecond when the numbers are used up", () => {
  const ids = createTrapIds("abc");
  const all = Array.from({ length: 3_000 }, () => ids.next(NOON));
  assertEquals(all[1_295], "2026-03-01T12:00:00.000000Z-zzabc");
  assertEquals(all[1_296], "2026-03-01T12:00:00.000001Z-00abc");
  assertEquals([all, new Set(all).size], [all.toSorted(), 3_000]);
  // The clock has not reached that time yet.
  assertEquals(ids.next(NOON + 1), "2026-03-01T12:00:00.000002Z-bcabc");
});

Deno.test("createTrapIds() continues after the ids of an earlier process, also with a clock that was set back", () => {
  const ids = createTrapIds("abc", "2026-03-01T12:00:00.000005Z-0fxyz");
  assertEquals(ids.next(NOON), "2026-03-01T12:00:00.000006Z-00abc");
  assertEquals(ids.next(NOON + 9), "2026-03-01T12:00:00.000009Z-00abc");
});

Deno.test("createTag() makes three digits of base 36", () => {
  assertEquals([createTag(() => 0), createTag(() => 0.5), createTag(() => 1 - 2 ** -53)], [
    "000",
    "i00",
    "zzz",
  ]);
});

Deno.test("createMicroClock() runs with the steady clock, follows a clock set forward, and never goes back", () => {
  let [wallMs, steadyMs] = [1_000_000, 50.25];
  const now = createMicroClock({ wallMs: () => wallMs, steadyMs: () => steadyMs });
  assertEquals(now(), 1_000_000_000);
  steadyMs += 0.5;
  assertEquals(now(), 1_000_000_500);
  // The wall clock shows whole milliseconds only.
  [wallMs, steadyMs] = [wallMs + 10, steadyMs + 10.75];
  assertEquals(now(), 1_000_011_250);
  wallMs += 60_000;
  assertEquals(now(), 1_060_010_000);
  [wallMs, steadyMs] = [wallMs - 120_000, steadyMs + 1];
  assertEquals(now(), 1_060_011_000);
  const system = createSystemMicroClock();
  const first = system();
  assertEquals({ isWhole: Number.isInteger(first), goesForward: system() >= first }, {
    isWhole: true,
    goesForward: true,
  });
});

Deno.test("splitQuery() splits and decodes nothing", () => {
  assertEquals(splitQuery(""), []);
  assertEquals(splitQuery("a=1&b&&c==%20+&=x"), [["a", "1"], ["b", ""], ["c", "=%20+"], ["", "x"]]);
});

Deno.test("decodeParameter() gives bytes, and leaves other text", () => {
  assertEquals(decodeParameter("a+b%20c%C3%a4%zz%"), "a b c\xc3\xa4%zz%");
  const parameters = splitQuery("a=1&%61=%32&b");
  assertEquals([findParameter(parameters, "a"), findParameter(parameters, "c")], ["1", undefined]);
  assertEquals({ a2: hasParameter(parameters, "a", "2"), b1: hasParameter(parameters, "b", "1") }, {
    a2: true,
    b1: false,
  });
});

import { assertEquals } from "@std/assert";
import { ContentPace } from "../../../src/serving/timing/content_pace.ts";
import { DEFAULT_SETTINGS } from "../../../src/serving/serve_options.ts";

const settings = { ...DEFAULT_SETTINGS, bodyTimeoutMs: 30_000, minBodyBytesPerSecond: 240 };

/** Whether each arrival is too slow, by the time of its wait and the bytes that it brings. */
function judge(arrivals: readonly (readonly [waitMs: number, bytes: number])[]): boolean[] {
  const pace = new ContentPace(settings);
  let nowMs = 1_000;
  return arrivals.map(([waitMs, bytes]) => {
    pace.begin(nowMs);
    return pace.isTooSlow(bytes, nowMs += waitMs);
  });
}

Deno.test("ContentPace judges each window of waiting by itself: early bytes earn no time for later", () => {
  const dripping = Array.from({ length: 8 }, () => [10_000, 1] as const);
  assertEquals(judge([[1, 10_000_000], ...dripping]).indexOf(true), 7);
});

Deno.test("ContentPace allows the pace itself for as long as it lasts", () => {
  assertEquals(judge(Array.from({ length: 100 }, () => [1_000, 240] as const)).includes(true), false);
});

Deno.test("ContentPace counts only the time of waiting", () => {
  const pace = new ContentPace(settings);
  for (let at = 0; at < 100; at++) {
    pace.begin(at * 100_000);
    assertEquals(pace.isTooSlow(1, at * 100_000 + 10), false);
  }
});

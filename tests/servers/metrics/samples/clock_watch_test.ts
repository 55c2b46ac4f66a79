import { assertEquals } from "@std/assert";
import { ClockWatch } from "../../../../src/servers/metrics/samples/clock_watch.ts";
import { MemoryStore } from "../../../../src/servers/metrics/samples/memory_store.ts";
import { putOne } from "../store_actions.ts";

Deno.test("ClockWatch trusts a steady clock at once, and a clock that was set after ten minutes", () => {
  let [nowMs, monotonicMs] = [1_000_000, 0];
  const lines: string[] = [];
  const watch = new ClockWatch({
    now: () => nowMs,
    monotonicMs: () => monotonicMs,
    onJump: (line) => lines.push(line),
  });
  const pass = (ms: number): void => {
    nowMs += ms;
    monotonicMs += ms;
  };
  assertEquals(watch.isSteady(), true);
  pass(10_000);
  assertEquals({ isSteady: watch.isSteady(), lineCount: lines.length }, { isSteady: true, lineCount: 0 });
  nowMs += 86_400_000;
  assertEquals({ isSteady: watch.isSteady(), lineCount: lines.length }, { isSteady: false, lineCount: 1 });
  pass(10_000);
  nowMs -= 86_400_000;
  assertEquals({ isSteady: watch.isSteady(), lineCount: lines.length }, { isSteady: false, lineCount: 2 });
  pass(599_000);
  assertEquals(watch.isSteady(), false);
  pass(1_000);
  assertEquals({ isSteady: watch.isSteady(), lineCount: lines.length }, { isSteady: true, lineCount: 2 });
});

Deno.test("MemoryStore deletes nothing after a jump of the clock, but hides samples that are too old", async () => {
  let [nowMs, monotonicMs] = [1_000_000, 0];
  const clocks = { now: () => nowMs, monotonicMs: () => monotonicMs };
  const store = new MemoryStore({ retentionSeconds: 100, ...clocks });
  await putOne(store, "a", 1, 990);
  nowMs += 86_400_000;
  await store.maintain();
  assertEquals([store.sampleCount, await putOne(store, "a", 1, 991)], [1, "too-old"]);
  nowMs -= 86_400_000;
  await store.maintain();
  monotonicMs += 600_000;
  nowMs += 600_000;
  await store.maintain();
  assertEquals(store.sampleCount, 0);
});

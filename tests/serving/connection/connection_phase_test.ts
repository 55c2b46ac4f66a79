import { assertEquals } from "@std/assert";
import { ConnectionPhase, type Phase } from "../../../src/serving/connection/connection_phase.ts";
import { DEFAULT_SETTINGS } from "../../../src/serving/serve_options.ts";

const settings = {
  ...DEFAULT_SETTINGS,
  headTimeoutMs: 1,
  bodyTimeoutMs: 2,
  idleTimeoutMs: 3,
  lingerTimeoutMs: 4,
  halfClosedTimeoutMs: 5,
};

const DUE: readonly (readonly [phase: Phase, afterMs: number])[] = [
  ["head", 1],
  ["content", 2],
  ["idle", 3],
  ["half-closed", 5],
  ["lingering", 4],
  ["handling", Infinity],
  ["finishing", Infinity],
  ["closed", Infinity],
];

Deno.test("ConnectionPhase.enter() gives each phase its time", () => {
  const deadlines = { nowMs: 1_000 };
  const phase = new ConnectionPhase(settings, deadlines);
  for (const [name, afterMs] of DUE) {
    phase.enter(name);
    assertEquals([phase.name, phase.dueMs], [name, 1_000 + afterMs]);
  }
});

Deno.test("ConnectionPhase.pause() stops the time, and lets the rest of it run on in the same phase only", () => {
  const deadlines = { nowMs: 1_000 };
  const phase = new ConnectionPhase({ ...settings, headTimeoutMs: 100 }, deadlines);
  phase.enter("head");
  deadlines.nowMs += 40;
  const resume = phase.pause();
  assertEquals(phase.dueMs, Infinity);
  deadlines.nowMs += 1_000_000;
  resume();
  assertEquals(phase.dueMs, deadlines.nowMs + 60);
  const resumeLate = phase.pause();
  phase.enter("handling");
  resumeLate();
  assertEquals(phase.dueMs, Infinity);
});

Deno.test("ConnectionPhase judges the pace of content alone, and of each request anew", () => {
  const deadlines = { nowMs: 0 };
  const phase = new ConnectionPhase(
    { ...settings, bodyTimeoutMs: 100, minBodyBytesPerSecond: 1_000 },
    deadlines,
  );
  const waitForContent = (ms: number): void => {
    phase.enter("content");
    deadlines.nowMs += ms;
  };
  waitForContent(90);
  assertEquals(phase.isTooSlow(1), false);
  phase.enter("handling");
  deadlines.nowMs += 1_000;
  assertEquals(phase.isTooSlow(0), false);
  waitForContent(20);
  assertEquals(phase.isTooSlow(1), true);
  phase.beginRequest();
  waitForContent(90);
  assertEquals(phase.isTooSlow(1), false);
});

import { assert, assertEquals } from "@std/assert";
import { SYSTEM_CLOCK } from "../../../src/base/clock.ts";
import { type Deadlined, Deadlines } from "../../../src/serving/timing/deadlines.ts";
import { FairQueue } from "../../../src/serving/turns/fair_queue.ts";
import { settle, within } from "../../support/deadline.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** An item that waits, and counts how often its time was up. */
class Waiting implements Deadlined {
  deadlineMs = Infinity;
  rings = 0;

  onDeadline(): void {
    this.rings++;
    this.deadlineMs = Infinity;
  }
}

Deno.test("Deadlines calls what is due, at most one sweep late", async () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, 100, new FairQueue());
  const [soon, late, never] = [new Waiting(), new Waiting(), new Waiting()];
  for (const item of [soon, late, never]) deadlines.add(item);
  soon.deadlineMs = clock.nowMs() + 150;
  late.deadlineMs = clock.nowMs() + 1_000;
  await clock.advance(199);
  assertEquals([soon.rings, late.rings], [0, 0]);
  await clock.advance(1);
  assertEquals([soon.rings, late.rings], [1, 0]);
  await clock.advance(800);
  assertEquals([soon.rings, late.rings, never.rings], [1, 1, 0]);
  for (const item of [soon, late, never]) deadlines.delete(item);
});

Deno.test("Deadlines has one timer for all, and none while nothing is watched", () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, 100, new FairQueue());
  const items = Array.from({ length: 100 }, () => new Waiting());
  assertEquals(clock.timerCount, 0);
  for (const item of items) deadlines.add(item);
  assertEquals(clock.timerCount, 1);
  for (const item of items) deadlines.delete(item);
  deadlines.delete(items[0]!);
  assertEquals(clock.timerCount, 0);
  deadlines.add(items[0]!);
  assertEquals(clock.timerCount, 1);
  deadlines.delete(items[0]!);
});

Deno.test("Deadlines lets an item remove itself, and others go on", async () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, 100, new FairQueue());
  const other = new Waiting();
  const leaving: Deadlined = { deadlineMs: clock.nowMs() + 1, onDeadline: () => deadlines.delete(leaving) };
  deadlines.add(leaving);
  deadlines.add(other);
  other.deadlineMs = clock.nowMs() + 1;
  await clock.advance(100);
  assertEquals([other.rings, clock.timerCount], [1, 1]);
  deadlines.delete(other);
});

Deno.test("Deadlines tells expired items in turns, except those that have moved or left meanwhile", async () => {
  const clock = new FakeClock();
  const turns = new FairQueue();
  const deadlines = new Deadlines(clock, 100, turns);
  const items = Array.from({ length: 1_000 }, () => new Waiting());
  for (const item of items) {
    deadlines.add(item);
    item.deadlineMs = clock.nowMs() + 1;
  }
  const [moved, left] = items.splice(-2);
  // Three sweeps, none of which reaches the last item.
  await clock.advance(300);
  const told = items.filter(({ rings }) => rings > 0).length;
  assert(told > 0 && told < items.length, `${told} were told`);
  moved!.deadlineMs = Infinity;
  deadlines.delete(left!);
  while (items.some(({ rings }) => rings === 0)) await settle();
  await settle();
  assertEquals(new Set(items.map(({ rings }) => rings)), new Set([1]));
  assertEquals([moved!.rings, left!.rings], [0, 0]);
  for (const item of [...items, moved!]) deadlines.delete(item);
});

Deno.test("Deadlines tells items that expired first before the others", async () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, 100, new FairQueue());
  const told: number[] = [];
  const startMs = clock.nowMs();
  const items = [3, 1, 2].map((ms): Deadlined => {
    const item = {
      deadlineMs: startMs + ms,
      onDeadline: (): void => {
        told.push(ms);
        deadlines.delete(item);
      },
    };
    return item;
  });
  for (const item of items) deadlines.add(item);
  await clock.advance(100);
  await settle();
  assertEquals(told, [1, 2, 3]);
});

Deno.test("Deadlines.nowMs is the time of the last sweep, and right for the first item", async () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, 100, new FairQueue());
  await clock.advance(5_000);
  const item = new Waiting();
  deadlines.add(item);
  assertEquals(deadlines.nowMs, clock.nowMs());
  await clock.advance(250);
  assertEquals(deadlines.nowMs, clock.nowMs() - 50);
  deadlines.delete(item);
});

Deno.test("SYSTEM_CLOCK calls back repeatedly until it is stopped", async () => {
  const startMs = SYSTEM_CLOCK.nowMs();
  let rings = 0;
  await within(
    new Promise<void>((resolve) => {
      const stop = SYSTEM_CLOCK.every(1, () => {
        if (++rings < 3) return;
        stop();
        resolve();
      });
    }),
    "three rings",
  );
  assertEquals(rings, 3);
  assert(SYSTEM_CLOCK.nowMs() > startMs);
});

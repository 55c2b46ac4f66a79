import { assert, assertEquals } from "@std/assert";
import { DownloadSlots } from "../../../../src/servers/static/disk/download_slots.ts";
import { within } from "../../../support/deadline.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const KIBIBYTE = 1_024;

/** Begins downloads; those that have a turn get a buffer at once. */
function begin(turns: DownloadSlots, count: number): ReturnType<DownloadSlots["enter"]>[] {
  return Array.from({ length: count }, () => {
    const download = turns.enter();
    assert(turns.next(download) instanceof Uint8Array);
    return download;
  });
}

Deno.test("DownloadSlots lets a few downloads move, and the next one when one of them ends", async () => {
  const clock = new FakeClock();
  const turns = new DownloadSlots(clock);
  const moving = begin(turns, 8);
  const waiting = turns.enter();
  const buffer = turns.next(waiting);
  assert(buffer instanceof Promise);
  turns.leave(moving[0]!);
  assertEquals((await within(Promise.resolve(buffer), "its turn")).length, 256 * KIBIBYTE);
  for (const download of [...moving, waiting]) turns.leave(download);
  assertEquals(clock.timerCount, 0);
});

Deno.test("DownloadSlots ends a turn after some pieces, but only if others wait", async () => {
  const turns = new DownloadSlots(new FakeClock());
  const [first, ...others] = begin(turns, 8);
  for (let i = 0; i < 20; i++) assert(turns.next(first!) instanceof Uint8Array);
  const waiting = turns.enter();
  const its = turns.next(waiting);
  const again = turns.next(first!);
  assert(again instanceof Promise, "its turn is over");
  await within(Promise.resolve(its), "the turn of the other");
  turns.leave(others[0]!);
  await within(Promise.resolve(again), "the next turn");
});

Deno.test("DownloadSlots takes the turn from a client that does not keep up, and lets it go on without one", async () => {
  const clock = new FakeClock();
  const turns = new DownloadSlots(clock);
  const stalled = begin(turns, 8);
  const waiting = Array.from({ length: 9 }, () => turns.enter());
  const buffers = waiting.map((download) => turns.next(download));
  await clock.advance(5);
  for (const download of stalled.slice(1)) turns.next(download);
  await clock.advance(5);
  assertEquals((await within(Promise.resolve(buffers[0]!), "the place of the one")).length, 64 * KIBIBYTE);
  assert(turns.next(stalled[1]!) instanceof Uint8Array, "a client that keeps up keeps its turn");
  await clock.advance(10);
  assert(turns.next(stalled[0]!) instanceof Uint8Array, "a slow client waits for no other");
  for (const download of [...stalled, ...waiting]) turns.leave(download);
  await Promise.all(buffers);
  for (const download of waiting) turns.leave(download);
  assertEquals(clock.timerCount, 0);
});

Deno.test("DownloadSlots holds less than 16 MiB for a thousand slow clients", async () => {
  const clock = new FakeClock();
  const turns = new DownloadSlots(clock);
  let bytes = 0;
  for (let i = 0; i < 1_000; i++) {
    const buffer = turns.next(turns.enter());
    if (buffer instanceof Promise) await clock.advance(10);
    bytes += (await within(Promise.resolve(buffer), "a turn")).length;
  }
  assert(bytes < 16 * KIBIBYTE * KIBIBYTE, `${bytes} bytes`);
});

Deno.test("DownloadSlots reuses large buffers", () => {
  const turns = new DownloadSlots(new FakeClock());
  const download = turns.enter();
  const buffer = turns.next(download);
  turns.leave(download);
  turns.leave(download);
  assert(turns.next(turns.enter()) === buffer);
  assert(turns.next(turns.enter()) !== buffer);
});

import { assertEquals } from "@std/assert";
import { DiskPace } from "../../../../src/servers/static/disk/disk_pace.ts";

/** A disk whose calls take as long as the test says. */
function makeDisk(): { readonly pace: DiskPace; readonly take: (ms: number, times?: number) => void } {
  let nowMs = 0;
  const pace = new DiskPace({ monotonicMs: () => nowMs });
  const take = (ms: number, times = 1): void => {
    for (let i = 0; i < times; i++) pace.time(() => nowMs += ms);
  };
  return { pace, take };
}

Deno.test("DiskPace counts memory and flash as quick, and a single wait as chance", () => {
  const { pace, take } = makeDisk();
  take(0.02, 1_000);
  take(0.2, 1_000);
  take(60);
  take(0.02, 100);
  take(900);
  assertEquals(pace.isQuick, true);
});

Deno.test("DiskPace moves a slow disk off the loop, after a second or some dozens of files", () => {
  for (const [ms, times] of [[8, 30], [2_000, 1], [64, 3], [3, 80]] as const) {
    const { pace, take } = makeDisk();
    take(ms, times);
    assertEquals(pace.isQuick, false, `${times} times ${ms} ms`);
  }
});

Deno.test("DiskPace takes a long wait for some files as chance, and three in a row as a slow disk", () => {
  let nowMs = 0;
  const pace = new DiskPace({ monotonicMs: () => nowMs });
  const lookAtSome = (ms: number): boolean => {
    pace.time(() => nowMs += ms, 16);
    return pace.isQuick;
  };
  assertEquals([lookAtSome(900), lookAtSome(0.1), lookAtSome(900)], [true, true, true]);
  for (let i = 0; i < 100; i++) lookAtSome(0.1);
  assertEquals([lookAtSome(160), lookAtSome(160), lookAtSome(160)], [true, true, false]);
});

Deno.test("DiskPace tries again after a second, and waits longer each time that it is slow again", () => {
  let nowMs = 0;
  const pace = new DiskPace({ monotonicMs: () => nowMs });
  const rests: number[] = [];
  for (let i = 0; i < 4; i++) {
    pace.time(() => nowMs += 1_500);
    const startedMs = nowMs;
    while (!pace.isQuick) nowMs += 500;
    rests.push((nowMs - startedMs) / 1_000);
  }
  assertEquals(rests, [1, 2, 4, 8]);
});

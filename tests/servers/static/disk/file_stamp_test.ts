import { assertEquals } from "@std/assert";
import { isSameStamp, isSettled } from "../../../../src/servers/static/disk/file_stamp.ts";

const STAMP = { size: 1, mtimeMs: 10_000, ctimeMs: 10_000, ino: 4 };

Deno.test("isSameStamp() compares every part", () => {
  assertEquals(isSameStamp(STAMP, { ...STAMP }), true);
  for (const change of [{ size: 2 }, { mtimeMs: 1 }, { ctimeMs: 1 }, { ino: 5 }]) {
    assertEquals(isSameStamp(STAMP, { ...STAMP, ...change }), false, JSON.stringify(change));
  }
});

Deno.test("isSettled() waits for a tick of the coarsest clock, and never for a time in the future", () => {
  assertEquals(isSettled(STAMP, 10_500), false);
  assertEquals(isSettled(STAMP, 11_050), false);
  assertEquals(isSettled(STAMP, 11_051), true);
  assertEquals(isSettled({ ...STAMP, ctimeMs: 11_000 }, 11_051), false);
  assertEquals(isSettled(STAMP, 9_000), false);
});

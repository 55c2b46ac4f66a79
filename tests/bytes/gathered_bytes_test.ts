import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { GatheredBytes } from "../../src/bytes/gathered_bytes.ts";

const numbered = (length: number, from = 0): Uint8Array => Uint8Array.from({ length }, (_, i) => from + i);

Deno.test("GatheredBytes.take() gives the bytes in order, however they came", () => {
  const expected = numbered(200_000);
  for (const size of [1, 7, 1_000, 65_536, 65_537, 200_000]) {
    const gathered = new GatheredBytes();
    for (let at = 0; at < expected.length; at += size) gathered.append(expected.subarray(at, at + size));
    assertEquals(gathered.length, expected.length);
    assertEquals(gathered.copy(70_000), expected.slice(0, 70_000));
    assertEquals(gathered.take(), expected);
    assertEquals([gathered.length, gathered.capacity], [0, 0]);
  }
});

Deno.test("GatheredBytes takes at most twice the room of its bytes, and never more than its maximum", () => {
  const gathered = new GatheredBytes();
  for (let i = 0; i < 100_000; i++) {
    gathered.append(numbered(1, i), 100_000);
    const isThrifty = gathered.capacity <= Math.max(2 * gathered.length, gathered.length + 1_024);
    assertEquals(isThrifty, true, `${gathered.capacity} bytes for ${gathered.length}`);
  }
  assertEquals(gathered.capacity, 100_000);
  gathered.append(numbered(1), 100_000);
  assertEquals(gathered.take().length, 100_001);
});

Deno.test("GatheredBytes copies bytes only once if they came together, and never gives out the caller's array", () => {
  const gathered = new GatheredBytes();
  const bytes = numbered(5_000);
  gathered.append(bytes);
  const taken = gathered.take();
  assertEquals(taken, bytes);
  assertNotStrictEquals(taken.buffer, bytes.buffer);
  assertEquals(gathered.take().length, 0);
  gathered.append(bytes);
  const copy = gathered.copy();
  gathered.free();
  assertEquals(copy, bytes);
  assertStrictEquals(gathered.length, 0);
});

Deno.test("GatheredBytes.take() gives a buffer that holds the bytes and nothing else, once all have come", () => {
  const length = 1_500_000;
  const gathered = new GatheredBytes();
  gathered.append(numbered(100_000), length);
  while (gathered.length < length) {
    const room = gathered.roomFor(length);
    const part = room.subarray(0, 70_000);
    part.set(numbered(part.length, gathered.length));
    gathered.append(part, length);
  }
  const taken = gathered.take();
  assertEquals([taken.length, taken.buffer.byteLength], [length, length]);
  assertEquals(taken, numbered(length));
});

Deno.test("GatheredBytes.take() clears room that was handed out and not used", () => {
  const gathered = new GatheredBytes();
  gathered.append(numbered(100));
  const room = gathered.roomFor(2_000_000).fill(7);
  gathered.append(room.subarray(0, 5));
  const { buffer, length } = gathered.take();
  assertEquals(length, 105);
  assertEquals(new Uint8Array(buffer, length).some((byte) => byte !== 0), false);
});

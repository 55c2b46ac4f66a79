import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { BufferPool, LARGE_BYTES, USUAL_SIZES } from "../../src/bytes/buffer_pool.ts";

Deno.test("BufferPool.take() gives a buffer that is large enough, of one of a few sizes", () => {
  const pool = new BufferPool();
  const small = pool.take(0).length;
  for (const size of [0, 1, small]) assertEquals(pool.take(size).length, small);
  for (const size of [small + 1, 8_192]) assertEquals(pool.take(size).length, 8_192);
  for (const size of [8_193, LARGE_BYTES]) assertEquals(pool.take(size).length, LARGE_BYTES);
  assert(small < LARGE_BYTES);
});

Deno.test("BufferPool.take() makes an unusually large buffer for one use: it is not kept", () => {
  const pool = new BufferPool();
  const huge = pool.take(LARGE_BYTES + 1);
  assertEquals(huge.length, LARGE_BYTES + 1);
  pool.give(huge);
  assertNotStrictEquals(pool.take(LARGE_BYTES + 1), huge);
  assertEquals(pool.take(LARGE_BYTES).length, LARGE_BYTES);
});

Deno.test("BufferPool reuses a buffer that was given back, and gives none twice", () => {
  const pool = new BufferPool();
  for (const size of [1, LARGE_BYTES]) {
    const first = pool.take(size);
    assertNotStrictEquals(pool.take(size), first);
    pool.give(first);
    assertStrictEquals(pool.take(size), first);
    assertNotStrictEquals(pool.take(size), first);
  }
});

Deno.test("BufferPool.give() keeps few buffers: those of a burst are not held for ever", () => {
  for (const [size, mostKept] of [[1, 1_024], [8_192, 512], [LARGE_BYTES, 128]] as const) {
    const pool = new BufferPool();
    const buffers = new Set(Array.from({ length: mostKept + 10 }, () => pool.take(size)));
    for (const buffer of buffers) pool.give(buffer);
    let kept = 0;
    while (buffers.has(pool.take(size))) kept++;
    assertEquals(kept, mostKept);
  }
});

Deno.test("BufferPool keeps buffers of a larger size if it is asked to", () => {
  const pool = new BufferPool([...USUAL_SIZES, { bytes: 100_000, maxFree: 1 }]);
  const buffers = [pool.take(LARGE_BYTES + 1), pool.take(100_000)];
  for (const buffer of buffers) pool.give(buffer);
  assertEquals(buffers.map(({ length }) => length), [100_000, 100_000]);
  assertStrictEquals(pool.take(100_000), buffers[0]);
  assertNotStrictEquals(pool.take(100_000), buffers[1]);
});

import { assertEquals } from "@std/assert";
import { ByteBudget } from "../../../src/bytes/byte_budget.ts";
import { ReadBuffer } from "../../../src/http/tokens/read_buffer.ts";

/** The sizes that a buffer has while reads bring this many bytes; `full` fills it. */
function sizesOf(buffer: ReadBuffer, reads: readonly (number | "full")[]): number[] {
  return reads.map((count) => {
    buffer.filled = count === "full" ? buffer.bytes.length : count;
    buffer.fit(true);
    return buffer.bytes.length;
  });
}

Deno.test("ReadBuffer.fit() grows while reads fill it, up to 64 KiB, and is small again when little comes", () => {
  const buffer = new ReadBuffer(new ByteBudget(Infinity));
  assertEquals(sizesOf(buffer, [100, "full", "full", "full", "full", 30_000, 9_000, 8_000, 100]), [
    ...[2_048, 8_192, 32_768, 65_536, 65_536],
    ...[65_536, 65_536, 2_048, 2_048],
  ]);
});

Deno.test("ReadBuffer.fit() makes a new array only for another size, and forgets how much was read", () => {
  const buffer = new ReadBuffer(new ByteBudget(Infinity));
  const { bytes } = buffer;
  buffer.fit(true);
  assertEquals(buffer.bytes === bytes, true);
  buffer.filled = 2_048;
  buffer.fit(true);
  assertEquals({ isKept: buffer.bytes === bytes, filled: buffer.filled }, { isKept: false, filled: 0 });
});

Deno.test("ReadBuffer.fit() keeps its size when a read that filled it does not call for more", () => {
  const buffer = new ReadBuffer(new ByteBudget(Infinity));
  buffer.filled = 2_048;
  buffer.fit(false);
  assertEquals({ filled: buffer.filled, size: buffer.bytes.length }, {
    filled: 0,
    size: 2_048,
  });
});

Deno.test("ReadBuffer.fit() stays small while the budget is used up, and grows when another buffer gives bytes back", () => {
  const budget = new ByteBudget(40_000);
  const first = new ReadBuffer(budget);
  const second = new ReadBuffer(budget);
  assertEquals(sizesOf(first, ["full", "full", "full"]), [8_192, 32_768, 32_768]);
  assertEquals(sizesOf(second, ["full", "full"]), [8_192, 8_192]);
  first.close();
  first.close();
  assertEquals(sizesOf(first, ["full", 1]), [32_768, 32_768]);
  assertEquals(sizesOf(second, ["full"]), [32_768]);
  second.close();
  assertEquals({ take40001: budget.take(40_001), take40000: budget.take(40_000) }, {
    take40001: false,
    take40000: true,
  });
});

Deno.test("ReadBuffer frees the array that a resize replaced with the next read, and its own at the end", () => {
  const budget = new ByteBudget(40_000);
  const buffer = new ReadBuffer(budget);
  const small = buffer.bytes;
  buffer.load(2_048);
  buffer.fit(true);
  assertEquals(small.length, 2_048);
  buffer.load(1);
  assertEquals([small.length, buffer.bytes.length], [0, 8_192]);
  const large = buffer.bytes;
  buffer.free();
  buffer.free();
  assertEquals({ length: large.length, isTaken: budget.take(40_000) }, { length: 0, isTaken: true });
});

import { assertEquals } from "@std/assert";
import { ByteSlab } from "../../../../src/servers/trap/records/byte_slab.ts";

Deno.test("ByteSlab gives out no byte twice, whatever the lengths", () => {
  const slab = new ByteSlab();
  const lengths = [0, 1, 1_024, 1_025, 4_096, 3, 1_000, 1_000, 1_000, 1_000, 1_000, 170];
  const copies = lengths.map((length, i) => slab.copy(new Uint8Array(length + 2).fill(i + 1), 1, length + 1));
  copies.forEach((copy, i) => assertEquals(copy, new Uint8Array(lengths[i]!).fill(i + 1), `${lengths[i]}`));
});

Deno.test("ByteSlab keeps at most 4 KiB in memory for a small part, and a large one by itself", () => {
  const slab = new ByteSlab();
  for (const length of [1, 100, 1_024]) {
    assertEquals(slab.allocate(length).buffer.byteLength, 4_096, `${length}`);
  }
  assertEquals(slab.allocate(1_025).buffer.byteLength, 1_025);
});

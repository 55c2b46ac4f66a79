import { assertEquals } from "@std/assert";
import { createPartitions, slotOf } from "../../../src/storage/cluster/key_slot.ts";

Deno.test("slotOf() gives the slots of the specification (Redis Cluster, Appendix A)", () => {
  assertEquals(slotOf("123456789"), 0x31c3);
  assertEquals([slotOf("foo"), slotOf("bar"), slotOf("")], [12_182, 5_061, 0]);
});

Deno.test("createPartitions() gives every run of slots one partition, the same ones each time", () => {
  for (const count of [1, 64, 256, 1_024]) {
    const partitions = createPartitions(count);
    assertEquals(partitions.map(({ slot }) => Math.floor(slot / (16_384 / count))), [...Array(count).keys()]);
    assertEquals(partitions.map(({ tag }) => slotOf(tag.slice(1, -1))), partitions.map(({ slot }) => slot));
    assertEquals(createPartitions(count), partitions);
  }
  assertEquals(createPartitions(256).slice(0, 3), [
    { tag: "{460}", slot: 5 },
    { tag: "{14}", slot: 115 },
    { tag: "{278}", slot: 156 },
  ]);
});

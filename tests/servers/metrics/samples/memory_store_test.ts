import { assertEquals } from "@std/assert";
import { MemoryStore } from "../../../../src/servers/metrics/samples/memory_store.ts";
import { putOne } from "../store_actions.ts";
import { testStore } from "../store_cases.ts";

testStore("MemoryStore", (limits = {}) => Promise.resolve(new MemoryStore(limits)));

Deno.test("MemoryStore.put() and commit() return without a promise", () => {
  const store = new MemoryStore();
  const bytes = new TextEncoder().encode("k");
  assertEquals(store.put({ bytes, keyStart: 0, keyEnd: 1, value: 1, timestamp: 1 }), "stored");
  assertEquals(store.commit(), undefined);
});

Deno.test("MemoryStore.maintain() forgets the keys and samples that have expired", async () => {
  let nowMs = 0;
  const store = new MemoryStore({ retentionSeconds: 10, now: () => nowMs });
  for (let index = 0; index < 5_000; index++) await putOne(store, `k${index}`, 1, index < 4_000 ? 0 : 100);
  nowMs = 50_000;
  await store.maintain();
  assertEquals([store.seriesCount, store.sampleCount], [1_000, 1_000]);
});

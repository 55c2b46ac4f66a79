import { assertEquals } from "@std/assert";
import { socketsLookedAt } from "../../../../src/base/event_loop.ts";
import { copySamples } from "../../../../src/servers/metrics/tools/copy_samples.ts";
import { toByteRange } from "../../../../src/servers/metrics/page/series_catalog.ts";
import { MemoryStore } from "../../../../src/servers/metrics/samples/memory_store.ts";
import { ALL_TIME } from "../../../../src/servers/metrics/store.ts";

function put(store: MemoryStore, key: string, timestamp: number, value: number): void {
  const { bytes, end } = toByteRange(key);
  store.put({ bytes, keyStart: 0, keyEnd: end, timestamp, value });
}

Deno.test("copySamples() puts missing samples, and leaves a sample of the same second as it is", async () => {
  const from = new MemoryStore();
  const to = new MemoryStore();
  put(from, "cpu", 1, 10);
  put(from, "cpu", 2, 20);
  put(from, "load", 1, 0.5);
  put(to, "cpu", 2, 21);
  const seen: number[] = [];

  const first = await copySamples(from, to, ({ keys }) => seen.push(keys));
  assertEquals(first, { keys: 2, allKeys: 2, samples: 3, copied: 2 });
  assertEquals(seen, [1, 2]);
  assertEquals(to.sampleCount, 3);

  const second = await copySamples(from, to);
  assertEquals(second, { keys: 2, allKeys: 2, samples: 3, copied: 0 });
  assertEquals(await readRows(to, "cpu"), [[1, 10], [2, 21]]);
});

async function readRows(store: MemoryStore, key: string): Promise<number[][]> {
  const { bytes, end } = toByteRange(key);
  const rows: number[][] = [];
  const sink = {
    isFull: false,
    addRow: (_bytes: Uint8Array, _keyStart: number, _keyEnd: number, value: number, timestamp: number) => {
      rows.push([timestamp, value]);
    },
  };
  const reader = store.openRows({ bytes, start: 0, end }, ALL_TIME);
  while (!(await reader.fill(sink))) await socketsLookedAt();
  return rows;
}

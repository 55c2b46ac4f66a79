import { Series } from "../../../src/servers/metrics/samples/series.ts";
import type { SlabMemory } from "../../../src/servers/metrics/samples/slab_memory.ts";

/** Makes a series with the key `k` and no sample. */
export function createSeries(order: number, memory: SlabMemory): Series {
  return new Series({
    order,
    room: { page: Uint8Array.of(0x6b), start: 0 },
    keyBytes: 1,
    memory,
    chunks: [],
  });
}

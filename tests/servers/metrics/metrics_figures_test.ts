import { assertEquals } from "@std/assert";
import { figuresOf, statusFiguresOf } from "../../../src/servers/metrics/metrics_figures.ts";
import { toByteRange } from "../../../src/servers/metrics/page/series_catalog.ts";
import { MemoryStore } from "../../../src/servers/metrics/samples/memory_store.ts";

const COUNTS = { puts: 4, refusals: 1, reads: 3, deletions: 2 };

function storeOfTwoSamples(): MemoryStore {
  const store = new MemoryStore();
  const { bytes, end } = toByteRange("cpu");
  for (const timestamp of [1, 2]) store.put({ bytes, keyStart: 0, keyEnd: end, timestamp, value: 7 });
  return store;
}

Deno.test("figuresOf() counts work, clients, keys and samples", () => {
  const figures = figuresOf({ store: storeOfTwoSamples(), counts: COUNTS, connectionCount: () => 5 });
  const text = JSON.stringify(figures);
  for (
    const name of [
      "puts_total",
      "refused_commands_total",
      "reads_total",
      "deletions_total",
      "clients",
      "samples",
    ]
  ) {
    assertEquals(text.includes(`"metrics_${name}"`), true, name);
  }
});

Deno.test("statusFiguresOf() tells the page what the server does, and its memory in bytes", () => {
  const figures = statusFiguresOf({
    store: storeOfTwoSamples(),
    counts: COUNTS,
    connectionCount: () => 5,
    memoryBytes: () => 1024,
  });
  assertEquals(figures.map(({ name, value, unit, isCounter }) => [name, value, unit, isCounter]), [
    ["puts", 4, "count", true],
    ["refused", 1, "count", true],
    ["series", 1, "count", false],
    ["samples", 2, "count", false],
    ["clients", 5, "count", false],
    ["memory", 1024, "bytes", false],
  ]);
});

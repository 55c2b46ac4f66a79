import { assertEquals } from "@std/assert";
import { figuresOf, statusFiguresOf } from "../../../src/servers/metrics/metrics_figures.ts";
import { toByteRange } from "../../../src/servers/metrics/page/series_catalog.ts";
import type { MetricStore } from "../../../src/servers/metrics/store.ts";
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

Deno.test("figuresOf() and statusFiguresOf() include the disk if the store has one", () => {
  const disk = { bytes: 4096, commits: 2, commitSeconds: 0.5, lastCommitSeconds: 0.25 };
  const store: MetricStore = Object.assign(storeOfTwoSamples(), { disk });
  const parts = { store, counts: COUNTS, connectionCount: () => 5, memoryBytes: () => 1024 };
  const values = (name: string): unknown =>
    figuresOf(parts).flatMap((figure) =>
      figure.name === name && "samples" in figure ? figure.samples : []
    )[0];
  assertEquals(
    ["metrics_disk_bytes", "metrics_commits_total", "metrics_commit_seconds_total"].map((name) =>
      (values(name) as { readonly value: number }).value
    ),
    [4096, 2, 0.5],
  );
  assertEquals(statusFiguresOf(parts).slice(-2).map(({ name, value, unit }) => [name, value, unit]), [
    ["disk", 4096, "bytes"],
    ["fsync", 0.25, "seconds"],
  ]);
});

Deno.test("statusFiguresOf() gives the page the work of the server, and its memory in bytes", () => {
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

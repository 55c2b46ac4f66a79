// The figures of the server: for Prometheus, and for its page.

import { counter, type Figure, gauge } from "../../program/admin/figures.ts";
import type { PageFigure } from "./page/server_status.ts";
import type { ServerCounts } from "./server_counts.ts";
import type { DiskFacts, MetricStore } from "./store.ts";

/** Sources of the numbers. */
export interface FigureParts {
  /** The store that is measured. */
  readonly store: MetricStore;
  /** Counters of the server's work. */
  readonly counts: Readonly<ServerCounts>;
  /** The number of clients. */
  readonly connectionCount: () => number;
}

/** Sources of the page's numbers. */
export interface StatusParts extends FigureParts {
  /** Memory that the process holds, in bytes. */
  readonly memoryBytes: () => number;
}

/** The figures of `/metrics`; names begin with `metrics_`. */
export function figuresOf({ store, counts, connectionCount }: FigureParts): Figure[] {
  const figures = [
    counter("metrics_puts_total", "Puts that were acknowledged", counts.puts),
    counter("metrics_refused_commands_total", "Commands that were refused", counts.refusals),
    counter("metrics_reads_total", "Replies with rows or keys", counts.reads),
    counter("metrics_deletions_total", "Deletions that were acknowledged", counts.deletions),
    gauge("metrics_clients", "Clients that are connected", connectionCount()),
    gauge("metrics_read_only", "Whether puts are refused", store.readOnlyReason === undefined ? 0 : 1),
  ];
  const { seriesCount, sampleCount, disk } = store;
  if (seriesCount !== undefined) figures.push(gauge("metrics_series", "Keys with samples", seriesCount));
  if (sampleCount !== undefined) figures.push(gauge("metrics_samples", "Samples that are kept", sampleCount));
  if (disk === undefined) return figures;
  return [
    ...figures,
    gauge("metrics_disk_bytes", "Size of the database with its log", disk.bytes),
    counter("metrics_commits_total", "Commits to the database", disk.commits),
    counter("metrics_commit_seconds_total", "Seconds that commits have taken", disk.commitSeconds),
  ];
}

/** The figures of the page. */
export function statusFiguresOf({ store, counts, connectionCount, memoryBytes }: StatusParts): PageFigure[] {
  const count = (name: string, label: string, value: number): PageFigure => ({
    name,
    label,
    unit: "count",
    isCounter: false,
    value,
  });
  const { disk } = store;
  return [
    { ...count("puts", "puts", counts.puts), isCounter: true },
    { ...count("refused", "refused", counts.refusals), isCounter: true },
    ...(store.seriesCount === undefined ? [] : [count("series", "series", store.seriesCount)]),
    ...(store.sampleCount === undefined ? [] : [count("samples", "samples", store.sampleCount)]),
    count("clients", "clients", connectionCount()),
    { ...count("memory", "memory", memoryBytes()), unit: "bytes" },
    ...(disk === undefined ? [] : diskFiguresOf(disk)),
  ];
}

function diskFiguresOf({ bytes, lastCommitSeconds }: DiskFacts): PageFigure[] {
  return [
    { name: "disk", label: "disk", unit: "bytes", isCounter: false, value: bytes },
    {
      name: "fsync",
      label: "last commit, with fsync",
      unit: "seconds",
      isCounter: false,
      value: lastCommitSeconds,
    },
  ];
}

import { openClusterStore } from "../../src/servers/metrics/cluster/open_cluster_store.ts";
import { parseStoreAddress } from "../../src/storage/cluster/store_address.ts";
import { hasRedis, type RedisCluster, withRedisCluster } from "../support/redis_cluster.ts";
import {
  connectLineWriter,
  createStoreWriter,
  type Sample,
  type SampleWriter,
} from "./clients/sample_writers.ts";
import { readPort } from "./peers/peer.ts";
import type { ServerProcess } from "./processes.ts";
import type { Bench, Section, SectionReport } from "./section.ts";
import { describeSharedTrap, measureSharedTrap, type SharedTrapFigures } from "./shared_trap.ts";
import { formatNumber, formatRatio, median } from "./table.ts";

const PROGRAM = decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname);
const SERIES = 1_000;
const SINGLE_PUTS = 3_000;
const FIRST_TIMESTAMP = 1_700_000_000;

// On two quiet cores, for the MetricStore itself.
const TARGETS = {
  everysec: { batches: new Map([[1_000, 140_000], [10_000, 350_000]]), singleMs: 0.2, rows: 900_000 },
  always: { batches: new Map([[1_000, 60_000], [10_000, 150_000]]), singleMs: 1, rows: 900_000 },
};

interface Figures {
  readonly store: number | undefined;
  readonly line: number | undefined;
}

interface Row extends Figures {
  readonly what: string;
  readonly unit?: "ms";
  readonly target: number;
}

/** Metrics in a Redis Cluster of three primaries and three replicas, all on this machine. */
export const CLUSTER_SECTION: Section = { name: "cluster", run: measureCluster };

async function measureCluster(bench: Bench): Promise<SectionReport> {
  const rows: Row[] = [];
  let trap: SharedTrapFigures | undefined;
  if (hasRedis()) {
    for (const appendfsync of ["everysec", "always"] as const) {
      await withRedisCluster({ replicas: 1, appendfsync }, async (servers) => {
        rows.push(...await measureWith(bench, servers, appendfsync));
        trap ??= await measureSharedTrap(bench, servers);
      });
    }
  }
  return {
    title: "Metrics and trap in a cluster: per second",
    method:
      `Three primaries and three replicas of redis-server on this machine, --ack replicated, ${
        formatNumber(SERIES)
      } series. MetricStore: in the process of the writer; line protocol: through one node, a process of its own. ` +
      "One writer that waits for each batch, which it has made beforehand. Targets: for the MetricStore on two " +
      "quiet cores; 0.6 of it for the line protocol, and at most 0.2 ms more for one at a time. Medians of " +
      `${bench.options.rounds} rounds.`,
    table: {
      columns: ["what", "target", "MetricStore", "line protocol", "ratio"],
      rows: rows.map(({ what, unit, target, store, line }) => [
        what,
        ...[target, store, line].map((figure) => formatNumber(figure, unit === "ms" ? 2 : 0)),
        formatRatio(line, store),
      ]),
    },
    notes: [trap === undefined ? "No redis-server: nothing was measured." : describeSharedTrap(trap)],
    figures: { rows, trap },
    isBroken: rows.some(({ store, line }) => store === undefined || line === undefined),
  };
}

async function measureWith(
  bench: Bench,
  servers: RedisCluster,
  appendfsync: keyof typeof TARGETS,
): Promise<Row[]> {
  const node = startNode(bench, servers);
  const port = readPort(await node.nextLine());
  const { store } = await openClusterStore(parseStoreAddress(servers.url)!);
  const writers = [createStoreWriter(store), await connectLineWriter(port)];
  const samples = new Samples();
  const targets = TARGETS[appendfsync];
  try {
    const rows: Row[] = [];
    for (const [size, target] of targets.batches) {
      bench.report(`cluster, appendfsync ${appendfsync}, batches of ${formatNumber(size)}`);
      const figures = await interleave(
        bench,
        writers,
        (writer) => measurePuts(writer, () => samples.take(size), bench.options.seconds),
      );
      rows.push({ what: `${appendfsync}, puts in batches of ${formatNumber(size)}`, target, ...figures });
    }
    bench.report(`cluster, appendfsync ${appendfsync}, one at a time`);
    const singles = await interleave(bench, writers, (writer) => measureSingles(writer, samples));
    rows.push({
      what: `${appendfsync}, one at a time, p50 ms`,
      unit: "ms",
      target: targets.singleMs,
      ...singles,
    });
    bench.report(`cluster, appendfsync ${appendfsync}, get *`);
    const reads = await interleave(bench, writers, (writer) => measureRows(writer, samples.count));
    rows.push({ what: `${appendfsync}, rows of get *`, target: targets.rows, ...reads });
    return rows;
  } finally {
    await Promise.all(writers.map((writer) => writer.close()));
    await node.stop();
  }
}

// Nothing is pinned to a core: eight processes share the machine.
function startNode(bench: Bench, { url }: RedisCluster): ServerProcess {
  const permissions = ["--allow-net", "--allow-read"];
  const settings = ["metrics", "--port", "0", "--error-log", "off", "--store", url];
  return bench.processes.start([Deno.execPath(), "run", "--quiet", ...permissions, PROGRAM, ...settings]);
}

/** Measures each writer in turn, after a round that does not count. */
async function interleave(
  bench: Bench,
  writers: readonly SampleWriter[],
  measure: (writer: SampleWriter) => Promise<number>,
): Promise<Figures> {
  const figures: number[][] = writers.map(() => []);
  for (let round = 0; round <= bench.options.rounds; round++) {
    for (const [index, writer] of writers.entries()) {
      const figure = await measure(writer);
      if (round > 0) figures[index]!.push(figure);
    }
  }
  return { store: median(figures[0]!), line: median(figures[1]!) };
}

async function measurePuts(
  writer: SampleWriter,
  next: () => readonly Sample[],
  seconds: number,
): Promise<number> {
  let puts = 0;
  let spentMs = 0;
  while (spentMs < seconds * 1_000) {
    const batch = next();
    spentMs += await timeMs(writer.prepare(batch));
    puts += batch.length;
  }
  return puts / spentMs * 1_000;
}

async function measureSingles(writer: SampleWriter, samples: Samples): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < SINGLE_PUTS; index++) {
    times.push(await timeMs(writer.prepare(samples.take(1))));
  }
  return median(times)!;
}

async function measureRows(writer: SampleWriter, count: number): Promise<number> {
  return count / await timeMs(() => writer.readAll(count)) * 1_000;
}

async function timeMs(action: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await action();
  return performance.now() - startedMs;
}

/** Samples of each series in turn, in steps of a second. */
class Samples {
  /** The number of those taken so far. */
  count = 0;

  /** The next ones. */
  take(count: number): Sample[] {
    return Array.from({ length: count }, () => {
      const number = this.count++;
      return {
        key: `cpu.load.host${number % SERIES}`,
        timestamp: FIRST_TIMESTAMP + Math.floor(number / SERIES),
        value: number % 997 / 10,
      };
    });
  }
}

import type { LoadOrder } from "./clients/metrics_load.ts";
import { holdIdleConnections, IDLE_CONNECTIONS } from "./idle_clients.ts";
import { pin } from "./machine.ts";
import {
  createDurablePeers,
  createMemoryPeers,
  createMillrace,
  createRedis,
  type MetricsPeer,
} from "./peers/metrics_peers.ts";
import { type RunningPeer, startPeer } from "./peers/peer.ts";
import { selectPeers } from "./peers/peers.ts";
import { firstLine } from "./peers/start_hello.ts";
import { measurePeakGrowth, readMemory } from "./process_costs.ts";
import type { Bench, Section, SectionReport } from "./section.ts";
import { formatNumber, formatRatio, median } from "./table.ts";

const LOAD_PROGRAM = decodeURIComponent(new URL("./clients/metrics_load.ts", import.meta.url).pathname);
const FIRST_TIMESTAMP = 1_700_000_000;
const ROUND_SECONDS = 10_000_000;

// As many as the fast servers take in about a second.
const MEMORY_PUTS_PER_SECOND = 4_000_000;
const DURABLE_PUTS_PER_SECOND = 2_000_000;
const SINGLE_CLIENTS = 50;
const SINGLE_PUTS_PER_SECOND = 1_000;
const ROWS = { count: 1_000_000, series: 100, times: 5 };
const SAMPLES = { count: 10_000_000, parts: 10, series: 1_000 };

/** The results of several servers: figures per second by the name of the server. */
interface Comparison {
  readonly what: string;
  readonly series: number;
  readonly perSecond: ReadonlyMap<string, number | undefined>;
  readonly problems: readonly string[];
}

/** The metrics server beside Redis, VictoriaMetrics and Carbon: puts, rows, memory, size on disk. */
export const METRICS_SECTION: Section = { name: "metrics", run: measureMetrics };

async function measureMetrics(bench: Bench): Promise<SectionReport> {
  const { seconds, rounds } = bench.options;
  const all: Comparison[] = [];
  for (const series of [1_000, 100_000]) {
    all.push(await comparePuts(bench, { what: "put", peers: createMemoryPeers(), series }));
  }
  for (const series of [1_000, 100_000]) {
    all.push(await comparePuts(bench, { what: "put, synced to disk", peers: createDurablePeers(), series }));
  }
  all.push(await compareSinglePuts(bench), await measureRows(bench));
  const sizes = await measureSizes(bench);
  const titles = new Map(createMemoryPeers().map(({ name, title }) => [name, title]));
  const problems = [...all.flatMap((comparison) => comparison.problems), ...sizes.problems];
  return {
    title: "Metrics: per second",
    method:
      `Four connections with puts as fast as they are taken, ${
        formatNumber(MEMORY_PUTS_PER_SECOND * seconds)
      } a time (${
        formatNumber(DURABLE_PUTS_PER_SECOND * seconds)
      } synced to disk), in steps of 10 s over all series; ` +
      `medians of ${rounds} interleaved rounds after one that makes the series. Redis: HSET with the timestamp as ` +
      "field, in hash tables; synced: appendfsync always. VictoriaMetrics and Carbon (a hundredth of the puts) acknowledge " +
      "nothing: until they have read all.",
    table: {
      columns: ["what", "series", ...titles.values(), "vs Redis"],
      rows: all.map(({ what, series, perSecond }) => [
        what,
        formatNumber(series),
        ...[...titles.keys()].map((name) => perSecond.has(name) ? formatNumber(perSecond.get(name)) : ""),
        perSecond.has("redis") ? formatRatio(perSecond.get("metrics"), perSecond.get("redis")) : "",
      ]),
    },
    notes: [...sizes.notes, ...problems],
    figures: {
      perSecond: all.map(({ perSecond, ...rest }) => ({ ...rest, ...Object.fromEntries(perSecond) })),
      sizes: sizes.figures,
    },
    isBroken:
      all.some(({ perSecond }) => perSecond.has("metrics") && perSecond.get("metrics") === undefined) ||
      sizes.problems.length > 0,
  };
}

interface PutComparison {
  readonly what: string;
  readonly peers: readonly MetricsPeer[];
  readonly series: number;
}

function comparePuts(bench: Bench, { what, peers, series }: PutComparison): Promise<Comparison> {
  const perSecond = peers.length > 2 ? MEMORY_PUTS_PER_SECOND : DURABLE_PUTS_PER_SECOND;
  return compare(bench, { what, series, peers }, (peer, round) => {
    const count = perSecond * bench.options.seconds * peer.share * (round === 0 ? 0.5 : 1);
    const firstTimestamp = FIRST_TIMESTAMP + round * ROUND_SECONDS;
    return { count, order: { task: "puts", dialect: peer.dialect, count, series, firstTimestamp } };
  });
}

function compareSinglePuts(bench: Bench): Promise<Comparison> {
  const what = `put, one at a time, ${SINGLE_CLIENTS} clients`;
  const peers = [createMillrace("memory"), createRedis("memory")];
  return compare(bench, { what, series: SINGLE_CLIENTS, peers }, ({ dialect }) => {
    const putsEach = SINGLE_PUTS_PER_SECOND * bench.options.seconds;
    const order = { task: "single puts", dialect, clients: SINGLE_CLIENTS, putsEach } as const;
    return { count: SINGLE_CLIENTS * putsEach, order };
  });
}

function measureRows(bench: Bench): Promise<Comparison> {
  const { count, series, times } = ROWS;
  const settings = { what: "get, rows", series, peers: [createMillrace("memory")] };
  return compare(
    bench,
    settings,
    ({ dialect }, round) =>
      round === 0
        ? { count, order: { task: "puts", dialect, count, series, firstTimestamp: FIRST_TIMESTAMP } }
        : { count: count * times, order: { task: "rows", times } },
  );
}

interface CountedOrder {
  readonly count: number;
  readonly order: LoadOrder;
}

/** Starts servers, gives each the same loads in turn, and stops them. Round 0 does not count. */
async function compare(
  bench: Bench,
  { what, series, peers }: PutComparison,
  orderOf: (peer: MetricsPeer, round: number) => CountedOrder,
): Promise<Comparison> {
  const problems: string[] = [];
  const all: { peer: MetricsPeer; running: RunningPeer; rates: number[] }[] = [];
  const perSecond = new Map<string, number | undefined>();
  try {
    for (const peer of selectPeers(peers, bench.options.only) as readonly MetricsPeer[]) {
      perSecond.set(peer.name, undefined);
      try {
        const folder = await Deno.makeTempDir({ dir: bench.folder });
        all.push({ peer, running: await startPeer(peer, { ...bench, folder }), rates: [] });
      } catch (error) {
        problems.push(`${what}: ${peer.title} is not available: ${firstLine(error)}.`);
      }
    }
    for (let round = 0; round <= bench.options.rounds; round++) {
      for (const { peer, running, rates } of all) {
        bench.report(`metrics: ${what}, ${series} series, ${peer.title}, round ${round}`);
        try {
          const { count, order } = orderOf(peer, round);
          const seconds = await runLoad(bench, running.port, order);
          if (round > 0) rates.push(count / seconds);
        } catch (error) {
          problems.push(`${what}: ${peer.title} failed: ${firstLine(error)}.`);
        }
      }
    }
  } finally {
    await Promise.all(all.map(({ running }) => running.process.stop()));
  }
  for (const { peer, rates } of all) perSecond.set(peer.name, median(rates));
  return { what, series, perSecond, problems };
}

async function runLoad(bench: Bench, port: number, order: LoadOrder): Promise<number> {
  const args = [String(port), JSON.stringify(order)];
  const program = [Deno.execPath(), "run", "--quiet", "--allow-net", LOAD_PROGRAM, ...args];
  const { code, stdout, stderr } = await bench.processes.run(pin(bench.machine, 1, program));
  if (code !== 0) throw new Error(stderr.trim());
  return Number(stdout);
}

interface Sizes {
  readonly notes: readonly string[];
  readonly figures: Readonly<Record<string, number | undefined>>;
  readonly problems: readonly string[];
}

async function measureSizes(bench: Bench): Promise<Sizes> {
  if (bench.options.only.length > 0 && !bench.options.only.includes("metrics")) {
    return { notes: [], figures: {}, problems: [] };
  }
  try {
    const memoryBytes = await measureSamples(bench);
    const diskBytes = await measureFile(bench);
    const idleBytes = await measureIdleClients(bench);
    const samples = `${formatNumber(SAMPLES.count)} samples in ${formatNumber(SAMPLES.series)} series`;
    return {
      notes: [
        `${samples}: ${formatNumber(memoryBytes, 1)} bytes of memory each, ${
          formatNumber(diskBytes, 1)
        } sealed on disk.`,
        `${formatNumber(IDLE_CONNECTIONS)} idle clients after a command each: the server occupies ` +
        `${formatNumber(idleBytes === undefined ? undefined : idleBytes / 1e6)} MB.`,
      ],
      figures: { memoryBytes, diskBytes, idleBytes },
      problems: [],
    };
  } catch (error) {
    return { notes: [], figures: {}, problems: [`Sizes: ${firstLine(error)}.`] };
  }
}

async function measureSamples(bench: Bench): Promise<number | undefined> {
  bench.report("metrics: memory of samples");
  const server = await startPeer(createMillrace("memory"), bench);
  try {
    const before = readMemory(server.process.pid);
    await putSamples(bench, server.port);
    const after = readMemory(server.process.pid);
    if (before === undefined || after === undefined) return undefined;
    return (after.residentBytes - before.residentBytes) / SAMPLES.count;
  } finally {
    await server.process.stop();
  }
}

// A stopped server has sealed all of its blocks.
async function measureFile(bench: Bench): Promise<number> {
  bench.report("metrics: size on disk");
  const server = await startPeer(createMillrace("disk"), bench);
  try {
    await putSamples(bench, server.port);
  } finally {
    await server.process.stop();
  }
  return (await Deno.stat(`${bench.folder}/metrics.db`)).size / SAMPLES.count;
}

async function putSamples(bench: Bench, port: number): Promise<void> {
  const count = SAMPLES.count / SAMPLES.parts;
  const span = count / SAMPLES.series * 10;
  for (let part = 0; part < SAMPLES.parts; part++) {
    const firstTimestamp = FIRST_TIMESTAMP + part * span;
    await runLoad(bench, port, {
      task: "puts",
      dialect: "millrace",
      count,
      series: SAMPLES.series,
      firstTimestamp,
    });
  }
}

async function measureIdleClients(bench: Bench): Promise<number | undefined> {
  bench.report("metrics: idle clients");
  const server = await startPeer(createMillrace("memory"), bench);
  try {
    const { pid } = server.process;
    const before = readMemory(pid);
    const growth = await measurePeakGrowth(pid, () => holdIdleConnections(bench, server.port, "get key"));
    return before === undefined || growth === undefined ? undefined : before.residentBytes + growth;
  } finally {
    await server.process.stop();
  }
}

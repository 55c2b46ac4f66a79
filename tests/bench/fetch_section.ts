import { FETCH_PEERS, type FetchPeers } from "./peers/fetch_peers.ts";
import { type Peer, type RunningPeer, startPeer } from "./peers/peer.ts";
import { firstLine } from "./peers/start_hello.ts";
import { readCpuSeconds } from "./process_costs.ts";
import type { Bench, Section, SectionReport } from "./section.ts";
import { formatNumber, formatRatio, median } from "./table.ts";

const WARM_UP_SECONDS = 1;

/** One kind of load. */
interface Work {
  readonly title: string;
  /** The handler, see fetch_handlers.ts. */
  readonly workload: string;
  readonly path: string;
  readonly connections: number;
  readonly pipelined: number;
  readonly uploadBytes?: number;
}

const WORKS: readonly Work[] = [
  { title: "hello world", workload: "plain", path: "", connections: 64, pipelined: 1 },
  { title: "hello world, 16 pipelined", workload: "plain", path: "", connections: 64, pipelined: 16 },
  {
    title: "Hono: parameter, JSON, 2 middlewares",
    workload: "hono",
    path: "users/7",
    connections: 64,
    pipelined: 1,
  },
  { title: "1 MB streamed in 64 pieces", workload: "stream", path: "", connections: 16, pipelined: 1 },
  {
    title: "1 MB upload by request.bytes()",
    workload: "upload",
    path: "",
    connections: 16,
    pipelined: 1,
    uploadBytes: 1_048_576,
  },
];

/** Requests per second of web-standard handlers, against the server of each runtime. */
export const FETCH_SECTION: Section = { name: "fetch", run: measureFetch };

interface Sample {
  readonly requestsPerSecond: number;
  readonly cpuUs: number | undefined;
}

/** The figures of one server for one kind of load, or the reason why it was not measured. */
interface Row {
  readonly work: Work;
  readonly runtime: string;
  readonly peer: Peer;
  readonly samples: Sample[];
  failure?: string;
}

async function measureFetch(bench: Bench): Promise<SectionReport> {
  const rows: Row[] = [];
  for (const work of WORKS) {
    for (const peers of FETCH_PEERS) rows.push(...await measureWork(bench, work, peers));
  }
  const failures = rows.filter(({ failure }) => failure !== undefined);
  return {
    title: "Web-standard handlers",
    method:
      `The same handler on each runtime's own server and on millrace, load by ${bench.generators.single.name}; medians ` +
      `of ${bench.options.rounds} interleaved rounds of ${bench.options.seconds} s. CPU: user and system time of the ` +
      "server per request. Ratios are those of requests per second, and in brackets those of CPU.",
    table: {
      columns: ["handler", "server", "requests/s", "CPU us", "vs the runtime's own"],
      rows: rows.map((row) => toCells(row, rows)),
    },
    notes: failures.map(({ work, peer, failure }) => `${work.title}, ${peer.title}: ${failure}.`),
    figures: rows.map(({ work, peer, samples, failure }) => ({
      work: work.title,
      server: peer.title,
      samples,
      failure,
    })),
    isBroken: failures.some(({ peer }) => peer.isOurs),
  };
}

async function measureWork(bench: Bench, work: Work, { runtime, peersFor }: FetchPeers): Promise<Row[]> {
  const rows = peersFor(work.workload).map((peer): Row => ({ work, runtime, peer, samples: [] }));
  bench.report(`fetch: ${work.title} on ${runtime}`);
  const running = new Map<Row, RunningPeer>();
  try {
    for (const row of rows) {
      await attempt(row, async () => void running.set(row, await startPeer(row.peer, bench)));
    }
    for (let round = 0; round <= bench.options.rounds; round++) {
      const seconds = round === 0 ? WARM_UP_SECONDS : bench.options.seconds;
      for (const [row, server] of running) {
        await attempt(row, async () => {
          const sample = await measure(bench, server, { work, seconds });
          if (round > 0) row.samples.push(sample);
        });
      }
    }
  } finally {
    await Promise.all([...running.values()].map(({ process }) => process.stop()));
  }
  return rows;
}

async function attempt(row: Row, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    row.failure ??= firstLine(error);
  }
}

async function measure(
  bench: Bench,
  server: RunningPeer,
  { work, seconds }: { readonly work: Work; readonly seconds: number },
): Promise<Sample> {
  const { connections, pipelined, uploadBytes } = work;
  const generator = pipelined > 1 ? bench.generators.pipelined : bench.generators.single;
  const cpuBefore = readCpuSeconds(server.process.pid);
  const result = await generator.run({
    url: server.url + work.path,
    connections,
    pipelined,
    seconds,
    ...(uploadBytes === undefined ? {} : { uploadBytes }),
  });
  const cpuAfter = readCpuSeconds(server.process.pid);
  if (result.failures > 0) throw new Error(`${result.failures} requests failed`);
  if (result.requests === 0) throw new Error("no response");
  return {
    requestsPerSecond: result.requests / result.seconds,
    cpuUs: cpuBefore === undefined || cpuAfter === undefined
      ? undefined
      : (cpuAfter - cpuBefore) * 1e6 / result.requests,
  };
}

function toCells(row: Row, rows: readonly Row[]): readonly string[] {
  const base = rows.find(({ work, runtime }) => work === row.work && runtime === row.runtime)!;
  const [speed, cpuUs] = mediansOf(row);
  const [baseSpeed, baseCpuUs] = mediansOf(base);
  const ratios = row === base ? "" : `${formatRatio(speed, baseSpeed)} (${formatRatio(baseCpuUs, cpuUs)})`;
  return [row.work.title, row.peer.title, formatNumber(speed), formatNumber(cpuUs, 1), ratios];
}

function mediansOf({ samples }: Row): readonly [number | undefined, number | undefined] {
  return [
    median(samples.map(({ requestsPerSecond }) => requestsPerSecond)),
    median(samples.flatMap(({ cpuUs }) => cpuUs ?? [])),
  ];
}

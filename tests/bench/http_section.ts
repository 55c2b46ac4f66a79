import { checkAccessLog } from "./access_log_check.ts";
import { readCpuSeconds } from "./process_costs.ts";
import type { RunningPeer } from "./peers/peer.ts";
import { type HelloPeer, startHelloPeers, stopHelloPeers } from "./peers/start_hello.ts";
import type { Bench, Section, SectionReport } from "./section.ts";
import { formatNumber, formatRatio, median, type Table } from "./table.ts";

const CONNECTIONS = 64;
const MODES = [{ title: "one at a time", pipelined: 1 }, { title: "16 pipelined", pipelined: 16 }] as const;
const WARM_UP_SECONDS = 1;
// A server that waits more than this part of the time was not measured at its limit.
const LEAST_BUSY = 0.9;

type Mode = (typeof MODES)[number];

interface Measurement {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Server CPU per request in microseconds. */
  readonly cpuUs: number | undefined;
  readonly failures: number;
}

interface Medians {
  readonly requestsPerSecond: number | undefined;
  readonly cpuUs: number | undefined;
}

/** All measurements of one server, by mode. */
interface Series {
  readonly server: HelloPeer;
  readonly byMode: ReadonlyMap<Mode, Measurement[]>;
  /** Answers so far, also those of the rounds that do not count. */
  answers: number;
  /** What went wrong while it was measured. */
  failure?: string | undefined;
}

/** Requests per second and server CPU per request of "hello world", one at a time and pipelined. */
export const HTTP_SECTION: Section = { name: "http", run: measureHttp };

async function measureHttp(bench: Bench): Promise<SectionReport> {
  const { seconds, rounds } = bench.options;
  const servers = await startHelloPeers(bench);
  const all = servers.map((server): Series => ({
    server,
    byMode: new Map(MODES.map((mode) => [mode, []])),
    answers: 0,
  }));
  try {
    // The compilers get a round that does not count.
    bench.report("http: warming up");
    await measureRound(bench, all, WARM_UP_SECONDS);
    for (const list of all.flatMap((series) => [...series.byMode.values()])) list.length = 0;
    for (let round = 1; round <= rounds; round++) {
      bench.report(`http: round ${round} of ${rounds}`);
      await measureRound(bench, all, seconds);
    }
  } finally {
    await stopHelloPeers(servers);
  }
  const logging = all.find(({ server }) => server.kind === "running" && server.peer.name === "millrace-log");
  if (logging !== undefined) logging.failure ??= await checkAccessLog(bench, logging.answers);
  const { single, pipelined } = bench.generators;
  const loaders = single === pipelined ? single.name : `${single.name}, pipelined by ${pipelined.name}`;
  return {
    title: "HTTP: hello world",
    method:
      `${CONNECTIONS} keep-alive connections, load by ${loaders}; medians of ${rounds} interleaved rounds ` +
      `of ${seconds} s. CPU: user and system time of the server per request.`,
    table: toTable(all),
    notes: toNotes(all),
    figures: all.map(toFigures),
    isBroken: all.some((series) => series.server.peer.isOurs && problemOf(series) !== undefined),
  };
}

// A B C, A B C: what disturbs the machine for a while disturbs all of them.
async function measureRound(bench: Bench, all: readonly Series[], seconds: number): Promise<void> {
  for (const mode of MODES) {
    for (const series of all) {
      if (series.server.kind === "missing") continue;
      try {
        const measurement = await measure(bench, series.server.running, { mode, seconds });
        series.answers += measurement.requests;
        series.byMode.get(mode)?.push(measurement);
      } catch (error) {
        series.failure = error instanceof Error ? error.message : String(error);
      }
    }
  }
}

async function measure(
  bench: Bench,
  server: RunningPeer,
  load: { readonly mode: Mode; readonly seconds: number },
): Promise<Measurement> {
  const { mode: { pipelined }, seconds } = load;
  const generator = pipelined > 1 ? bench.generators.pipelined : bench.generators.single;
  const cpuBefore = readCpuSeconds(server.process.pid);
  const result = await generator.run({ url: server.url, connections: CONNECTIONS, pipelined, seconds });
  const cpuAfter = readCpuSeconds(server.process.pid);
  return {
    requests: result.requests,
    requestsPerSecond: result.requests / result.seconds,
    cpuUs: result.requests === 0 || cpuBefore === undefined || cpuAfter === undefined
      ? undefined
      : (cpuAfter - cpuBefore) * 1e6 / result.requests,
    failures: result.failures,
  };
}

function toTable(all: readonly Series[]): Table {
  const columns = MODES.flatMap((
    { title },
  ) => [`${title}, requests/s`, "CPU us", "vs Deno.serve", "vs node:http"]);
  const rows = all.filter((series) => series.server.kind === "running").map((series) => [
    series.server.peer.title,
    ...MODES.flatMap((mode) => {
      const { requestsPerSecond, cpuUs } = mediansOf(series, mode);
      const ratios = ["deno", "node"].map((name) => formatRatio(requestsPerSecond, speedOf(all, name, mode)));
      return [formatNumber(requestsPerSecond), formatNumber(cpuUs, 1), ...ratios];
    }),
  ]);
  const missing = all.flatMap(({ server }) =>
    server.kind === "missing" ? [[server.peer.title, "not available"]] : []
  );
  return { columns: ["server", ...columns], rows: [...rows, ...missing] };
}

function toNotes(all: readonly Series[]): string[] {
  const notes = MODES.flatMap((mode) => {
    const off = speedOf(all, "millrace", mode);
    const on = speedOf(all, "millrace-log", mode);
    if (off === undefined || on === undefined) return [];
    return [`Access log on, ${mode.title}: ${formatRatio(on, off)} of the requests/s with it off.`];
  });
  const problems = all.flatMap((series) => {
    const problem = problemOf(series);
    return problem === undefined ? [] : [`${series.server.peer.title}: ${problem}.`];
  });
  return [...notes, ...MODES.flatMap((mode) => noteIdleServers(all, mode)), ...problems];
}

/** Names the servers that were not the bottleneck: something else held them back, and their figures are too low. */
function noteIdleServers(all: readonly Series[], mode: Mode): string[] {
  const idle = all.flatMap((series) => {
    const { requestsPerSecond, cpuUs } = mediansOf(series, mode);
    if (requestsPerSecond === undefined || cpuUs === undefined) return [];
    const busy = requestsPerSecond * cpuUs / 1e6;
    return busy < LEAST_BUSY ? [`${series.server.peer.title} ${formatNumber(busy * 100)} %`] : [];
  });
  if (idle.length === 0) return [];
  return [
    `Held back by the load generator or by other work on the machine, ${mode.title} (server busy): ${
      idle.join(", ")
    }.`,
  ];
}

function problemOf(series: Series): string | undefined {
  if (series.server.kind === "missing") return `not available: ${series.server.reason}`;
  if (series.failure !== undefined) return `failed: ${series.failure}`;
  const measurements = [...series.byMode.values()].flat();
  const failures = measurements.reduce((sum, { failures }) => sum + failures, 0);
  const silent = measurements.filter(({ requestsPerSecond }) => requestsPerSecond === 0).length;
  const parts = [[failures, "failed requests"], [silent, "measurements without any answer"]] as const;
  return parts.flatMap(([count, what]) => count === 0 ? [] : [`${count} ${what}`]).join(", ") || undefined;
}

function toFigures(series: Series): unknown {
  return {
    name: series.server.peer.name,
    problem: problemOf(series),
    modes: MODES.map((mode) => ({
      mode: mode.title,
      ...mediansOf(series, mode),
      rounds: series.byMode.get(mode),
    })),
  };
}

function mediansOf(series: Series, mode: Mode): Medians {
  const list = series.byMode.get(mode) ?? [];
  return {
    requestsPerSecond: median(list.map(({ requestsPerSecond }) => requestsPerSecond)),
    cpuUs: median(list.flatMap(({ cpuUs }) => cpuUs ?? [])),
  };
}

function speedOf(all: readonly Series[], name: string, mode: Mode): number | undefined {
  const series = all.find(({ server }) => server.peer.name === name);
  return series === undefined ? undefined : mediansOf(series, mode).requestsPerSecond;
}

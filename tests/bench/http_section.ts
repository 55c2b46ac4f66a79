import { checkAccessLog } from "./access_log_check.ts";
import {
  countBusy,
  HTTP_MODES,
  isBroken,
  type Measurement,
  type Mode,
  type Series,
  toFigures,
  toNotes,
  toTable,
} from "./http_report.ts";
import { readCpuSeconds } from "./process_costs.ts";
import type { RunningPeer } from "./peers/peer.ts";
import { startHelloPeers, stopHelloPeers } from "./peers/start_hello.ts";
import type { Bench, Section, SectionReport } from "./section.ts";

const CONNECTIONS = 64;
const WARM_UP_SECONDS = 1;

/** Requests per second and server CPU per request of "hello world", one at a time and pipelined. */
export const HTTP_SECTION: Section = { name: "http", run: measureHttp };

async function measureHttp(bench: Bench): Promise<SectionReport> {
  const { seconds, rounds } = bench.options;
  const servers = await startHelloPeers(bench);
  const all = servers.map((server): Series => ({
    server,
    byMode: new Map(HTTP_MODES.map((mode) => [mode, []])),
    responses: 0,
  }));
  try {
    // The first round is for the compilers and does not count.
    bench.report("http: warming up");
    await measureRound(bench, all, WARM_UP_SECONDS);
    for (const list of all.flatMap((series) => [...series.byMode.values()])) list.length = 0;
    for (let round = 1; round <= rounds; round++) {
      bench.report(`http: round ${round} of ${rounds}`);
      await measureRound(bench, all, seconds);
    }
    // On a disturbed machine, what is missing gets a few more rounds.
    for (let round = 1; round <= rounds / 2; round++) {
      const lacking = (series: Series, mode: Mode): boolean => countBusy(series, mode) < rounds / 2;
      await measureRound(bench, all, seconds, lacking);
    }
  } finally {
    await stopHelloPeers(servers);
  }
  const logging = all.find(({ server }) => server.kind === "running" && server.peer.name === "millrace-log");
  if (logging !== undefined) logging.failure ??= await checkAccessLog(bench, logging.responses);
  const { single, pipelined } = bench.generators;
  const loaders = single === pipelined ? single.name : `${single.name}, pipelined by ${pipelined.name}`;
  return {
    title: "HTTP: hello world",
    method:
      `${CONNECTIONS} keep-alive connections, load by ${loaders}; medians of ${rounds} interleaved rounds ` +
      `of ${seconds} s. Only measurements in which the server was the limit count; (idle) marks figures of servers ` +
      "that never were. CPU: user and system time of the server per request.",
    table: toTable(all),
    notes: toNotes(all),
    figures: all.map(toFigures),
    isBroken: all.some(isBroken),
  };
}

// A B C, A B C: a disturbance that lasts a while hits all of them.
async function measureRound(
  bench: Bench,
  all: readonly Series[],
  seconds: number,
  isWanted: (series: Series, mode: Mode) => boolean = () => true,
): Promise<void> {
  for (const mode of HTTP_MODES) {
    for (const series of all) {
      if (series.server.kind === "missing" || !isWanted(series, mode)) continue;
      try {
        const measurement = await measure(bench, series.server.running, { mode, seconds });
        series.responses += measurement.requests;
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

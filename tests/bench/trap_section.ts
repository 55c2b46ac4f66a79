import { sendContent } from "./clients/transfers.ts";
import { pin } from "./machine.ts";
import { type Peer, readPort, type RunningPeer, startPeer } from "./peers/peer.ts";
import { selectPeers } from "./peers/peers.ts";
import { firstLine } from "./peers/start_hello.ts";
import { measurePeakGrowth, readCpuSeconds } from "./process_costs.ts";
import { withDeadline } from "./processes.ts";
import type { Bench, Section, SectionReport } from "./section.ts";
import { formatNumber, median } from "./table.ts";

const PROGRAM = decodeURIComponent(new URL("../../mod.ts", import.meta.url).pathname);
const FEED_CLIENT = decodeURIComponent(new URL("./clients/event_feed.ts", import.meta.url).pathname);
const CONNECTIONS = 64;
const KEEP = 10_000;
const FEED_PER_SECOND = 1_000;
const BODY_BYTES = 10 * 2 ** 30;
const BODY_DEADLINE_MS = 300_000;
const MEBIBYTE = 2 ** 20;
const SEARCHES = 5;

/** The command that starts a trap on free ports. */
export function trapCommand(...flags: readonly string[]): readonly string[] {
  const permissions = ["--allow-net", "--allow-read", "--allow-write"];
  const ports = ["--port", "0", "--ui-port", "0"];
  const settings = [...ports, "--keep", String(KEEP), "--error-log", "off"];
  return [Deno.execPath(), "run", "--quiet", ...permissions, PROGRAM, "trap", ...settings, ...flags];
}

/** The trap with its ways to log and to store. */
export const TRAP_PEERS: readonly Peer[] = [
  {
    name: "trap-log",
    title: "millrace trap, log to a file",
    isOurs: true,
    tool: "deno",
    command: ({ folder }) => trapCommand("--log", `${folder}/trap.log`),
  },
  {
    name: "trap-json",
    title: "millrace trap, JSON log to a file",
    isOurs: true,
    tool: "deno",
    command: ({ folder }) => trapCommand("--log", `${folder}/trap_json.log`, "--log-format", "json"),
  },
  {
    name: "trap-data",
    title: "millrace trap, log to a file, requests to a database",
    isOurs: true,
    tool: "deno",
    command: ({ folder }) => trapCommand("--log", `${folder}/trap_data.log`, "--data", `${folder}/trap.db`),
  },
];

interface Figures {
  readonly title: string;
  readonly requestsPerSecond?: number | undefined;
  readonly cpuUs?: number | undefined;
  readonly feedP50Ms?: number | undefined;
  readonly feedP99Ms?: number | undefined;
  readonly searchMs?: number | undefined;
  readonly growthBytes?: number | undefined;
  readonly bodySeconds?: number;
  readonly problem?: string;
}

/** Captured requests per second, delay of the feed, time of a search, and memory under a body of 10 GiB. */
export const TRAP_SECTION: Section = { name: "trap", run: measureTrap };

async function measureTrap(bench: Bench): Promise<SectionReport> {
  const all: Figures[] = [];
  for (const peer of selectPeers(TRAP_PEERS, bench.options.only)) all.push(await measurePeer(bench, peer));
  return {
    title: "Request trap",
    method: `Captured requests: GET /api on ${CONNECTIONS} keep-alive connections, load by ` +
      `${bench.generators.single.name}, ${bench.options.seconds} s each, median of ${bench.options.rounds}. Feed: ` +
      `from sending a request to its event, at ${
        formatNumber(FEED_PER_SECOND)
      } requests/s. Search: a text that none ` +
      `of ${
        formatNumber(KEEP)
      } stored requests has. Body: growth of the server's memory under 10 GiB in chunks; in ` +
      "brackets MiB/s.",
    table: {
      columns: [
        "trap",
        "requests/s",
        "CPU us",
        "feed p50 ms",
        "feed p99 ms",
        "search ms",
        "10 GiB body, MiB",
      ],
      rows: all.map((figures) => [
        figures.title,
        formatNumber(figures.requestsPerSecond),
        formatNumber(figures.cpuUs, 1),
        formatNumber(figures.feedP50Ms, 1),
        formatNumber(figures.feedP99Ms, 1),
        formatNumber(figures.searchMs, 1),
        formatBody(figures),
      ]),
    },
    notes: all.flatMap(({ title, problem }) => problem === undefined ? [] : [`${title}: ${problem}.`]),
    figures: all,
    isBroken: all.some(({ problem }) => problem !== undefined),
  };
}

async function measurePeer(bench: Bench, peer: Peer): Promise<Figures> {
  const { title } = peer;
  let figures: Figures = { title };
  try {
    const server = await startPeer(peer, bench);
    try {
      const uiPort = readPort(await server.process.nextLine());
      bench.report(`trap: ${title}, requests`);
      figures = { ...figures, ...await measureRequests(bench, server) };
      bench.report(`trap: ${title}, feed`);
      figures = { ...figures, ...await measureFeed(bench, server, uiPort) };
      bench.report(`trap: ${title}, search`);
      figures = { ...figures, searchMs: await measureSearch(uiPort) };
      bench.report(`trap: ${title}, body`);
      return { ...figures, ...await measureBody(server) };
    } finally {
      await server.process.stop();
    }
  } catch (error) {
    return { ...figures, problem: firstLine(error) };
  }
}

/** Captured requests per second, and the CPU time of each. */
export async function measureRequests(
  { generators, options }: Bench,
  server: Pick<RunningPeer, "url" | "process">,
): Promise<Pick<Figures, "requestsPerSecond" | "cpuUs">> {
  const load = { url: `${server.url}api`, connections: CONNECTIONS, pipelined: 1, seconds: options.seconds };
  await generators.single.run(load);
  const rates: number[] = [];
  const costsUs: number[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const cpuBefore = readCpuSeconds(server.process.pid);
    const { requests, seconds, failures } = await generators.single.run(load);
    const cpuAfter = readCpuSeconds(server.process.pid);
    if (failures > 0) throw new Error(`${failures} failed requests`);
    rates.push(requests / seconds);
    if (cpuBefore !== undefined && cpuAfter !== undefined) {
      costsUs.push((cpuAfter - cpuBefore) * 1e6 / requests);
    }
  }
  return { requestsPerSecond: median(rates), cpuUs: median(costsUs) };
}

/** The time from a request to its event in the feed of the same trap, or of another one with the same store. */
export async function measureFeed(
  bench: Bench,
  { port }: Pick<RunningPeer, "port">,
  uiPort: number,
): Promise<Pick<Figures, "feedP50Ms" | "feedP99Ms">> {
  const seconds = Math.max(3, bench.options.seconds);
  const args = [port, uiPort, FEED_PER_SECOND, seconds].map(String);
  const program = [Deno.execPath(), "run", "--quiet", "--allow-net", FEED_CLIENT, ...args];
  const { code, stdout, stderr } = await bench.processes.run(pin(bench.machine, 1, program));
  if (code !== 0) throw new Error(`not all requests came through the feed: ${stderr.trim()}`);
  const delaysMs: number[] = JSON.parse(stdout);
  const sorted = delaysMs.toSorted((left, right) => left - right);
  return { feedP50Ms: median(sorted), feedP99Ms: sorted[Math.ceil(sorted.length * 0.99) - 1] };
}

async function measureSearch(uiPort: number): Promise<number | undefined> {
  const times: number[] = [];
  for (let i = 0; i < SEARCHES; i++) {
    const startMs = performance.now();
    const response = await fetch(`http://127.0.0.1:${uiPort}/api/requests?q=nobody+has+sent+this`);
    const { requests } = await response.json();
    times.push(performance.now() - startMs);
    if (requests.length > 0) throw new Error("the search found what is not there");
  }
  return median(times);
}

async function measureBody(server: RunningPeer): Promise<Pick<Figures, "growthBytes" | "bodySeconds">> {
  const startMs = performance.now();
  const growthBytes = await measurePeakGrowth(server.process.pid, async () => {
    await withDeadline(sendContent(server.port, BODY_BYTES, "chunked"), BODY_DEADLINE_MS, "Cannot finish");
  });
  return { growthBytes, bodySeconds: (performance.now() - startMs) / 1_000 };
}

function formatBody({ growthBytes, bodySeconds }: Figures): string {
  if (growthBytes === undefined || bodySeconds === undefined) return "n/a";
  return `${formatNumber(growthBytes / MEBIBYTE, 1)} (${formatNumber(BODY_BYTES / MEBIBYTE / bodySeconds)})`;
}

// Real sites: cold files, listings, clients that have a file already, compressed files, TLS. Each workload is a
// section of its own, and each runs all servers interleaved.

import { pin } from "./machine.ts";
import { type Peer, type RunningPeer, startPeer } from "./peers/peer.ts";
import { firstLine } from "./peers/start_hello.ts";
import { selectPeers } from "./peers/peers.ts";
import { type SitePeers, sitePeers } from "./peers/site_peers.ts";
import { readCpuSeconds } from "./process_costs.ts";
import type { Bench, Section, SectionReport } from "./section.ts";
import { formatNumber, formatRatio, median } from "./table.ts";

const CONNECTIONS = 64;
const COLD = { folders: 20, files: 20_000, bytes: 1_024 };
const ENTRIES = 10_000;

/** A request to every server. */
interface WorkRequest {
  /** Its words in the name of a row; "" for the only one. */
  readonly title: string;
  /** The script of wrk that makes the requests of a server. */
  readonly script: (url: string) => string | Promise<string>;
}

/** Requests, and the servers that get them. */
interface Workload {
  readonly name: string;
  readonly title: string;
  readonly method: string;
  readonly connections: number;
  readonly isEncrypted?: boolean;
  readonly peers: (folder: string) => SitePeers;
  readonly makeFiles: (folder: string) => Promise<void>;
  readonly requests: readonly WorkRequest[];
}

/** The figures of one request to one server. */
interface Series {
  readonly peer: Peer;
  readonly running: RunningPeer;
  readonly request: WorkRequest;
  /** The file of the script. */
  readonly script: string;
  readonly measured: Measured[];
  /** Why a round has no figure. */
  problem?: string;
}

interface Measured {
  readonly requestsPerSecond: number;
  /** Server CPU per request in microseconds. */
  readonly cpuUs: number | undefined;
}

const WORKLOADS: readonly Workload[] = [
  {
    name: "cold",
    title: "Cold files",
    method: `${COLD.files} random files of ${COLD.bytes} bytes in ${COLD.folders} folders`,
    connections: CONNECTIONS,
    peers: (folder) => sitePeers({ folder }),
    makeFiles: writeColdFiles,
    requests: [{
      title: "",
      script: () =>
        `math.randomseed(42)\nrequest = function()\n  local i = math.random(0, ${COLD.files - 1})\n` +
        `  return wrk.format("GET", "/d" .. (i % ${COLD.folders}) .. "/f" .. i .. ".txt")\nend\n`,
    }],
  },
  {
    name: "listing",
    title: "Listings",
    method: `a folder of ${ENTRIES} files, which millrace looks through once a second at most`,
    connections: 1,
    peers: (folder) => sitePeers({ folder, ours: ["--listing"], nginx: "autoindex on;", without: ["sirv"] }),
    makeFiles: async (folder) => {
      for (let i = 0; i < ENTRIES; i++) await Deno.writeFile(`${folder}/file${i}.txt`, new Uint8Array(0));
    },
    requests: [getOf("/")],
  },
  {
    name: "not-modified",
    title: "Clients that have the file already",
    method: "a file of 1.7 KB with the entity tag of the server in If-None-Match: 304",
    connections: CONNECTIONS,
    peers: (folder) => sitePeers({ folder }),
    makeFiles: writeStylesheet,
    requests: [{
      title: "",
      script: async (url) => {
        const response = await fetch(`${url}style.css`, { method: "HEAD" });
        const tag = (response.headers.get("etag") ?? "").replaceAll('"', '\\"');
        return `request = function() return wrk.format("GET", "/style.css", {["If-None-Match"] = "${tag}"}) end\n`;
      },
    }],
  },
  {
    name: "compressed",
    title: "Compressed neighbours",
    method: "a stylesheet with its .gz beside it, for clients that take gzip",
    connections: CONNECTIONS,
    peers: (folder) =>
      sitePeers({ folder, ours: ["--precompressed"], nginx: "gzip_static on;", httpServer: ["--gzip"] }),
    makeFiles: writeStylesheet,
    requests: [{
      title: "",
      script: () =>
        `request = function() return wrk.format("GET", "/style.css", {["Accept-Encoding"] = "gzip"}) end\n`,
    }],
  },
  {
    name: "tls",
    title: "TLS",
    method: "files of 1.7 KB and 955 KB over TLS, keep-alive",
    connections: CONNECTIONS,
    isEncrypted: true,
    peers: (folder) => sitePeers({ folder, isEncrypted: true }),
    makeFiles: async (folder) => {
      await writeStylesheet(folder);
      await Deno.writeFile(`${folder}/large.bin`, new Uint8Array(955_000).map((_, i) => i % 251));
    },
    requests: [getOf("/style.css", "1.7 KB"), getOf("/large.bin", "955 KB")],
  },
];

/** A section for each workload. */
export const SITE_SECTIONS: readonly Section[] = WORKLOADS.map((workload) => ({
  name: workload.name,
  run: (bench: Bench) => measureWorkload(bench, workload),
}));

/** The same request again and again. @param title as in {@linkcode WorkRequest} */
function getOf(path: string, title: string = ""): WorkRequest {
  return { title, script: () => `request = function() return wrk.format("GET", "${path}") end\n` };
}

async function writeColdFiles(folder: string): Promise<void> {
  for (let i = 0; i < COLD.folders; i++) await Deno.mkdir(`${folder}/d${i}`);
  for (let i = 0; i < COLD.files; i++) {
    const bytes = crypto.getRandomValues(new Uint8Array(COLD.bytes));
    await Deno.writeFile(`${folder}/d${i % COLD.folders}/f${i}.txt`, bytes);
  }
}

async function writeStylesheet(folder: string): Promise<void> {
  const bytes = new TextEncoder().encode("a{color:red;margin:0 auto}\n".repeat(64));
  await Deno.writeFile(`${folder}/style.css`, bytes);
  const gzip = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(`${folder}/style.css.gz`, new Uint8Array(await new Response(gzip).arrayBuffer()));
}

async function measureWorkload(bench: Bench, workload: Workload): Promise<SectionReport> {
  const folder = `${bench.folder}/${workload.name}`;
  await Deno.mkdir(folder);
  await workload.makeFiles(folder);
  const problems: string[] = [];
  const all: Series[] = [];
  try {
    for (const peer of selectPeers(await workload.peers(folder)(bench), bench.options.only)) {
      bench.report(`${workload.name}: starting ${peer.title}`);
      try {
        const running = await startPeer(peer, bench);
        for (const request of workload.requests) {
          const script = `${bench.folder}/${workload.name}_${peer.name}_${all.length}.lua`;
          await Deno.writeTextFile(script, await request.script(running.url) + RESULT_SCRIPT);
          all.push({ peer, running, request, script, measured: [] });
        }
      } catch (error) {
        problems.push(`${peer.title}: not available: ${firstLine(error)}.`);
      }
    }
    for (let round = 0; round <= bench.options.rounds; round++) {
      bench.report(`${workload.name}: ${round === 0 ? "warming up" : `round ${round}`}`);
      for (const series of all) await measureRound(bench, { workload, series, round });
    }
  } finally {
    await Promise.all([...new Set(all.map(({ running }) => running))].map(({ process }) => process.stop()));
  }
  return reportOf(bench.options, { workload, all, problems });
}

async function measureRound(
  bench: Bench,
  { workload, series, round }: {
    readonly workload: Workload;
    readonly series: Series;
    readonly round: number;
  },
): Promise<void> {
  const { peer, running, script, measured } = series;
  const url = workload.isEncrypted ? running.url.replace("http:", "https:") : running.url;
  try {
    const setting = { url, script, connections: workload.connections };
    const result = await measure(bench, running.process.pid, setting);
    if (round > 0) measured.push(result);
  } catch (cause) {
    const problem = firstLine(cause);
    if (peer.isOurs || bench.processes.isStopped) {
      throw new Error(`Cannot measure ${peer.title}: ${problem}`, { cause });
    }
    series.problem ??= problem;
  }
}

/** The medians of each server. One that failed in any round has no figure: its other rounds would flatter it. */
function reportOf(
  { seconds, rounds }: Bench["options"],
  { workload, all, problems }: {
    readonly workload: Workload;
    readonly all: readonly Series[];
    readonly problems: readonly string[];
  },
): SectionReport {
  const inOrder = workload.requests.flatMap((one) => all.filter(({ request }) => request === one));
  const rows = inOrder.map(({ peer, request, measured, problem }) => {
    const counted = problem === undefined ? measured : [];
    return {
      name: peer.name,
      title: request.title === "" ? peer.title : `${request.title}: ${peer.title}`,
      request: request.title,
      requestsPerSecond: median(counted.map(({ requestsPerSecond }) => requestsPerSecond)),
      cpuUs: median(counted.flatMap(({ cpuUs }) => cpuUs ?? [])),
    };
  });
  const others = [...new Set(rows.map(({ name }) => name))].filter((name) => name !== "millrace");
  const reasons = all.flatMap(({ peer, problem }) =>
    problem === undefined ? [] : `${peer.title}: no figure: ${problem}.`
  );
  return {
    title: workload.title,
    method:
      `${workload.method}; ${workload.connections} connections, load by wrk, a core for each side; medians of ` +
      `${rounds} interleaved rounds of ${seconds} s.`,
    table: {
      columns: ["server", "requests/s", "CPU us", ...others.map((name) => `vs ${name}`)],
      rows: rows.map(({ title, request, requestsPerSecond, cpuUs }) => [
        title,
        requestsPerSecond === undefined ? "no figure" : formatNumber(requestsPerSecond),
        formatNumber(cpuUs, 1),
        ...others.map((name) => {
          const other = rows.find((row) => row.name === name && row.request === request);
          return formatRatio(requestsPerSecond, other?.requestsPerSecond);
        }),
      ]),
    },
    notes: [...problems, ...new Set(reasons)],
    figures: rows,
    isBroken: !all.some(({ peer }) => peer.isOurs),
  };
}

const RESULT_SCRIPT = `
done = function(summary)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"seconds":%.6f,"failures":%d}\\n',
    summary.requests, summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout))
end
`;

async function measure(
  bench: Bench,
  pid: number,
  { url, script, connections }: {
    readonly url: string;
    readonly script: string;
    readonly connections: number;
  },
): Promise<Measured> {
  const before = readCpuSeconds(pid);
  const flags = ["--threads=1", `--connections=${connections}`, `--duration=${bench.options.seconds}s`];
  const { stdout } = await bench.processes.run(
    pin(bench.machine, 1, ["wrk", ...flags, `--script=${script}`, url]),
  );
  const after = readCpuSeconds(pid);
  const result = /^RESULT (.+)$/m.exec(stdout)?.[1];
  if (result === undefined) throw new Error(`wrk said ${stdout.slice(0, 200)}`);
  const { requests, seconds, failures } = JSON.parse(result);
  if (failures > 0) throw new Error(`${failures} failed requests`);
  if (requests === 0) throw new Error(`no response within a round of ${bench.options.seconds} s`);
  const cpuUs = before === undefined || after === undefined ? undefined : (after - before) * 1e6 / requests;
  return { requestsPerSecond: requests / seconds, cpuUs };
}

import { holdDownloads } from "./clients/static_downloads.ts";
import { pin } from "./machine.ts";
import { type Peer, type RunningPeer, startPeer } from "./peers/peer.ts";
import { selectPeers } from "./peers/peers.ts";
import { firstLine } from "./peers/start_hello.ts";
import { filesFolder, STATIC_PEERS } from "./peers/static_peers.ts";
import { measurePeakGrowth, readCpuSeconds } from "./process_costs.ts";
import type { Bench, Section, SectionReport } from "./section.ts";
import { formatNumber, formatRatio, median, type Table } from "./table.ts";

const CONNECTIONS = 64;
const WARM_UP_SECONDS = 1;
const MEBIBYTE = 2 ** 20;
const FILES = [
  { path: "small.html", title: "1.7 KB", bytes: 1_700 },
  { path: "large.bin", title: "1 MB", bytes: 1_000_000 },
] as const;
const HUGE_FILE = { path: "huge.bin", bytes: 2 ** 30 };
const DOWNLOADS = { count: 1_000, bytesEach: 524_288 };
const AB_REQUESTS = 50_000;
// A server that waits more than this part of the time was not the limit of the measurement.
const LEAST_BUSY = 0.9;

type File = (typeof FILES)[number];

interface Measurement {
  readonly requestsPerSecond: number;
  /** Server CPU per request in microseconds. */
  readonly cpuUs: number | undefined;
  readonly failures: number;
}

/** One server with all of its measurements. */
interface Series {
  readonly peer: Peer;
  readonly running: RunningPeer | undefined;
  readonly byFile: ReadonlyMap<File, Measurement[]>;
  /** The failures. */
  problem?: string | undefined;
}

/** File servers: requests per second and CPU for a small and a large file, `ab`, and a thousand downloads at once. */
export const STATIC_SECTION: Section = { name: "static", run: measureStatic };

async function measureStatic(bench: Bench): Promise<SectionReport> {
  await writeFiles(bench);
  const all: Series[] = [];
  for (const peer of selectPeers(STATIC_PEERS, bench.options.only)) all.push(await startSeries(peer, bench));
  const notes: string[] = [];
  try {
    bench.report("static: warming up");
    await measureRound(bench, all, WARM_UP_SECONDS);
    for (const list of all.flatMap(({ byFile }) => [...byFile.values()])) list.length = 0;
    for (let round = 1; round <= bench.options.rounds; round++) {
      bench.report(`static: round ${round} of ${bench.options.rounds}`);
      await measureRound(bench, all, bench.options.seconds);
    }
    for (const series of all.filter(({ peer }) => peer.isOurs)) {
      notes.push(...await checkWithAb(bench, series), ...await checkDownloads(bench, series));
    }
  } finally {
    await Promise.all(all.map(({ running }) => running?.process.stop()));
  }
  const { seconds, rounds } = bench.options;
  return {
    title: "Files",
    method:
      `${CONNECTIONS} keep-alive connections, load by ${bench.generators.single.name}; medians of ${rounds} ` +
      `interleaved rounds of ${seconds} s. CPU: user and system time of the server per request. Access logs off.`,
    table: toTable(all),
    notes: [
      ...notes,
      ...FILES.flatMap((file) => noteIdleServers(all, file)),
      ...all.flatMap(({ peer, problem }) => problem === undefined ? [] : [`${peer.title}: ${problem}.`]),
    ],
    figures: all.map((series) => ({
      name: series.peer.name,
      problem: series.problem,
      files: FILES.map((file) => ({
        file: file.title,
        ...mediansOf(series, file),
        rounds: series.byFile.get(file),
      })),
    })),
    isBroken: all.some(({ peer, problem }) => peer.isOurs && problem !== undefined),
  };
}

async function writeFiles(bench: Bench): Promise<void> {
  const folder = filesFolder(bench);
  await Deno.mkdir(folder);
  for (const { path, bytes } of FILES) {
    await Deno.writeFile(`${folder}/${path}`, new Uint8Array(bytes).map((_, i) => 32 + i % 90));
  }
  // A sparse file takes no room on the disk.
  await Deno.writeFile(`${folder}/${HUGE_FILE.path}`, new Uint8Array(0));
  await Deno.truncate(`${folder}/${HUGE_FILE.path}`, HUGE_FILE.bytes);
}

async function startSeries(peer: Peer, bench: Bench): Promise<Series> {
  bench.report(`starting ${peer.title}`);
  const byFile = new Map(FILES.map((file): [File, Measurement[]] => [file, []]));
  try {
    const running = await startPeer(peer, bench);
    try {
      for (const { path, bytes } of FILES) await checkFile(`${running.url}${path}`, bytes);
      return { peer, running, byFile };
    } catch (error) {
      await running.process.stop();
      throw error;
    }
  } catch (error) {
    return { peer, running: undefined, byFile, problem: `not available: ${firstLine(error)}` };
  }
}

async function checkFile(url: string, bytes: number): Promise<void> {
  const response = await fetch(url);
  const { byteLength } = await response.arrayBuffer();
  if (response.status === 200 && byteLength === bytes) return;
  throw new Error(
    `Cannot use the server: expected 200 with ${bytes} bytes, got ${response.status} with ${byteLength}`,
  );
}

// A B C, A B C: a disturbance that lasts a while hits all of them.
async function measureRound(bench: Bench, all: readonly Series[], seconds: number): Promise<void> {
  for (const file of FILES) {
    for (const series of all) {
      if (series.running === undefined) continue;
      try {
        series.byFile.get(file)!.push(await measure(bench, series.running, { file, seconds }));
      } catch (error) {
        series.problem = `failed: ${firstLine(error)}`;
      }
    }
  }
  for (const series of all) {
    const failures = [...series.byFile.values()].flat().reduce(
      (sum, measurement) => sum + measurement.failures,
      0,
    );
    if (failures > 0) series.problem ??= `${failures} failed requests`;
  }
}

async function measure(
  bench: Bench,
  { url, process }: RunningPeer,
  { file, seconds }: { readonly file: File; readonly seconds: number },
): Promise<Measurement> {
  const cpuBefore = readCpuSeconds(process.pid);
  const load = { url: `${url}${file.path}`, connections: CONNECTIONS, pipelined: 1, seconds };
  const result = await bench.generators.single.run(load);
  const cpuAfter = readCpuSeconds(process.pid);
  const isKnown = result.requests > 0 && cpuBefore !== undefined && cpuAfter !== undefined;
  return {
    requestsPerSecond: result.requests / result.seconds,
    cpuUs: isKnown ? (cpuAfter - cpuBefore) * 1e6 / result.requests : undefined,
    failures: result.failures,
  };
}

/** A connection for each request, a hundred at once, as `ab` does by default. */
async function checkWithAb(bench: Bench, series: Series): Promise<string[]> {
  if (series.running === undefined || !bench.machine.versions.has("ab")) return [];
  bench.report(`static: ab, ${series.peer.title}`);
  const url = `${series.running.url}${FILES[0].path}`;
  const command = ["ab", "-q", "-n", String(AB_REQUESTS), "-c", "100", "-r", url];
  const { code, stdout } = await bench.processes.run(pin(bench.machine, 1, command));
  const numberOf = (label: string): number =>
    Number(new RegExp(`^${label}:\\s+([\\d.]+)`, "m").exec(stdout)?.[1]);
  const failed = numberOf("Failed requests");
  if (code !== 0 || failed !== 0 || numberOf("Complete requests") !== AB_REQUESTS) {
    series.problem ??= `ab -n ${AB_REQUESTS} -c 100 -r: code ${code}, ${failed} failed requests`;
  }
  const speed = formatNumber(numberOf("Requests per second"));
  return [
    `${series.peer.title}, \`ab -n ${AB_REQUESTS} -c 100 -r\`: ${failed} failed requests, ${speed} requests/s.`,
  ];
}

async function checkDownloads(bench: Bench, series: Series): Promise<string[]> {
  if (series.running === undefined) return [];
  bench.report(`static: ${DOWNLOADS.count} downloads, ${series.peer.title}`);
  const { port, process } = series.running;
  try {
    const growth = await measurePeakGrowth(process.pid, async () => {
      await holdDownloads({ port, path: `/${HUGE_FILE.path}`, ...DOWNLOADS });
    });
    const mebibytes = growth === undefined ? "n/a" : formatNumber(growth / MEBIBYTE, 1);
    return [
      `${series.peer.title}, ${DOWNLOADS.count} downloads of a file of 1 GiB at once: ${mebibytes} MiB of growth.`,
    ];
  } catch (error) {
    series.problem ??= `downloads failed: ${firstLine(error)}`;
    return [];
  }
}

function toTable(all: readonly Series[]): Table {
  const columns = FILES.flatMap((
    { title },
  ) => [`${title}, requests/s`, "MB/s", "CPU us", "vs nginx", "vs sirv"]);
  const rows = all.filter(({ running }) => running !== undefined).map((series) => [
    series.peer.title,
    ...FILES.flatMap((file) => {
      const { requestsPerSecond, cpuUs } = mediansOf(series, file);
      const megabytes = requestsPerSecond === undefined ? undefined : requestsPerSecond * file.bytes / 1e6;
      const ratios = ["nginx", "sirv"].map((name) =>
        formatRatio(requestsPerSecond, speedOf(all, name, file))
      );
      return [formatNumber(requestsPerSecond), formatNumber(megabytes), formatNumber(cpuUs, 1), ...ratios];
    }),
  ]);
  return { columns: ["server", ...columns], rows };
}

/** Names the servers that were not the limit: the generator or other work held them back. */
function noteIdleServers(all: readonly Series[], file: File): string[] {
  const idle = all.flatMap((series) => {
    const { requestsPerSecond, cpuUs } = mediansOf(series, file);
    if (requestsPerSecond === undefined || cpuUs === undefined) return [];
    const busy = requestsPerSecond * cpuUs / 1e6;
    return busy < LEAST_BUSY ? [`${series.peer.title} ${formatNumber(busy * 100)} %`] : [];
  });
  if (idle.length === 0) return [];
  return [`Held back by the generator or by other work, ${file.title} (server busy): ${idle.join(", ")}.`];
}

function mediansOf(
  { byFile }: Series,
  file: File,
): { readonly requestsPerSecond: number | undefined; readonly cpuUs: number | undefined } {
  const list = byFile.get(file) ?? [];
  return {
    requestsPerSecond: median(list.map(({ requestsPerSecond }) => requestsPerSecond)),
    cpuUs: median(list.flatMap(({ cpuUs }) => cpuUs ?? [])),
  };
}

function speedOf(all: readonly Series[], name: string, file: File): number | undefined {
  const series = all.find(({ peer }) => peer.name === name);
  return series === undefined ? undefined : mediansOf(series, file).requestsPerSecond;
}

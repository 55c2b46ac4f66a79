// The metrics server side by side with Redis, in one run: `deno run -A tests/bench/metrics_bench.ts [--memory]`.
// With --memory it also fills a server with ten million samples and opens ten thousand idle connections.

import { runServer } from "../../src/servers/metrics/run_server.ts";
import {
  createPuts,
  type Dialect,
  drive,
  driveOneAtATime,
  keyOf,
  type Load,
  MILLRACE,
  REDIS,
} from "./metrics_load.ts";
import { type BenchServer, isInstalled, startMillrace, startRedis } from "./metrics_servers.ts";

const PUTS_IN_MEMORY = 4_000_000;
const PUTS_TO_DISK = 2_000_000;
const CONNECTIONS = 4;
const FIRST_TIMESTAMP = 1_700_000_000;
const ONE_AT_A_TIME_CLIENTS = 50;
const ONE_AT_A_TIME_PUTS = 1_000;

interface Result {
  readonly what: string;
  readonly series: number;
  readonly millrace: number;
  readonly redis: number | undefined;
}

async function main(): Promise<void> {
  const [mode, dataFile] = Deno.args;
  if (mode === "--serve") return await serve(dataFile);
  const directory = await Deno.makeTempDir();
  try {
    printTable([
      ...await comparePuts(directory, false),
      ...await comparePuts(directory, true),
      await measureRows(),
      await compareOneAtATime(directory),
    ]);
    for (const other of ["victoria-metrics", "carbon-cache"]) {
      if (!isInstalled(other)) console.log(`${other} is not installed: not compared`);
    }
    if (mode === "--memory") await measureMemory();
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function serve(dataFile: string | undefined): Promise<void> {
  const server = await runServer("127.0.0.1", 0, { dataFile: dataFile === "" ? undefined : dataFile });
  console.log(server.address.port);
}

async function comparePuts(directory: string, isDurable: boolean): Promise<Result[]> {
  const results: Result[] = [];
  for (const series of [1_000, 100_000]) {
    const dataFile = isDurable ? `${directory}/metrics${series}.db` : "";
    const shape = { series, puts: isDurable ? PUTS_TO_DISK : PUTS_IN_MEMORY };
    const millrace = await measurePuts(await startMillrace(dataFile), MILLRACE, shape);
    const rival = await startRedis(directory, isDurable);
    const redis = rival === undefined ? undefined : await measurePuts(rival, REDIS, shape);
    const what = isDurable ? "put, pipelined, synced to disk" : "put, pipelined, in memory";
    results.push({ what, series, millrace, redis });
    for await (const entry of Deno.readDir(directory)) {
      if (!entry.name.startsWith("metrics")) {
        await Deno.remove(`${directory}/${entry.name}`, { recursive: true });
      }
    }
  }
  return results;
}

// A first load of half the size makes the series and warms the server up; the second, of new samples, counts.
async function measurePuts(
  server: BenchServer,
  dialect: Dialect,
  { series, puts }: { readonly series: number; readonly puts: number },
): Promise<number> {
  const shape = { seriesCount: series, connections: CONNECTIONS, firstTimestamp: FIRST_TIMESTAMP };
  await drive(server.port, createPuts(dialect, { ...shape, count: puts / 2 }));
  const loads = createPuts(dialect, { ...shape, count: puts, firstTimestamp: FIRST_TIMESTAMP + 10_000_000 });
  const seconds = await drive(server.port, loads);
  await server.stop();
  return puts / seconds;
}

// The size of the reply is learnt once, then the rows are asked for many times.
async function measureRows(): Promise<Result> {
  const server = await startMillrace();
  const series = 100;
  const rows = 1_000_000;
  const shape = { seriesCount: series, connections: 1, firstTimestamp: FIRST_TIMESTAMP };
  await drive(server.port, createPuts(MILLRACE, { ...shape, count: rows }));
  const replyBytes = await countReplyBytes(server.port);
  const load: Load = { bytes: new TextEncoder().encode("get *\n"), replyBytes };
  await drive(server.port, [load]);
  const rounds = 3;
  let seconds = 0;
  for (let round = 0; round < rounds; round++) seconds += await drive(server.port, [load]);
  await server.stop();
  return { what: "get, rows", series, millrace: rows * rounds / seconds, redis: undefined };
}

async function countReplyBytes(port: number): Promise<number> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(new TextEncoder().encode("get *\n"));
  await conn.closeWrite();
  let bytes = 0;
  for await (const chunk of conn.readable) bytes += chunk.length;
  return bytes;
}

async function compareOneAtATime(directory: string): Promise<Result> {
  const measure = async (server: BenchServer, dialect: Dialect): Promise<number> => {
    await driveOneAtATime(server.port, dialect, { clients: ONE_AT_A_TIME_CLIENTS, putsEach: 200 });
    const seconds = await driveOneAtATime(server.port, dialect, {
      clients: ONE_AT_A_TIME_CLIENTS,
      putsEach: ONE_AT_A_TIME_PUTS,
    });
    await server.stop();
    return ONE_AT_A_TIME_CLIENTS * ONE_AT_A_TIME_PUTS / seconds;
  };
  const millrace = await measure(await startMillrace(), MILLRACE);
  const rival = await startRedis(directory, false);
  const redis = rival === undefined ? undefined : await measure(rival, REDIS);
  return { what: "put, one at a time, 50 clients", series: ONE_AT_A_TIME_CLIENTS, millrace, redis };
}

async function measureMemory(): Promise<void> {
  const server = await startMillrace();
  const before = await server.residentBytes();
  const samples = 10_000_000;
  for (let part = 0; part < 10; part++) {
    const shape = { count: samples / 10, seriesCount: 1_000, connections: CONNECTIONS };
    await drive(
      server.port,
      createPuts(MILLRACE, { ...shape, firstTimestamp: FIRST_TIMESTAMP + part * 10_000 }),
    );
  }
  const perSample = (await server.residentBytes() - before) / samples;
  console.log(
    `memory of ${samples} samples in 1000 series (${keyOf(0)} ...): ${perSample.toFixed(1)} bytes each`,
  );
  await server.stop();
  const idle = await startMillrace();
  const idleBefore = await idle.residentBytes();
  const conns: Deno.TcpConn[] = [];
  for (let count = 0; count < 10_000; count++) {
    conns.push(await Deno.connect({ hostname: "127.0.0.1", port: idle.port }));
  }
  await driveOneAtATime(idle.port, MILLRACE, { clients: 1, putsEach: 10 });
  const megabytes = (await idle.residentBytes() - idleBefore) / 1e6;
  console.log(`memory of ${conns.length} idle clients: ${megabytes.toFixed(0)} MB`);
  for (const conn of conns) conn.close();
  await idle.stop();
}

function printTable(results: readonly Result[]): void {
  console.log(`Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} cores, server on one of them`);
  console.log("| what, per second | series | millrace | redis-server HSET | ratio |");
  console.log("| --- | --- | --- | --- | --- |");
  for (const { what, series, millrace, redis } of results) {
    const ratio = redis === undefined ? "" : (millrace / redis).toFixed(2);
    console.log(
      `| ${what} | ${series} | ${show(millrace)} | ${redis === undefined ? "" : show(redis)} | ${ratio} |`,
    );
  }
}

function show(perSecond: number): string {
  return Math.round(perSecond).toLocaleString("en");
}

if (import.meta.main) await main();

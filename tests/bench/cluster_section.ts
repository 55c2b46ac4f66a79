import { connect } from "../../src/net/listen.ts";
import { openClusterStore } from "../../src/servers/metrics/cluster/open_cluster_store.ts";
import type { ClusterStore } from "../../src/servers/metrics/cluster/cluster_store.ts";
import { runServer } from "../../src/servers/metrics/run_server.ts";
import { ALL_TIME } from "../../src/servers/metrics/store.ts";
import { parseStoreAddress } from "../../src/storage/cluster/store_address.ts";
import { hasRedis, type RedisCluster, startRedisCluster } from "../support/redis_cluster.ts";
import type { Bench, Section, SectionReport } from "./section.ts";
import { formatNumber, formatRatio, median } from "./table.ts";

const SERIES = 1_000;
const BATCHES = [1_000, 10_000];
const SINGLE_PUTS = 1_000;
const FIRST_TIMESTAMP = 1_700_000_000;

/** Puts a batch, and waits until it is acknowledged. */
type PutBatch = (count: number) => Promise<void>;

/** Reads all rows. @returns how many there are */
type ReadAll = () => Promise<number>;

/** One way to use the store. */
interface Way {
  readonly put: PutBatch;
  readonly readAll: ReadAll;
}

interface Row {
  readonly what: string;
  readonly store: number | undefined;
  readonly line: number | undefined;
}

/** Metrics in a Redis Cluster of three primaries and three replicas, all on this machine. */
export const CLUSTER_SECTION: Section = { name: "cluster", run: measureCluster };

async function measureCluster(bench: Bench): Promise<SectionReport> {
  const rows: Row[] = [];
  const isThere = hasRedis();
  if (isThere) {
    for (const appendfsync of ["everysec", "always"] as const) {
      const servers = await startRedisCluster({ replicas: 1, appendfsync });
      try {
        rows.push(...await measureWith(bench, servers, appendfsync));
      } finally {
        await servers.stop();
      }
    }
  }
  return {
    title: "Metrics in a cluster: per second",
    method:
      `Three primaries and three replicas of redis-server on this machine, --ack replicated, one node, ` +
      `${
        formatNumber(SERIES)
      } series; one writer that waits for each batch; medians of ${bench.options.rounds} rounds.`,
    table: {
      columns: ["what", "MetricStore", "line protocol", "ratio"],
      rows: rows.map(({ what, store, line }) => [
        what,
        formatNumber(store, what.endsWith("ms") ? 2 : 0),
        formatNumber(line, what.endsWith("ms") ? 2 : 0),
        formatRatio(line, store),
      ]),
    },
    notes: isThere ? [] : ["No redis-server: nothing was measured."],
    figures: rows,
    isBroken: rows.some(({ store, line }) => store === undefined || line === undefined),
  };
}

async function measureWith(bench: Bench, servers: RedisCluster, appendfsync: string): Promise<Row[]> {
  const address = parseStoreAddress(servers.url)!;
  const { store } = await openClusterStore(address);
  const { store: served } = await openClusterStore(address);
  const server = await runServer("127.0.0.1", 0, { store: served });
  const puts = new Puts();
  const client = await LineClient.connect(server.address.port, puts);
  const ways: readonly Way[] = [createStoreWay(store, puts), client];
  try {
    const rows: Row[] = [];
    for (const size of BATCHES) {
      bench.report(`cluster, appendfsync ${appendfsync}, batches of ${formatNumber(size)}`);
      const measured = await interleave(
        bench,
        ways,
        (way) => putsPerSecond(way, size, bench.options.seconds),
      );
      rows.push({ what: `${appendfsync}, puts in batches of ${formatNumber(size)}`, ...measured });
    }
    const singles = await interleave(bench, ways, (way) => singleMs(way));
    rows.push({ what: `${appendfsync}, one at a time, p50 ms`, ...singles });
    const reads = await interleave(bench, ways, (way) => rowsPerSecond(way));
    rows.push({ what: `${appendfsync}, rows of get *`, ...reads });
    return rows;
  } finally {
    client.close();
    await server.close();
    await store.close();
  }
}

async function interleave(
  bench: Bench,
  ways: readonly Way[],
  measure: (way: Way) => Promise<number>,
): Promise<{ readonly store: number | undefined; readonly line: number | undefined }> {
  const figures: number[][] = ways.map(() => []);
  for (const way of ways) await measure(way);
  for (let round = 0; round < bench.options.rounds; round++) {
    for (const [index, way] of ways.entries()) figures[index]!.push(await measure(way));
  }
  return { store: median(figures[0]!), line: median(figures[1]!) };
}

async function putsPerSecond(way: Way, size: number, seconds: number): Promise<number> {
  const startedMs = performance.now();
  let puts = 0;
  while (performance.now() - startedMs < seconds * 1_000) {
    await way.put(size);
    puts += size;
  }
  return puts / (performance.now() - startedMs) * 1_000;
}

async function singleMs(way: Way): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < SINGLE_PUTS; index++) {
    const startedMs = performance.now();
    await way.put(1);
    times.push(performance.now() - startedMs);
  }
  return median(times)!;
}

async function rowsPerSecond(way: Way): Promise<number> {
  const startedMs = performance.now();
  const rows = await way.readAll();
  return rows / (performance.now() - startedMs) * 1_000;
}

/** Puts of each series in turn, in steps of a second. */
class Puts {
  #count = 0;

  next(): { readonly series: number; readonly timestamp: number; readonly value: number } {
    const number = this.#count++;
    return {
      series: number % SERIES,
      timestamp: FIRST_TIMESTAMP + Math.floor(number / SERIES),
      value: number % 997 / 10,
    };
  }
}

function createStoreWay(store: ClusterStore, puts: Puts): Way {
  const keys = Array.from(
    { length: SERIES },
    (_, index) => new TextEncoder().encode(`cpu.load.host${index}`),
  );
  return {
    async put(count): Promise<void> {
      for (let index = 0; index < count; index++) {
        const { series, timestamp, value } = puts.next();
        const bytes = keys[series]!;
        store.put({ bytes, keyStart: 0, keyEnd: bytes.length, timestamp, value });
      }
      await store.commit();
    },
    async readAll(): Promise<number> {
      let rows = 0;
      const sink = { isFull: false, addRow: (): number => rows++ };
      const reader = await store.openRows(
        { bytes: new TextEncoder().encode("*"), start: 0, end: 1 },
        ALL_TIME,
      );
      while (!(await reader.fill(sink)));
      return rows;
    },
  };
}

class LineClient implements Way {
  readonly #connection: Awaited<ReturnType<typeof connect>>;
  readonly #puts: Puts;
  readonly #buffer = new Uint8Array(262_144);

  private constructor(connection: Awaited<ReturnType<typeof connect>>, puts: Puts) {
    this.#connection = connection;
    this.#puts = puts;
  }

  static async connect(port: number, puts: Puts): Promise<LineClient> {
    return new LineClient(await connect({ hostname: "127.0.0.1", port }), puts);
  }

  async put(count: number): Promise<void> {
    let lines = "";
    for (let index = 0; index < count; index++) {
      const { series, timestamp, value } = this.#puts.next();
      lines += `put cpu.load.host${series} ${value} ${timestamp}\n`;
    }
    const written = this.#connection.write(new TextEncoder().encode(lines));
    // `ok` and two line ends for each.
    for (let left = count * 4; left > 0;) left -= await this.#read();
    await written;
  }

  async readAll(): Promise<number> {
    await this.#connection.write(new TextEncoder().encode("get *\n"));
    let lines = 0;
    for (let last = 0;;) {
      const count = await this.#read();
      for (let index = 0; index < count; index++) {
        const byte = this.#buffer[index]!;
        if (byte !== 0x0a) last = byte;
        else if (last === 0x0a) return lines - 1;
        else {
          lines++;
          last = byte;
        }
      }
    }
  }

  close(): void {
    this.#connection.close();
  }

  async #read(): Promise<number> {
    const count = await this.#connection.read(this.#buffer);
    if (count === null) throw new Error("the server has closed the connection");
    return count;
  }
}

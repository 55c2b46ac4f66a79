// deno-lint-ignore-file no-console -- a program: its progress goes to stderr, its findings to stdout
// The soak of a shared store: `deno task soak cluster --kills N --seed N`. Four writers on two nodes put samples all the
// time while servers are killed or stopped, one after the other. In the end every acknowledged sample must be there.

import { openClusterStore } from "../../src/servers/metrics/cluster/open_cluster_store.ts";
import type { ClusterStore } from "../../src/servers/metrics/cluster/cluster_store.ts";
import { parseStoreAddress } from "../../src/storage/cluster/store_address.ts";
import {
  checkAcknowledged,
  createWriterLog,
  type WriterLog,
  writeUntil,
} from "../servers/metrics/cluster/acknowledged_puts.ts";
import { Random } from "../support/random.ts";
import {
  eventually,
  type RedisCluster,
  type RedisServer,
  startRedisCluster,
} from "../support/redis_cluster.ts";

/** The length of a soak, and its seed. */
export interface ClusterSoakOptions {
  /** How many times a server is killed or stopped. */
  readonly kills: number;
  /** The seed that decides which one. */
  readonly seed: number;
}

/** Runs the soak. @returns whether nothing was lost and nothing failed */
export async function soakCluster({ kills, seed }: ClusterSoakOptions): Promise<boolean> {
  const servers = await startRedisCluster();
  const stores: ClusterStore[] = [];
  const log = createWriterLog();
  let isOver = false;
  let writers: readonly Promise<void>[] = [];
  try {
    for (let node = 0; node < 2; node++) {
      stores.push((await openClusterStore(parseStoreAddress(servers.url)!)).store);
    }
    writers = [0, 1, 2, 3].map((index) =>
      writeUntil(stores[index % 2]!, { name: `w${index}`, log, isOver: () => isOver })
    );
    const random = new Random(seed);
    for (let kill = 1; kill <= kills; kill++) await killOne({ servers, log, random, kill });
    isOver = true;
    await Promise.all(writers);
    await checkAcknowledged(stores[0]!, log);
    console.log(`${log.acknowledged} puts acknowledged, none lost`);
    console.log(`longest wait of a writer: ${(log.longestMs / 1_000).toFixed(1)} s`);
    console.log(`${log.errors.length} errors to writers`);
    return log.errors.length === 0;
  } finally {
    isOver = true;
    await Promise.all(writers);
    await Promise.allSettled(stores.map((store) => store.close()));
    await servers.stop();
  }
}

interface Kill {
  readonly servers: RedisCluster;
  readonly log: WriterLog;
  readonly random: Random;
  readonly kill: number;
}

async function killOne({ servers, log, random, kill }: Kill): Promise<void> {
  const primaries = await servers.primaries();
  // Two of three kills are of primaries: those matter most.
  const isPrimary = random.below(3) > 0;
  const candidates = servers.servers.filter((server) => primaries.includes(server) === isPrimary);
  const server = candidates[random.below(candidates.length)]!;
  const signal = random.below(4) === 0 ? "SIGSTOP" : "SIGKILL";
  const startedMs = performance.now();
  const seconds = (): string => ((performance.now() - startedMs) / 1_000).toFixed(1);
  await server.signal(signal);
  // The failover itself, without what the writers need to notice it.
  const others = servers.servers.filter((other) => !primaries.includes(other));
  const [replaced, written] = await Promise.all([
    isPrimary ? failover(others).then(() => `, replaced after ${seconds()} s`) : "",
    progress(log).then(seconds),
  ]);
  const role = isPrimary ? "primary" : "replica";
  console.error(`${kill}: ${signal} to a ${role}${replaced}, 1,000 puts more after ${written} s`);
  await bringBack(server, signal);
  await servers.settled(2);
}

/** Waits until one of the replicas has become a primary that has a replica. */
function failover(replicas: readonly RedisServer[]): Promise<void> {
  return eventually("a new primary", async () => {
    const infos = await Promise.all(replicas.map((replica) => replica.ask("INFO", "replication")));
    return infos.some((info) => info.includes("role:master") && info.includes("state=online"));
  });
}

async function bringBack(server: RedisServer, signal: "SIGSTOP" | "SIGKILL"): Promise<void> {
  if (signal === "SIGKILL") await server.start();
  else await server.signal("SIGCONT");
}

function progress(log: WriterLog): Promise<void> {
  const { acknowledged } = log;
  return eventually("acknowledged puts", () => Promise.resolve(log.acknowledged > acknowledged + 1_000));
}

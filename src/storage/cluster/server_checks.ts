// Checks of the servers before they are trusted with data.

import { setTimeout as pause } from "node:timers/promises";
import { ownMessageOf } from "../../base/error_text.ts";
import { StoreOpenError } from "../store_open_error.ts";
import { Cluster } from "./cluster.ts";
import { loadConnector } from "./redis_client.ts";
import { explainRefusal } from "./reply_kind.ts";
import { type RedisConnection, type RedisConnector, ReplyError, StoreError } from "./redis_connection.ts";
import { type NodeAddress, showNode, type StoreAddress } from "./store_address.ts";

const OPEN_TRIES = 3;
const PAUSE_MS = 200;

// A list of servers that do not reply at all takes this long once, not three times.
const PATIENCE_MS = 10_000;

// Writes wait 15 s for a failover, which takes the time-out of the cluster and some two seconds more.
const LONGEST_NODE_TIMEOUT_MS = 12_000;

/** Parts of the checks of a store. */
export interface OpenClusterOptions {
  /** Address of the store. */
  readonly address: StoreAddress;
  /** Whether each write must reach a replica: then there must be a cluster, and it must write its files. */
  readonly needsReplicas: boolean;
  /** Source text of the function library, if there is one. */
  readonly library?: string | undefined;
  /** Called with one line about a setting that could not be checked. */
  readonly onNotice?: ((message: string) => void) | undefined;
  /** Opens connections; default the client package. */
  readonly connector?: RedisConnector | undefined;
}

/**
 * Opens the store and checks its servers.
 *
 * @throws {StoreOpenError} `failed` when it cannot be reached, `denied` when it refuses the credentials,
 *   `foreign` when its setup would lose data
 */
export async function openCluster(options: OpenClusterOptions): Promise<Cluster> {
  const { address, library, onNotice } = options;
  const connector = options.connector ?? await loadConnector(address).catch(toOpenError);
  const first = await patiently(() => findServer(address.nodes, connector)).catch(toOpenError);
  const { isClustered } = first;
  if (!isClustered && options.needsReplicas) {
    throw refused(first.node, "it is no cluster, and --ack replicated needs one (--ack primary does not)");
  }
  const seeds = isClustered ? address.nodes : [first.node];
  const cluster = new Cluster({ seeds, connector, isClustered, library });
  try {
    const notices = new Set<string>();
    await patiently(async () => {
      await cluster.refresh();
      if (!cluster.map.isComplete) throw refused(first.node, "slots of the cluster have no server");
      const { primaries } = cluster.map;
      await Promise.all(primaries.map((node) => checkServer(cluster, node, { options, notices })));
    });
    for (const notice of notices) onNotice?.(notice);
    return cluster;
  } catch (error) {
    cluster.close();
    return toOpenError(error);
  }
}

// A server that has just started, or a busy machine, gets another chance.
async function patiently<T>(check: () => Promise<T>): Promise<T> {
  const endMs = performance.now() + PATIENCE_MS;
  for (let tries = 1;; tries++) {
    try {
      return await check();
    } catch (error) {
      const isOver = tries === OPEN_TRIES || performance.now() > endMs;
      if (isOver || !(error instanceof StoreError)) throw error;
      await pause(PAUSE_MS);
    }
  }
}

interface FoundServer {
  readonly node: NodeAddress;
  readonly isClustered: boolean;
}

// The first one that replies, because a list may name servers that no longer exist.
async function findServer(nodes: readonly NodeAddress[], connector: RedisConnector): Promise<FoundServer> {
  let failure: unknown;
  for (const node of nodes) {
    try {
      return { node, isClustered: await asksForCluster(await connector.connect(node)) };
    } catch (error) {
      failure = error;
      if (error instanceof ReplyError) throw denied(error, node);
    }
  }
  throw failure;
}

async function asksForCluster(connection: RedisConnection): Promise<boolean> {
  try {
    return /^cluster_enabled:1/m.test(String(await connection.send(["INFO", "cluster"])));
  } finally {
    connection.close();
  }
}

interface Check {
  readonly options: OpenClusterOptions;
  readonly notices: Set<string>;
}

async function checkServer(cluster: Cluster, node: NodeAddress, { options, notices }: Check): Promise<void> {
  const connection = await cluster.pool.get(node, "control");
  const policy = /^maxmemory_policy:(\S+)/m.exec(await textOf(connection, ["INFO", "memory"]))?.[1];
  if (policy === undefined) {
    notices.add("the store does not tell its eviction policy: make sure that it is noeviction");
  } else if (policy !== "noeviction") {
    throw refused(node, `maxmemory-policy is ${policy}, expected noeviction`);
  }
  const appendfsync = await settingOf(connection, "appendfsync");
  const appendonly = await settingOf(connection, "appendonly");
  if (appendfsync === undefined) {
    notices.add("the store does not tell appendfsync: ok is as durable as its settings make it");
  } else if (appendonly === "no") {
    notices.add("the store keeps no append-only file: ok means memory of the servers, not their disks");
  } else if (appendfsync === "no" && options.needsReplicas) {
    throw refused(node, "appendfsync is no, expected always or everysec with --ack replicated");
  }
  const timeoutMs = cluster.isClustered ? Number(await settingOf(connection, "cluster-node-timeout")) : 0;
  if (timeoutMs > LONGEST_NODE_TIMEOUT_MS) {
    notices.add(
      `cluster-node-timeout is ${timeoutMs} ms: a failover takes longer than writes wait, 5000 is better`,
    );
  }
}

async function settingOf(connection: RedisConnection, name: string): Promise<string | undefined> {
  try {
    const reply = await connection.send(["CONFIG", "GET", name]);
    // RESP3 makes a map of it, RESP2 a list.
    const value = Array.isArray(reply) ? reply[1] : Object.values(reply as object)[0];
    return value === undefined ? undefined : String(value);
  } catch (error) {
    if (error instanceof ReplyError) return undefined;
    throw error;
  }
}

async function textOf(connection: RedisConnection, command: readonly string[]): Promise<string> {
  try {
    return String(await connection.send(command));
  } catch (error) {
    if (error instanceof ReplyError) return "";
    throw error;
  }
}

function refused(node: NodeAddress, reason: string): StoreOpenError {
  return new StoreOpenError("foreign", `Cannot use ${showNode(node)}: ${reason}`);
}

function denied(error: ReplyError, node: NodeAddress): StoreOpenError {
  return new StoreOpenError("denied", `Cannot use the store: ${explainRefusal(error, node)}`, {
    cause: error,
  });
}

function toOpenError(error: unknown): never {
  if (error instanceof StoreOpenError) throw error;
  const message = ownMessageOf(error);
  throw new StoreOpenError("failed", message, { cause: error });
}

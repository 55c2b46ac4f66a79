// From a command and its slot to the reply: which server, which connection, what to do when it fails.

import { setTimeout as pause } from "node:timers/promises";
import { type ConnectionRole, NodePool } from "./node_pool.ts";
import { classifyFailure, explainRefusal, type FailureKind } from "./reply_kind.ts";
import {
  type RedisCommand,
  type RedisConnection,
  type RedisConnector,
  type Reply,
  ReplyError,
  StoreError,
} from "./redis_connection.ts";
import { SlotDiscovery } from "./slot_discovery.ts";
import { SlotMap } from "./slot_map.ts";
import { type NodeAddress, showNode } from "./store_address.ts";

/** A command and the slot of all its keys. */
export interface RoutedCommand {
  /** The slot of the keys. */
  readonly slot: number;
  /** The command. */
  readonly command: RedisCommand;
}

/** How commands are run. */
export interface RunOptions {
  /** The kind of connection that they take. */
  readonly role: Exclude<ConnectionRole, "control">;
  /** How many replicas must have them, checked by WAIT on the same connection; 0 for none. */
  readonly replicas: number;
  /** After this long they have failed. */
  readonly deadlineMs: number;
  /**
   * While a slot moves: ask the new server for a key that is gone here, or wait until the move is done. A function must
   * wait: on the new server it would take keys that have not come yet for keys that do not exist. Default `follow`.
   */
  readonly onMovingSlot?: "follow" | "wait";
}

/** Settings of a {@linkcode Cluster}. */
export interface ClusterOptions {
  /** Servers to begin with. */
  readonly seeds: readonly NodeAddress[];
  /** Opens connections. */
  readonly connector: RedisConnector;
  /** Whether the servers form a cluster; otherwise the first seed has everything. */
  readonly isClustered: boolean;
  /** Source text of a function library (FUNCTION LOAD), given to servers that miss it. */
  readonly library?: string | undefined;
  /** A server that says nothing for so long is asked again over another connection; default 2,000. */
  readonly firstTryMs?: number | undefined;
}

// Each further try has twice as much time, for slow disks.
const FIRST_TRY_MS = 2_000;

const SHORTEST_TRY_MS = 250;

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

interface Run {
  readonly requests: readonly RoutedCommand[];
  readonly options: RunOptions;
  readonly replies: Reply[];
  /** The nodes that take a command once (ASK), by its index. */
  readonly asks: Map<number, NodeAddress>;
  readonly endMs: number;
  tryMs: number;
  tries: number;
  needsMap: boolean;
  needsPause: boolean;
  failure: unknown;
}

/** A Redis or Valkey Cluster, or one server alone. */
export class Cluster {
  readonly #options: ClusterOptions;
  readonly #pool: NodePool;
  readonly #map: SlotMap;
  readonly #discovery: SlotDiscovery;

  /** Makes it; nothing is connected before the first use. */
  constructor(options: ClusterOptions) {
    this.#options = options;
    this.#pool = new NodePool(options.connector);
    this.#map = new SlotMap(options.seeds);
    this.#discovery = new SlotDiscovery(this.#pool, this.#map, options);
  }

  /** The connections; for checks, and for subscribers of a channel. */
  get pool(): NodePool {
    return this.#pool;
  }

  /** Which server has what. */
  get map(): SlotMap {
    return this.#map;
  }

  /**
   * Runs commands, those of one server in one go and in this order. Commands must bear being run twice: what failed, or
   * reached no replica in time, is sent again until the deadline.
   *
   * @returns their replies, in the same order
   * @throws {StoreError} not all of them could be run; some may have been
   */
  async run(requests: readonly RoutedCommand[], options: RunOptions): Promise<Reply[]> {
    const run: Run = {
      requests,
      options,
      replies: new Array<Reply>(requests.length),
      asks: new Map(),
      endMs: performance.now() + options.deadlineMs,
      tryMs: this.#options.firstTryMs ?? FIRST_TRY_MS,
      tries: 0,
      needsMap: !this.#map.isComplete,
      needsPause: false,
      failure: undefined,
    };
    let open: readonly number[] = requests.map((_, index) => index);
    for (let pauseMs = FIRST_PAUSE_MS;; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      if (run.needsMap) await this.refresh().catch((error: unknown) => run.failure = error);
      open = await this.#try(run, open);
      if (open.length === 0) return run.replies;
      // A last try without time would only hide the reason why those before have failed.
      const shortestTryMs = Math.min(SHORTEST_TRY_MS, options.deadlineMs / 4);
      if (performance.now() + pauseMs + shortestTryMs >= run.endMs) throw this.#toError(run);
      if (run.needsPause) await pause(pauseMs);
      run.tryMs *= 2;
    }
  }

  /** Runs one read. Throws like {@linkcode Cluster.run}. */
  async read(slot: number, command: RedisCommand, deadlineMs: number): Promise<Reply> {
    const [reply] = await this.run([{ slot, command }], { role: "read", replicas: 0, deadlineMs });
    return reply!;
  }

  /**
   * Asks which server has which slot.
   *
   * @throws {StoreError} no node replied
   */
  refresh(): Promise<void> {
    return this.#discovery.refresh();
  }

  /** Ends all connections; what is under way fails. */
  close(): void {
    this.#pool.close();
  }

  // One try of everything that is open, on all servers at once; gives back what stays open.
  async #try(run: Run, open: readonly number[]): Promise<number[]> {
    run.needsMap = false;
    run.needsPause = false;
    run.tries++;
    const groups = new Map<string, { node: NodeAddress; indexes: number[] }>();
    const left: number[] = [];
    for (const index of open) {
      const node = run.asks.get(index) ?? this.#map.ownerOf(run.requests[index]!.slot);
      if (node === undefined) {
        left.push(index);
        continue;
      }
      const key = showNode(node);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { node, indexes: [index] });
      else group.indexes.push(index);
    }
    if (left.length > 0) {
      run.needsMap = run.needsPause = true;
      run.failure ??= new StoreError("Cannot use the store: a slot of the cluster has no server");
    }
    const tries = Array.from(groups.values(), ({ node, indexes }) => this.#tryNode(run, node, indexes));
    return left.concat(...await Promise.all(tries)).sort((a, b) => a - b);
  }

  async #tryNode(run: Run, node: NodeAddress, indexes: readonly number[]): Promise<readonly number[]> {
    let connection: RedisConnection;
    try {
      connection = await this.#pool.get(node, run.options.role);
    } catch (error) {
      this.#note(run, error, { kind: "again" });
      if (error instanceof ReplyError) throw this.#toError(run, node);
      for (const index of indexes) run.asks.delete(index);
      return indexes;
    }
    const leftMs = Math.max(1, run.endMs - performance.now());
    // A server that had less time than a try takes may be well: why tries before have failed says more.
    const known = leftMs < run.tryMs ? run.failure : undefined;
    let silence: unknown;
    const timer = setTimeout(() => {
      silence = known ?? new StoreError(`Cannot use the store: ${showNode(node)} does not reply`);
      connection.close();
    }, Math.min(run.tryMs, leftMs));
    try {
      return await this.#sendAll(run, { node, connection, indexes });
    } finally {
      clearTimeout(timer);
      if (silence !== undefined) run.failure = silence;
    }
  }

  async #sendAll(
    run: Run,
    { node, connection, indexes }: {
      node: NodeAddress;
      connection: RedisConnection;
      indexes: readonly number[];
    },
  ): Promise<readonly number[]> {
    const left: number[] = [];
    const failures = new Map<number, unknown>();
    const sent = indexes.map((index) => {
      if (run.asks.has(index)) connection.send(["ASKING"]).catch(() => {});
      return connection.send(run.requests[index]!.command).then(
        (reply) => void (run.replies[index] = reply),
        (error: unknown) => void failures.set(index, error),
      );
    });
    const reached = await this.#reachReplicas(run, connection);
    await Promise.all(sent);
    for (const index of indexes) {
      const error = failures.get(index);
      if (error !== undefined) await this.#heed(run, { index, node, connection, error });
      if (error !== undefined || !reached) left.push(index);
    }
    return left;
  }

  // WAIT is about the writes of its own connection: on another one it returns at once and would lie.
  async #reachReplicas(run: Run, connection: RedisConnection): Promise<boolean> {
    const { replicas } = run.options;
    if (replicas === 0) return true;
    // Half of the time that the try has: the reply must come before the connection is given up.
    const waitMs = Math.max(1, Math.floor(Math.min(run.tryMs, run.endMs - performance.now()) / 2));
    try {
      const count = await connection.send(["WAIT", String(replicas), String(waitMs)]);
      if (typeof count === "number" && count >= replicas) return true;
      const failure = new StoreError("Cannot store: no replica has acknowledged the write");
      this.#note(run, failure, { kind: "again" });
    } catch (error) {
      this.#note(run, error, { kind: "again" });
    }
    return false;
  }

  async #heed(
    run: Run,
    { index, node, connection, error }: {
      index: number;
      node: NodeAddress;
      connection: RedisConnection;
      error: unknown;
    },
  ): Promise<void> {
    run.asks.delete(index);
    const failure = classifyFailure(error, node);
    switch (failure.kind) {
      case "moved":
        this.#map.move(run.requests[index]!.slot, failure.node);
        // If one slot has moved, others probably have too.
        this.refresh().catch(() => {});
        break;
      case "ask":
        if (run.options.onMovingSlot !== "wait") run.asks.set(index, failure.node);
        else run.needsPause = true;
        break;
      case "missing-function":
        await connection.send(["FUNCTION", "LOAD", "REPLACE", this.#options.library ?? ""]).catch(() => {});
        break;
      case "again":
        break;
      case "refused":
        run.failure = error;
        throw this.#toError(run, node);
    }
    this.#note(run, error, failure);
  }

  #note(run: Run, error: unknown, { kind }: FailureKind): void {
    run.failure = error;
    // A redirection is followed at once, but only once: after that the servers have to agree first.
    if (kind === "again" || run.tries > 1) run.needsMap = run.needsPause = true;
  }

  #toError(run: Run, node?: NodeAddress): StoreError {
    const { failure } = run;
    if (failure instanceof ReplyError && node !== undefined) {
      return new StoreError(`Cannot use the store: ${explainRefusal(failure, node)}`, { cause: failure });
    }
    if (failure instanceof StoreError) return failure;
    const message = failure instanceof Error ? failure.message : String(failure);
    return new StoreError(`Cannot use the store: ${message}`, { cause: failure });
  }
}

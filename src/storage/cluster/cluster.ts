// From a command and its slot to the reply: the server, the connection, and the next step after a failure.

import { SYSTEM_CLOCK } from "../../base/clock.ts";
import { setTimeout as pause } from "node:timers/promises";
import { CommandRun, type JoinedCommand, type RoutedCommand, type RunOptions } from "./command_run.ts";
import { NodePool } from "./node_pool.ts";
import {
  type RedisCommand,
  type RedisConnection,
  type RedisConnector,
  type Reply,
  ReplyError,
  StoreError,
} from "./redis_connection.ts";
import { classifyFailure, isCrossSlotRefusal } from "./reply_kind.ts";
import { afterSilence } from "./silence.ts";
import { SlotDiscovery } from "./slot_discovery.ts";
import { SlotMap } from "./slot_map.ts";
import { type NodeAddress, showNode } from "./store_address.ts";

export type { JoinedCommand, RoutedCommand, RunOptions } from "./command_run.ts";

/** Settings of a {@linkcode Cluster}. */
export interface ClusterOptions {
  /** Servers to begin with. */
  readonly seeds: readonly NodeAddress[];
  /** Opens connections. */
  readonly connector: RedisConnector;
  /** Whether the servers form a cluster; otherwise the first seed has everything. */
  readonly isClustered: boolean;
  /** Source text of a function library (FUNCTION LOAD), given to servers that do not have it. */
  readonly library?: string | undefined;
  /** A server that is silent for this long is asked again over another connection; default 2,000. */
  readonly firstTryMs?: number | undefined;
}

// Each further try has twice as much time, for slow disks.
const FIRST_TRY_MS = 2_000;

const SHORTEST_TRY_MS = 250;

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 200;

// If a server is silent for this long, the others may have replaced it.
const LOOK_AFTER_MS = 500;

interface SentCommand extends JoinedCommand {
  readonly isJoined: boolean;
}

interface Failure extends SentCommand {
  readonly error: unknown;
}

/** A Redis or Valkey Cluster, or a single server. */
export class Cluster {
  readonly #options: ClusterOptions;
  readonly #pool: NodePool;
  readonly #map: SlotMap;
  readonly #discovery: SlotDiscovery;
  #canJoin = true;

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

  /** Whether the servers form a cluster; otherwise there is one. */
  get isClustered(): boolean {
    return this.#options.isClustered;
  }

  /** The owners of the slots. */
  get map(): SlotMap {
    return this.#map;
  }

  /**
   * Runs commands, those of one server in one go and in this order. A command must be safe to run twice: a
   * command that fails, or reaches no replica in time, is sent again until the deadline.
   *
   * @returns their replies, in the same order
   * @throws {StoreError} some could not be run; others may have been
   */
  async run(requests: readonly RoutedCommand[], options: RunOptions): Promise<Reply[]> {
    const run = new CommandRun(requests, options, {
      tryMs: this.#options.firstTryMs ?? FIRST_TRY_MS,
      needsMap: !this.#map.isComplete,
    });
    // Connections to a server that the others have lost end at each look. The reader of a stream is silent on purpose.
    const stopLooking = options.role === "follow" ? undefined : SYSTEM_CLOCK.every(
      LOOK_AFTER_MS,
      () => void this.refresh().catch(() => {}),
    );
    try {
      return await this.#runAll(run);
    } finally {
      stopLooking?.();
    }
  }

  async #runAll(run: CommandRun): Promise<Reply[]> {
    let open: readonly number[] = run.requests.map((_, index) => index);
    for (let pauseMs = FIRST_PAUSE_MS;; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      if (run.needsMap) await this.refresh().catch((error: unknown) => run.failure = error);
      open = await this.#try(run, open);
      if (open.length === 0) return run.replies;
      if (this.#pool.isClosed) throw run.toError();
      // A last try without time would only hide the reason of the earlier failures.
      const shortestTryMs = Math.min(SHORTEST_TRY_MS, run.options.deadlineMs / 4);
      if (performance.now() + pauseMs + shortestTryMs >= run.endMs) throw run.toError();
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

  /** Ends all connections; pending commands fail. */
  close(): void {
    this.#pool.close();
  }

  // One try of all open commands, on all servers at once; gives back those that stay open.
  async #try(run: CommandRun, open: readonly number[]): Promise<number[]> {
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

  async #tryNode(run: CommandRun, node: NodeAddress, indexes: readonly number[]): Promise<readonly number[]> {
    let connection: RedisConnection;
    try {
      connection = await this.#pool.get(node, run.options.role);
    } catch (error) {
      run.note(error, { kind: "again" });
      if (error instanceof ReplyError) throw run.toError(node);
      for (const index of indexes) run.asks.delete(index);
      return indexes;
    }
    const leftMs = Math.max(1, run.endMs - performance.now());
    // A server with less time than a try takes may be healthy, so the failures of earlier tries say more.
    const known = leftMs < run.tryMs ? run.failure : undefined;
    let silence: unknown;
    const stopTimer = afterSilence(Math.min(run.tryMs, leftMs), () => {
      silence = known ?? new StoreError(`Cannot use the store: ${showNode(node)} does not reply`);
      connection.close();
    });
    try {
      return await this.#sendAll(run, { node, connection, indexes });
    } finally {
      stopTimer();
      if (silence !== undefined) run.failure = silence;
    }
  }

  async #sendAll(
    run: CommandRun,
    { node, connection, indexes }: {
      node: NodeAddress;
      connection: RedisConnection;
      indexes: readonly number[];
    },
  ): Promise<readonly number[]> {
    const left: number[] = [];
    const failures: Failure[] = [];
    const sent = this.#toCommands(run, indexes).map((sending) => {
      if (run.asks.has(sending.indexes[0]!)) connection.send(["ASKING"]).catch(() => {});
      return connection.send(sending.command).then(
        (reply) => {
          if (!sending.isJoined) run.replies[sending.indexes[0]!] = reply;
          else {for (const [at, index] of sending.indexes.entries()) {
              run.replies[index] = (reply as Reply[])[at]!;
            }}
        },
        (error: unknown) => void failures.push({ ...sending, error }),
      );
    });
    const reached = await this.#reachReplicas(run, connection);
    await Promise.all(sent);
    for (const failure of failures) {
      await this.#heed(run, failure, { node, connection });
      left.push(...failure.indexes);
    }
    return reached ? left : indexes;
  }

  #toCommands(run: CommandRun, indexes: readonly number[]): readonly SentCommand[] {
    const { join } = run.options;
    if (join !== undefined && this.#canJoin && run.tries === 1 && indexes.length > 1) {
      return join(indexes).map((joined) => ({ ...joined, isJoined: true }));
    }
    return indexes.map((index) => ({
      indexes: [index],
      command: run.requests[index]!.command,
      isJoined: false,
    }));
  }

  // WAIT concerns the writes of its own connection: on another one it returns at once, with a wrong number.
  async #reachReplicas(run: CommandRun, connection: RedisConnection): Promise<boolean> {
    const { replicas } = run.options;
    if (replicas === 0) return true;
    // Half of the time of the try: the reply must come before the connection is given up.
    const waitMs = Math.max(1, Math.floor(Math.min(run.tryMs, run.endMs - performance.now()) / 2));
    try {
      const count = await connection.send(["WAIT", String(replicas), String(waitMs)]);
      if (typeof count === "number" && count >= replicas) return true;
      const failure = new StoreError("Cannot store: no replica has acknowledged the write");
      run.note(failure, { kind: "again" });
    } catch (error) {
      run.note(error, { kind: "again" });
    }
    return false;
  }

  async #heed(
    run: CommandRun,
    { indexes, isJoined, error }: Failure,
    { node, connection }: { node: NodeAddress; connection: RedisConnection },
  ): Promise<void> {
    const [index] = indexes as readonly [number];
    run.asks.delete(index);
    const failure = classifyFailure(error, node);
    switch (failure.kind) {
      case "moved":
        // If one slot has moved, others probably have too.
        if (isJoined) run.needsMap = true;
        else {
          this.#map.move(run.requests[index]!.slot, failure.node);
          this.refresh().catch(() => {});
        }
        break;
      case "ask":
        if (isJoined) break;
        if (run.options.onMovingSlot !== "wait") run.asks.set(index, failure.node);
        else run.needsPause = true;
        break;
      case "missing-function":
        await connection.send(["FUNCTION", "LOAD", "REPLACE", this.#options.library ?? ""]).catch(() => {});
        break;
      case "again":
        // Some managed services allow a function the keys of one slot only.
        if (isJoined && isCrossSlotRefusal(error)) this.#canJoin = false;
        break;
      case "refused":
        run.failure = error;
        throw run.toError(node);
    }
    run.note(error, failure);
  }
}

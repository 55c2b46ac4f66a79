// Commands to run, and the progress of each.

import { ownMessageOf } from "../../base/error_text.ts";
import { type ConnectionRole } from "./node_pool.ts";
import { type RedisCommand, type Reply, ReplyError, StoreError } from "./redis_connection.ts";
import { explainRefusal, type FailureKind } from "./reply_kind.ts";
import type { NodeAddress } from "./store_address.ts";

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
  /** The number of replicas that must have them, checked by WAIT on the same connection; 0 for none. */
  readonly replicas: number;
  /** After this long they have failed. */
  readonly deadlineMs: number;
  /**
   * While a slot moves: ask the new server for a key that is gone here, or wait until the move is done. A function must
   * wait: on the new server it would take keys that have not come yet for keys that do not exist. Default `follow`.
   */
  readonly onMovingSlot?: "follow" | "wait";
  /**
   * Joins commands for one server, given by their indexes, into fewer. Only the first try does so: after a
   * failure they are sent one by one, so that each command learns its own reason.
   */
  readonly join?: ((indexes: readonly number[]) => readonly JoinedCommand[]) | undefined;
}

/** One command in place of several. Its reply is a list of their replies, in the order of the indexes. */
export interface JoinedCommand {
  /** Indexes of the commands. */
  readonly indexes: readonly number[];
  /** The command. */
  readonly command: RedisCommand;
}

/** Commands on their way to their replies, through all tries. */
export class CommandRun {
  /** The commands. */
  readonly requests: readonly RoutedCommand[];
  /** How they are run. */
  readonly options: RunOptions;
  /** The replies so far, by index. */
  readonly replies: Reply[];
  /** The nodes that take a command once (ASK), by its index. */
  readonly asks: Map<number, NodeAddress> = new Map();
  /** The last moment, as performance.now() has it. */
  readonly endMs: number;
  /** The time that the current try may take. */
  tryMs: number;
  /** Number of the current try, from 1. */
  tries = 0;
  /** Whether the map must be asked for before the next try. */
  needsMap: boolean;
  /** Whether the next try must wait a little. */
  needsPause = false;
  /** The reason of the last failure. */
  failure: unknown;

  /** Begins with nothing tried. */
  constructor(
    requests: readonly RoutedCommand[],
    options: RunOptions,
    { tryMs, needsMap }: { readonly tryMs: number; readonly needsMap: boolean },
  ) {
    this.requests = requests;
    this.options = options;
    this.replies = new Array<Reply>(requests.length);
    this.endMs = performance.now() + options.deadlineMs;
    this.tryMs = tryMs;
    this.needsMap = needsMap;
  }

  /** Remembers a failure and its consequences. */
  note(error: unknown, { kind }: FailureKind): void {
    this.failure = error;
    // A redirection is followed at once, but only once: after that the servers have to agree first.
    if (kind === "again" || this.tries > 1) this.needsMap = this.needsPause = true;
  }

  /** The failure as it is thrown. @param node the server that has refused, if one has */
  toError(node?: NodeAddress): StoreError {
    const { failure } = this;
    if (failure instanceof ReplyError && node !== undefined) {
      return new StoreError(`Cannot use the store: ${explainRefusal(failure, node)}`, { cause: failure });
    }
    if (failure instanceof StoreError) return failure;
    const message = ownMessageOf(failure);
    return new StoreError(`Cannot use the store: ${message}`, { cause: failure });
  }
}

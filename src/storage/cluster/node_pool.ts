import { createDeferred } from "../../base/deferred.ts";
import { type RedisConnection, type RedisConnector, StoreError } from "./redis_connection.ts";
import { type NodeAddress, showNode } from "./store_address.ts";

/**
 * The purpose of a connection. WAIT blocks the connection of writes, so reads have their own. The look at the
 * cluster has its own too, because it must not wait for the data of a stopped server. So does a reader that
 * follows a stream.
 */
export type ConnectionRole = "write" | "read" | "follow" | "control";

interface Slot {
  connection: RedisConnection | undefined;
  opening: Promise<RedisConnection> | undefined;
  /** Ends the opening: a stopped server accepts a connection, and then says nothing for two seconds. */
  abandon: ((reason: StoreError) => void) | undefined;
  /** Why the pool does not keep the connection any more. */
  end: StoreError | undefined;
  failure: unknown;
  failedAtMs: number;
}

// Callers try again every few milliseconds; a refusing server is asked less often.
const REST_AFTER_FAILURE_MS = 100;

/** At most one connection for each server and role, opened when it is asked for. */
export class NodePool {
  readonly #connector: RedisConnector;
  readonly #slots = new Map<string, Slot>();
  #isClosed = false;

  /** Makes a pool that has no connection yet. */
  constructor(connector: RedisConnector) {
    this.#connector = connector;
  }

  /** Whether it was closed for good. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Opens connections that the pool does not keep. */
  get connector(): RedisConnector {
    return this.#connector;
  }

  /**
   * The connection to a server, opened when there is none.
   *
   * @throws {ReplyError} the server does not let us in
   * @throws {StoreError} the server cannot be reached, or could not a moment ago
   */
  async get(node: NodeAddress, role: ConnectionRole): Promise<RedisConnection> {
    if (this.#isClosed) throw new StoreError("Cannot use the store: it was closed");
    const slot = this.#slotOf(node, role);
    if (slot.connection?.isOpen) return slot.connection;
    if (slot.opening !== undefined) return await slot.opening;
    if (performance.now() - slot.failedAtMs < REST_AFTER_FAILURE_MS) throw slot.failure;
    slot.opening = this.#open(node, slot);
    try {
      return await slot.opening;
    } finally {
      slot.opening = undefined;
    }
  }

  /** Ends the connections to servers that are no longer members, or have failed; pending commands fail. */
  retain(nodes: readonly NodeAddress[]): void {
    const kept = new Set(nodes.map(showNode));
    for (const [key, slot] of this.#slots) {
      const name = key.slice(key.indexOf(" ") + 1);
      if (kept.has(name)) continue;
      end(slot, `Cannot reach ${name}: the others have lost it`);
      this.#slots.delete(key);
    }
  }

  /** Ends all connections. */
  close(): void {
    this.#isClosed = true;
    for (const slot of this.#slots.values()) end(slot, "Cannot use the store: it was closed");
    this.#slots.clear();
  }

  #slotOf(node: NodeAddress, role: ConnectionRole): Slot {
    const key = `${role} ${showNode(node)}`;
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = {
        connection: undefined,
        opening: undefined,
        abandon: undefined,
        end: undefined,
        failure: undefined,
        failedAtMs: -Infinity,
      };
      this.#slots.set(key, slot);
    }
    return slot;
  }

  async #open(node: NodeAddress, slot: Slot): Promise<RedisConnection> {
    const abandoned = createDeferred<never>();
    const attempt = new AbortController();
    slot.abandon = (reason) => {
      abandoned.reject(reason);
      attempt.abort();
    };
    const connecting = this.#connector.connect(node, attempt.signal);
    try {
      const connection = await Promise.race([connecting, abandoned.promise]);
      if (slot.end !== undefined) throw slot.end;
      return slot.connection = connection;
    } catch (error) {
      connecting.then((connection) => connection.close(), () => {});
      slot.failure = error;
      slot.failedAtMs = performance.now();
      throw error;
    } finally {
      slot.abandon = undefined;
    }
  }
}

function end(slot: Slot, reason: string): void {
  slot.end = new StoreError(reason);
  slot.connection?.close();
  slot.abandon?.(slot.end);
}

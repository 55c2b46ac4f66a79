import type { Clock } from "../../../base/clock.ts";
import type { Connection, Receiver, Sender } from "../../../net/connection.ts";
import type { ServedClient } from "../../../serving/connection_server.ts";

/** The reply to a client beyond the limits, sent before its first command. */
export const TOO_MANY_CLIENTS: Uint8Array = new TextEncoder().encode("error\ntoo many clients\n\n");

// How long and how much it may still send before the connection is closed.
const LINGER_MS = 2_000;
const MAX_DROPPED_BYTES = 65_536;

/** Parts of a refused client. */
export interface RefusedClientParts {
  /** Belongs to the client from now on. */
  readonly connection: Pick<Connection, "receive" | "transmit" | "closeWrite" | "close">;
  /** The time. */
  readonly clock: Clock;
  /** The connection was closed. */
  readonly onReleased: () => void;
}

/**
 * A client beyond the limits. It gets a refusal, and is then read until it has finished. A close while its
 * first command is unread would reset the connection, and could destroy the refusal (RFC 9293 §3.10.4).
 */
export class RefusedClient implements ServedClient, Sender, Receiver {
  readonly #parts: RefusedClientParts;
  readonly #buffer = new Uint8Array(1_024);
  #leftBytes = MAX_DROPPED_BYTES;
  #stopTimer: (() => void) | undefined;
  #isClosed = false;

  /** Makes a client; {@linkcode RefusedClient.start} sends the refusal. */
  constructor(parts: RefusedClientParts) {
    this.#parts = parts;
  }

  /** Sends the refusal. */
  start(): void {
    this.#stopTimer = this.#parts.clock.after(LINGER_MS, () => this.close());
    this.#parts.connection.transmit(TOO_MANY_CLIENTS, this);
  }

  /** The refusal was sent: nothing more comes from us. */
  onSent(): void {
    if (this.#isClosed) return;
    void this.#parts.connection.closeWrite();
    this.#parts.connection.receive(this.#buffer, this);
  }

  /** It is gone. */
  onSendFailed(): void {
    this.close();
  }

  /** It has sent bytes, which are dropped, or has finished. */
  onReceived(count: number | null): void {
    this.#leftBytes -= count ?? Infinity;
    if (this.#isClosed || this.#leftBytes < 0) return this.close();
    this.#parts.connection.receive(this.#buffer, this);
  }

  /** It is gone. */
  onReceiveFailed(): void {
    this.close();
  }

  /** The server stops; the client has its refusal already. */
  stop(): void {
    this.close();
  }

  /** Closes the connection. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopTimer?.();
    this.#parts.connection.close();
    this.#parts.onReleased();
  }

  /** The server waits for nothing more from it. */
  abandon(): void {
    this.close();
  }
}

import type { BytesSender, ResponseSink } from "../../http/response/response_writer.ts";
import type { Connection } from "../../net/connection.ts";
import type { SharedResources } from "../shared_resources.ts";

// Bytes that a connection may read and write before others get their turn.
const BYTES_IN_A_TURN = 65_536;
// While unread responses fill the memory, a client must take this much in each such time, or all that it was sent.
const CROWDED_TIMEOUT_MS = 1_000;
const MIN_CROWDED_BYTES = 16_384;

/** The sending side of a connection: it notices a client that takes nothing for too long. */
export class TimedSink implements ResponseSink {
  readonly #connection: Connection;
  readonly #shared: SharedResources;
  #activeMs = -Infinity;
  // The bytes left to be taken at the last look; 0 while no write is pending.
  #seenBufferedBytes = 0;
  #bytesInTurn = 0;

  constructor(connection: Connection, shared: SharedResources) {
    this.#connection = connection;
    this.#shared = shared;
  }

  /** The last time when bytes were sent, or were seen to be taken. */
  get activeMs(): number {
    return this.#activeMs;
  }

  /** When the client must have taken something; Infinity while no write is pending. */
  get deadlineMs(): number {
    return this.#seenBufferedBytes === 0 ? Infinity : this.#activeMs + this.#timeoutMs;
  }

  get #timeoutMs(): number {
    const { memory, settings: { writeTimeoutMs } } = this.#shared;
    return memory.isFullOfUnread ? Math.min(CROWDED_TIMEOUT_MS, writeTimeoutMs) : writeTimeoutMs;
  }

  /** Whether the client has not taken all that was sent. */
  get isWriting(): boolean {
    return this.#connection.bufferedBytes > 0;
  }

  transmit(bytes: Uint8Array, sender: BytesSender): void {
    const { deadlines, counters, memory, turns } = this.#shared;
    const { length, buffer } = bytes;
    this.#activeMs = deadlines.nowMs;
    counters.sentBytes += length;
    memory.holdUnread(length, buffer);
    const hasHadItsTurn = this.hasHadItsTurn(length);
    this.#connection.transmit(bytes, {
      onSent: () => {
        memory.freeUnread(length, buffer);
        if (hasHadItsTurn) turns.take(() => sender.onSent());
        else sender.onSent();
      },
      onSendFailed: (error) => {
        memory.freeUnread(length, buffer);
        sender.onSendFailed(error);
      },
    });
    this.#seenBufferedBytes = this.#connection.bufferedBytes;
  }

  /** Counts bytes that were read or sent. @returns whether others should get their turn now */
  hasHadItsTurn(bytes: number): boolean {
    this.#bytesInTurn += bytes;
    if (this.#bytesInTurn < BYTES_IN_A_TURN) return false;
    this.#bytesInTurn = 0;
    return true;
  }

  /**
   * Looks whether the client takes the bytes sent.
   *
   * @returns whether it has taken nothing until the deadline, or too little while memory is short
   */
  isStalled(nowMs: number): boolean {
    if (this.deadlineMs > nowMs) return false;
    const { bufferedBytes } = this.#connection;
    const minBytes = this.#shared.memory.isFullOfUnread ? MIN_CROWDED_BYTES : 1;
    const isStalled = bufferedBytes > 0 && this.#seenBufferedBytes - bufferedBytes < minBytes;
    this.#seenBufferedBytes = bufferedBytes;
    if (bufferedBytes > 0) this.#activeMs = nowMs;
    return isStalled;
  }
}

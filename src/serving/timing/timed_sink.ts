import type { BytesSender, ResponseSink } from "../../http/response/response_writer.ts";
import type { Connection } from "../../net/connection.ts";
import type { SharedResources } from "../shared_resources.ts";

// Bytes that a connection may read and write before others get their turn.
const BYTES_IN_A_TURN = 65_536;

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
    return this.#seenBufferedBytes === 0 ? Infinity : this.#activeMs + this.#shared.settings.writeTimeoutMs;
  }

  /** Whether the client has not taken all that was sent. */
  get isWriting(): boolean {
    return this.#connection.bufferedBytes > 0;
  }

  transmit(bytes: Uint8Array, sender: BytesSender): void {
    this.#activeMs = this.#shared.deadlines.nowMs;
    this.#shared.counters.sentBytes += bytes.length;
    this.#connection.transmit(bytes, this.hasHadItsTurn(bytes.length) ? this.#inTurn(sender) : sender);
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
   * @returns whether it has taken nothing until the deadline
   */
  isStalled(nowMs: number): boolean {
    if (this.deadlineMs > nowMs) return false;
    const { bufferedBytes } = this.#connection;
    const isStalled = bufferedBytes > 0 && bufferedBytes >= this.#seenBufferedBytes;
    this.#seenBufferedBytes = bufferedBytes;
    if (bufferedBytes > 0) this.#activeMs = nowMs;
    return isStalled;
  }

  #inTurn(sender: BytesSender): BytesSender {
    const { turns } = this.#shared;
    return {
      onSent: () => turns.take(() => sender.onSent()),
      onSendFailed: (error) => sender.onSendFailed(error),
    };
  }
}

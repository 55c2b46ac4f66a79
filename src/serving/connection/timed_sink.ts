import type { MemoryBudget } from "../../bytes/memory_budget.ts";
import type { BytesSender, ResponseSink } from "../../http/response/response_writer.ts";
import type { Connection } from "../../net/connection.ts";
import type { SharedResources } from "../shared_resources.ts";
import type { FairQueue } from "../turns/fair_queue.ts";

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
  // Used again and again: seldom does a write begin while another one is pending.
  readonly #write: PendingWrite;

  constructor(connection: Connection, shared: SharedResources) {
    this.#connection = connection;
    this.#shared = shared;
    this.#write = new PendingWrite(shared.memory, shared.turns);
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
    this.#activeMs = deadlines.nowMs;
    counters.sentBytes += bytes.length;
    const write = this.#write.sender === undefined ? this.#write : new PendingWrite(memory, turns);
    write.sender = sender;
    write.endsTurn = this.hasHadItsTurn(bytes.length);
    this.#connection.transmit(bytes, write);
    // Nothing need be counted if the bytes were taken at once. If another write began at that moment, it has
    // counted its own.
    if (write.sender !== undefined) write.unread ??= memory.holdUnread(bytes);
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

/** A write that the client may be slow to take: until then, its bytes count as held. */
class PendingWrite implements BytesSender {
  /** Hears the outcome; undefined if nothing is pending. */
  sender: BytesSender | undefined;
  /** Whether others get their turn before the sender hears that its bytes were taken. */
  endsTurn = false;
  /** The held bytes, as the memory budget knows them. */
  unread: number | ArrayBufferLike | undefined;
  readonly #memory: MemoryBudget;
  readonly #turns: FairQueue;

  constructor(memory: MemoryBudget, turns: FairQueue) {
    this.#memory = memory;
    this.#turns = turns;
  }

  onSent(): void {
    const { endsTurn } = this;
    const sender = this.#end();
    if (endsTurn) this.#turns.take(() => sender.onSent());
    else sender.onSent();
  }

  onSendFailed(error: unknown): void {
    this.#end().onSendFailed(error);
  }

  #end(): BytesSender {
    const sender = this.sender!;
    const { unread } = this;
    this.sender = undefined;
    this.unread = undefined;
    if (unread !== undefined) this.#memory.freeUnread(unread);
    return sender;
  }
}

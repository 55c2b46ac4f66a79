import type { ReadBudget } from "../../bytes/byte_budget.ts";
import { GatheredBytes } from "../../bytes/gathered_bytes.ts";
import type { Connection, Receiver } from "../../net/connection.ts";

// As much as Node 20 reads of content that its handler does not ask for.
const MAX_BYTES = 16_384;
const ROOM_BYTES = 4_096;

/** Hears that a connection has ended before its last bytes are wanted. */
export interface EndWatcher {
  /** @param error undefined if the client has only finished sending */
  onEndAhead(error: unknown): void;
}

/** Takes the outcome of a read that was made ahead. */
export type AheadReceiver = Required<Receiver>;

/** The end of a connection: FIN, or a failure. */
type End = (receiver: AheadReceiver) => void;

/** Reads while earlier bytes are still unused, to notice the end of the connection. Keeps a bounded number of bytes. */
export class ReadAhead implements Receiver {
  readonly #connection: Connection;
  readonly #budget: ReadBudget;
  readonly #watcher: EndWatcher;
  readonly #room = new Uint8Array(ROOM_BYTES);
  // Outcomes that nobody has asked for: bytes in one place, however many reads they took, and the end after them.
  readonly #bytes = new GatheredBytes();
  #end: End | undefined;
  #hasEnded = false;
  #isReading = false;
  // Wants the outcome of the pending read.
  #receiver: AheadReceiver | undefined;

  /** @param budget has given leave for {@linkcode ReadAhead.maxBytes}, and gets them back */
  constructor(connection: Connection, budget: ReadBudget, watcher: EndWatcher) {
    this.#connection = connection;
    this.#budget = budget;
    this.#watcher = watcher;
  }

  /** The most bytes that it holds. */
  static readonly maxBytes: number = MAX_BYTES + ROOM_BYTES;

  /** Begins, or goes on if there is room. */
  read(): void {
    if (this.#isReading || this.#hasEnded || this.#bytes.length > MAX_BYTES - ROOM_BYTES) return;
    this.#isReading = true;
    this.#connection.receive(this.#room, this);
  }

  /**
   * Gives the bytes or the end that came, or later the outcome of the pending read, to a receiver; never during this
   * call.
   *
   * @returns false if there is neither
   */
  give(receiver: AheadReceiver): boolean {
    const end = this.#end;
    if (this.#bytes.length > 0) {
      const bytes = this.#bytes.take();
      queueMicrotask(() => receiver.onArrayReceived(bytes));
    } else if (end !== undefined) {
      this.#end = undefined;
      queueMicrotask(() => end(receiver));
    } else if (this.#isReading) this.#receiver = receiver;
    else return false;
    return true;
  }

  /** Called back by the connection. */
  onReceived(count: number | null): void {
    if (count === null) return this.#onEnd(undefined, (receiver) => receiver.onReceived(null));
    const bytes = this.#room.subarray(0, count);
    const receiver = this.#takeReceiver();
    if (receiver !== undefined) return receiver.onArrayReceived(bytes.slice());
    this.#bytes.append(bytes, MAX_BYTES);
    this.read();
  }

  /** Called back by the connection. */
  onReceiveFailed(error: unknown): void {
    this.#onEnd(error, (receiver) => receiver.onReceiveFailed(error));
  }

  #onEnd(error: unknown, end: End): void {
    this.#hasEnded = true;
    const receiver = this.#takeReceiver();
    if (receiver !== undefined) return end(receiver);
    this.#end = end;
    this.#watcher.onEndAhead(error);
  }

  #takeReceiver(): AheadReceiver | undefined {
    const receiver = this.#receiver;
    this.#isReading = false;
    this.#receiver = undefined;
    return receiver;
  }

  /** Gives back its bytes to the budget. */
  close(): void {
    this.#budget.take(-ReadAhead.maxBytes);
  }
}

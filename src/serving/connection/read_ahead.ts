import type { ReadBudget } from "../../bytes/byte_budget.ts";
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

/** Reads while earlier bytes are still unused, to notice the end of the connection. Keeps a bounded number of bytes. */
export class ReadAhead implements Receiver {
  readonly #connection: Connection;
  readonly #budget: ReadBudget;
  readonly #watcher: EndWatcher;
  readonly #room = new Uint8Array(ROOM_BYTES);
  // The outcomes of reads that nobody has asked for yet.
  readonly #outcomes: ((receiver: AheadReceiver) => void)[] = [];
  #bytes = 0;
  #isReading = false;
  #hasEnded = false;
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
    if (this.#isReading || this.#hasEnded || this.#bytes > MAX_BYTES - ROOM_BYTES) return;
    this.#isReading = true;
    this.#connection.receive(this.#room, this);
  }

  /**
   * Gives the next outcome to a receiver, never during this call.
   *
   * @returns false if nothing was read that has not been given, and no read is pending
   */
  give(receiver: AheadReceiver): boolean {
    const outcome = this.#outcomes.shift();
    if (outcome !== undefined) queueMicrotask(() => outcome(receiver));
    else if (this.#isReading) this.#receiver = receiver;
    else return false;
    return true;
  }

  /** Called back by the connection. */
  onReceived(count: number | null): void {
    if (count === null) return this.#end(undefined, (receiver) => receiver.onReceived(null));
    const bytes = this.#room.slice(0, count);
    this.#bytes += count;
    const isWanted = this.#settle((receiver) => {
      this.#bytes -= count;
      receiver.onArrayReceived(bytes);
    });
    if (!isWanted) this.read();
  }

  /** Called back by the connection. */
  onReceiveFailed(error: unknown): void {
    this.#end(error, (receiver) => receiver.onReceiveFailed(error));
  }

  #end(error: unknown, outcome: (receiver: AheadReceiver) => void): void {
    this.#hasEnded = true;
    if (!this.#settle(outcome)) this.#watcher.onEndAhead(error);
  }

  /** @returns whether a receiver took the outcome of the pending read */
  #settle(outcome: (receiver: AheadReceiver) => void): boolean {
    const receiver = this.#receiver;
    this.#isReading = false;
    this.#receiver = undefined;
    if (receiver === undefined) this.#outcomes.push(outcome);
    else outcome(receiver);
    return receiver !== undefined;
  }

  /** Gives back its bytes to the budget. */
  close(): void {
    this.#budget.take(-ReadAhead.maxBytes);
  }
}

// How bytes are read from one client: the buffer's size follows the traffic, and nothing is read while an answer is
// under way, so a client that does not read its replies is not read either.

import type { Connection } from "../../net/connection.ts";
import type { Session } from "./session.ts";

// Bytes of a read buffer of a client that says little; 10,000 idle clients cost 20 MB of buffers.
const SMALL_READ_BYTES = 2_048;

// Bytes of a read buffer of a client that fills the small one.
// With a database each read waits for a commit: 256 KiB reach 1.4 million puts/s where 64 KiB reach 0.7 (Deno 2.9.6).
const LARGE_READ_BYTES = 262_144;

// A client whose reads are smaller gives its large buffer back.
const KEEP_LARGE_BYTES = 65_536;

const MAX_SPARE_BUFFERS = 32;

/** Large read buffers for the clients that are busy just now. */
export class ReadBuffers {
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];

  /** A buffer with any content, the taker's own until it is given back. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#spare.pop() ?? new Uint8Array(LARGE_READ_BYTES);
  }

  /** Takes a buffer back. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    if (this.#spare.length < MAX_SPARE_BUFFERS) this.#spare.push(buffer);
  }
}

/** What the loop needs of a connection. */
export type ClientConnection = Pick<Connection, "read" | "closeWrite" | "close">;

/** Reads from one client until it has finished, and stops in between when asked to. */
export class ClientLoop {
  /** Monotonic milliseconds of the last byte read or written. */
  lastActiveMs = 0;
  readonly #connection: ClientConnection;
  readonly #session: Session;
  readonly #largeBuffers: ReadBuffers;
  readonly #small: Uint8Array<ArrayBuffer> = new Uint8Array(SMALL_READ_BYTES);
  #isAnswering = false;
  #isStopping = false;

  /** Makes a loop; {@linkcode ClientLoop.run} starts it. @param parts the connection belongs to the loop from now on; the large buffers are shared */
  constructor(parts: { connection: ClientConnection; session: Session; largeBuffers: ReadBuffers }) {
    this.#connection = parts.connection;
    this.#session = parts.session;
    this.#largeBuffers = parts.largeBuffers;
  }

  /**
   * Answers until the client has finished; then the connection is closed.
   *
   * @throws {ConnectionError} when the client is gone before that; the connection is closed then too
   */
  async run(): Promise<void> {
    let large: Uint8Array<ArrayBuffer> | undefined;
    let wasFull = false;
    try {
      while (!this.#isStopping) {
        if (wasFull) large ??= this.#largeBuffers.take();
        const buffer: Uint8Array = large ?? this.#small;
        const count = await this.#connection.read(buffer);
        if (count === null) break;
        this.lastActiveMs = performance.now();
        this.#isAnswering = true;
        await this.#session.answer(buffer, count, wasFull);
        this.#isAnswering = false;
        this.lastActiveMs = performance.now();
        wasFull = count === buffer.length;
        if (large !== undefined && count < KEEP_LARGE_BYTES) {
          this.#largeBuffers.give(large);
          large = undefined;
        }
      }
      await this.#finish();
    } finally {
      if (large !== undefined) this.#largeBuffers.give(large);
      this.#connection.close();
    }
  }

  /** Ends the conversation: at once when nothing is being answered, else behind the answer. */
  stop(): void {
    this.#isStopping = true;
    if (!this.#isAnswering) this.#connection.close();
  }

  /** Gives the connection up with whatever is under way. */
  cut(): void {
    this.#connection.close();
  }

  // Closing with unread bytes would reset the connection and could take the last replies with it (RFC 9293, 3.10.4):
  // what a stopped client still sends is read and dropped until it sees the end.
  async #finish(): Promise<void> {
    await this.#connection.closeWrite();
    if (!this.#isStopping) return;
    while (await this.#connection.read(this.#small) !== null);
  }
}

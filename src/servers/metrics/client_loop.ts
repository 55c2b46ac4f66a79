// How bytes are read from one client: the buffer's size follows the traffic, and nothing is read while an answer is
// under way, so a client that does not read its replies is not read either.

import type { Connection } from "../../net/connection.ts";
import type { Session } from "./session.ts";

// Bytes of a read buffer: the next size after a full read, the last one after a read of less than a quarter.
// The smallest makes 10,000 idle clients cost 5 MB. The largest matters with a database, where each read waits for a
// commit: 256 KiB reach 1.4 million puts/s where 64 KiB reach 0.7 (Deno 2.9.6).
const READ_BYTES = [512, 16_384, 262_144] as const;

const MAX_SPARE_BUFFERS = 32;

/** Read buffers for the clients that are busy just now. */
export class ReadBuffers {
  readonly #spare: Uint8Array<ArrayBuffer>[][] = READ_BYTES.map(() => []);

  /** A buffer of one of the sizes, with any content, the taker's own until it is given back. */
  take(size: number): Uint8Array<ArrayBuffer> {
    return this.#spare[size]!.pop() ?? new Uint8Array(READ_BYTES[size]!);
  }

  /** Takes a buffer back. */
  give(size: number, buffer: Uint8Array<ArrayBuffer>): void {
    const spare = this.#spare[size]!;
    if (spare.length < MAX_SPARE_BUFFERS) spare.push(buffer);
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
  readonly #buffers: ReadBuffers;
  #size = 0;
  #buffer: Uint8Array<ArrayBuffer>;
  #isIdle = false;
  #isStopping = false;

  /** Makes a loop; {@linkcode ClientLoop.run} starts it. @param parts the connection belongs to the loop from now on */
  constructor(parts: { connection: ClientConnection; session: Session; buffers: ReadBuffers }) {
    this.#connection = parts.connection;
    this.#session = parts.session;
    this.#buffers = parts.buffers;
    this.#buffer = this.#buffers.take(0);
  }

  /**
   * Answers until the client has finished; then the connection is closed.
   *
   * @throws {ConnectionError} when the client is gone before that; the connection is closed then too
   */
  async run(): Promise<void> {
    let wasFull = false;
    try {
      while (!this.#isStopping) {
        this.#isIdle = true;
        const count = await this.#connection.read(this.#buffer);
        this.#isIdle = false;
        if (count === null) break;
        this.lastActiveMs = performance.now();
        await this.#session.answer(this.#buffer, count, wasFull);
        this.lastActiveMs = performance.now();
        wasFull = count === this.#buffer.length;
        this.#fitBuffer(count);
      }
      await this.#finish();
    } finally {
      this.#buffers.give(this.#size, this.#buffer);
      this.#connection.close();
    }
  }

  /** Ends the conversation behind the next answer, or the one under way. */
  stop(): void {
    this.#isStopping = true;
  }

  /** Closes the connection of a client that says nothing. */
  closeIdle(): void {
    if (this.#isIdle) this.#connection.close();
  }

  /** Gives the connection up with whatever is under way. */
  cut(): void {
    this.#connection.close();
  }

  #fitBuffer(count: number): void {
    const { length } = this.#buffer;
    if (count === length && this.#size < READ_BYTES.length - 1) this.#changeBuffer(this.#size + 1);
    else if (count < length / 4 && this.#size > 0) this.#changeBuffer(this.#size - 1);
  }

  #changeBuffer(size: number): void {
    this.#buffers.give(this.#size, this.#buffer);
    this.#size = size;
    this.#buffer = this.#buffers.take(size);
  }

  // Closing with unread bytes would reset the connection and could take the last replies with it (RFC 9293, 3.10.4):
  // what a stopped client still sends is read and dropped until it sees the end.
  async #finish(): Promise<void> {
    await this.#connection.closeWrite();
    if (!this.#isStopping) return;
    while (await this.#connection.read(this.#buffer) !== null);
  }
}

import type { Deadlined, Deadlines } from "./deadlines.ts";
import { HttpError } from "./http/errors.ts";
import type { ReadPhase } from "./http/request_reader.ts";
import type { ResponseSink } from "./http/response_writer.ts";
import { type Connection, ConnectionError } from "./net/connection.ts";
import type { ServeSettings } from "./serve_options.ts";

// Time for the last answer to get through when the server stops: more than a round trip around the world.
const HURRIED_LINGER_MS = 250;

/**
 * A connection whose every wait has an end.
 *
 * An idle one is closed. A head or content that comes too slowly fails its read with 408, while the runtime's read
 * stays under way; a client that takes no bytes is cut off.
 */
export class TimedConnection implements Deadlined, ResponseSink {
  /** Whether nothing of a request has arrived since the last answer. */
  isIdle = true;

  readonly #connection: Connection;
  readonly #settings: ServeSettings;
  readonly #deadlines: Deadlines;
  // Two deadlines: an answer may be sent while content still comes.
  #readDeadlineMs = Infinity;
  #writeDeadlineMs = Infinity;
  // What was left to write when it was last looked at.
  #seenBufferedBytes = Infinity;
  // The runtime's read that goes on after its deadline.
  #pendingRead: Promise<number | null> | undefined;
  #failRead: ((error: Error) => void) | undefined;
  // Infinity until something of a head has arrived.
  #headDeadlineMs = Infinity;
  #bodyWaitMs = 0;
  #bodyBytes = 0;
  #isLingering = false;
  // When the linger ends whatever the client does; Infinity until it begins.
  #lingerEndMs = Infinity;
  #isHurried = false;

  constructor(connection: Connection, settings: ServeSettings, deadlines: Deadlines) {
    this.#connection = connection;
    this.#settings = settings;
    this.#deadlines = deadlines;
    deadlines.add(this);
  }

  get deadlineMs(): number {
    return Math.min(this.#readDeadlineMs, this.#writeDeadlineMs);
  }

  /**
   * Reads, with the deadline that goes with what is waited for.
   *
   * @throws {HttpError} 408 when a head or content does not come in time
   * @throws {ConnectionError} `closed` once the connection is being ended
   */
  read(buffer: Uint8Array, phase: ReadPhase): Promise<number | null> {
    if (this.#isLingering) {
      return Promise.reject(new ConnectionError("closed", "Cannot read: the request has been answered"));
    }
    switch (phase) {
      case "request":
        return this.#readIdle(buffer);
      case "head":
        return this.#readHead(buffer);
      case "body":
        return this.#readBody(buffer);
    }
  }

  /** Says that a request's head is complete: its handler has all the time it wants. */
  beginRequest(): void {
    this.isIdle = false;
    this.#readDeadlineMs = Infinity;
    this.#headDeadlineMs = Infinity;
    this.#bodyWaitMs = 0;
    this.#bodyBytes = 0;
  }

  // Not async, and nothing is done when it settles: this is the wait of every request one at a time.
  #readIdle(buffer: Uint8Array): Promise<number | null> {
    this.isIdle = true;
    // An empty line in pieces was no head.
    this.#headDeadlineMs = Infinity;
    this.#readDeadlineMs = this.#deadlines.nowMs + this.#settings.idleTimeoutMs;
    return this.#connection.read(buffer);
  }

  #readHead(buffer: Uint8Array): Promise<number | null> {
    this.isIdle = false;
    if (this.#headDeadlineMs === Infinity) {
      this.#headDeadlineMs = this.#deadlines.nowMs + this.#settings.headTimeoutMs;
    }
    return this.#readUntil(buffer, this.#headDeadlineMs);
  }

  async #readBody(buffer: Uint8Array): Promise<number | null> {
    const { bodyTimeoutMs, minBodyBytesPerSecond } = this.#settings;
    const startMs = this.#deadlines.nowMs;
    const count = await this.#readUntil(buffer, startMs + bodyTimeoutMs);
    this.#bodyWaitMs += this.#deadlines.nowMs - startMs;
    this.#bodyBytes += count ?? 0;
    const isTooSlow = this.#bodyWaitMs > bodyTimeoutMs &&
      this.#bodyBytes * 1000 < minBodyBytesPerSecond * this.#bodyWaitMs;
    if (isTooSlow && count !== null) throw timeout("content comes too slowly");
    return count;
  }

  #readUntil(buffer: Uint8Array, deadlineMs: number): Promise<number | null> {
    const { promise, resolve, reject } = Promise.withResolvers<number | null>();
    this.#readDeadlineMs = deadlineMs;
    this.#failRead = reject;
    this.#pendingRead = this.#connection.read(buffer);
    this.#pendingRead.then((count) => {
      this.#endWait();
      resolve(count);
    }, (error) => {
      this.#endWait();
      reject(error);
    });
    return promise;
  }

  #endWait(): void {
    this.#readDeadlineMs = Infinity;
    this.#failRead = undefined;
    this.#pendingRead = undefined;
  }

  write(bytes: Uint8Array): Promise<void> {
    this.#writeDeadlineMs = this.#deadlines.nowMs + this.#settings.writeTimeoutMs;
    const written = this.#connection.write(bytes);
    this.#seenBufferedBytes = this.#connection.bufferedBytes;
    return written;
  }

  onDeadline(): void {
    const { nowMs } = this.#deadlines;
    if (this.#writeDeadlineMs <= nowMs && !this.#extendWrite()) return this.#giveUp();
    if (this.#readDeadlineMs > nowMs) return;
    if (this.#failRead !== undefined) {
      this.#readDeadlineMs = Infinity;
      this.#failRead(timeout("bytes did not come in time"));
    } else if (this.isWriting) {
      // Who still takes an answer is not idle; whether it is taken fast enough, the write's deadline tells.
      const { idleTimeoutMs, lingerTimeoutMs } = this.#settings;
      this.#readDeadlineMs = nowMs + (this.#isLingering ? lingerTimeoutMs : idleTimeoutMs);
    } else {
      this.#giveUp();
    }
  }

  #giveUp(): void {
    this.#readDeadlineMs = Infinity;
    this.#writeDeadlineMs = Infinity;
    this.#connection.close();
  }

  /** A write that has ended needs no deadline any more; one that moves on gets another. @returns false when stalled */
  #extendWrite(): boolean {
    const { bufferedBytes } = this.#connection;
    const isStalled = bufferedBytes > 0 && bufferedBytes >= this.#seenBufferedBytes;
    this.#seenBufferedBytes = bufferedBytes;
    this.#writeDeadlineMs = bufferedBytes > 0
      ? this.#deadlines.nowMs + this.#settings.writeTimeoutMs
      : Infinity;
    return !isStalled;
  }

  /** Whether the client has not taken all that was sent. */
  get isWriting(): boolean {
    return this.#connection.bufferedBytes > 0;
  }

  /** Sends FIN behind what was sent; settles when the client has taken it, or has not in time. Never fails. */
  finishWriting(): Promise<void> {
    return this.#connection.closeWrite();
  }

  /** Whether a read is under way that somebody waits for. */
  get isReading(): boolean {
    return this.#pendingRead !== undefined;
  }

  /**
   * Ends the connection so that the last answer reaches a client that is still sending (RFC 9112 §9.6): FIN, then
   * reading until the client ends too, is silent, or has sent too much for too long. Never fails.
   *
   * @param buffer takes what nobody looks at: all connections may share one
   */
  async linger(buffer: Uint8Array): Promise<void> {
    const { lingerTimeoutMs, maxLingerMs, maxLingerBytes } = this.#settings;
    this.#isLingering = true;
    // From here on a deadline ends the connection, also under a read that a handler has left behind.
    this.#failRead = undefined;
    try {
      this.#readDeadlineMs = this.#deadlines.nowMs + lingerTimeoutMs;
      await this.#connection.closeWrite();
      this.#lingerEndMs = this.#deadlines.nowMs + (this.#isHurried ? HURRIED_LINGER_MS : maxLingerMs);
      for (let drained = 0; drained <= maxLingerBytes;) {
        this.#readDeadlineMs = Math.min(this.#lingerEndMs, this.#deadlines.nowMs + lingerTimeoutMs);
        const count = await (this.#pendingRead ?? this.#connection.read(buffer));
        if (count === null) return;
        drained += count;
      }
    } catch {
      // The client is gone, or its time is up: both end the connection.
    }
  }

  /** Says that the server stops: a linger, also one that begins later, ends soon. */
  hurry(): void {
    this.#isHurried = true;
    if (this.#lingerEndMs === Infinity) return;
    this.#lingerEndMs = this.#deadlines.nowMs + HURRIED_LINGER_MS;
    this.#readDeadlineMs = Math.min(this.#readDeadlineMs, this.#lingerEndMs);
  }

  /** Gives the connection up. May be called twice. */
  close(): void {
    this.#deadlines.delete(this);
    this.#connection.close();
  }
}

function timeout(state: string): HttpError {
  return new HttpError(408, `Cannot read the request: ${state}`, { code: "timeout" });
}

import type { Deadlined, Deadlines } from "./deadlines.ts";
import { HttpError } from "./http/errors.ts";
import type { ReadPhase } from "./http/request_reader.ts";
import type { ResponseSink } from "./http/response_writer.ts";
import type { Connection } from "./net/connection.ts";
import type { ServeSettings } from "./serve_options.ts";

// A write of more bytes than this is cut, so that a client that takes some of them is seen to be alive.
const WRITE_SLICE_BYTES = 262_144;

/**
 * A connection whose every wait has an end.
 *
 * An idle one is closed. A head or content that comes too slowly fails its read with 408, while the runtime's read
 * stays under way; a client that takes no bytes is cut off.
 */
export class TimedConnection implements Deadlined, ResponseSink {
  deadlineMs = Infinity;
  /** Whether nothing of a request has arrived since the last answer. */
  isIdle = true;

  readonly #connection: Connection;
  readonly #settings: ServeSettings;
  readonly #deadlines: Deadlines;
  // The runtime's read that goes on after its deadline.
  #pendingRead: Promise<number | null> | undefined;
  #failRead: ((error: Error) => void) | undefined;
  #headDeadlineMs = Infinity;
  #bodyWaitMs = 0;
  #bodyBytes = 0;

  constructor(connection: Connection, settings: ServeSettings, deadlines: Deadlines) {
    this.#connection = connection;
    this.#settings = settings;
    this.#deadlines = deadlines;
    deadlines.add(this);
  }

  /**
   * Reads, with the deadline that goes with what is waited for.
   *
   * @throws {HttpError} 408 when a head or content does not come in time
   */
  read(buffer: Uint8Array, phase: ReadPhase): Promise<number | null> {
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
    this.#headDeadlineMs = Infinity;
    this.#bodyWaitMs = 0;
    this.#bodyBytes = 0;
  }

  async #readIdle(buffer: Uint8Array): Promise<number | null> {
    this.isIdle = true;
    this.deadlineMs = this.#deadlines.nowMs + this.#settings.idleTimeoutMs;
    const count = await this.#connection.read(buffer);
    this.isIdle = false;
    this.deadlineMs = Infinity;
    this.#headDeadlineMs = this.#deadlines.nowMs + this.#settings.headTimeoutMs;
    return count;
  }

  #readHead(buffer: Uint8Array): Promise<number | null> {
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
    this.deadlineMs = deadlineMs;
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
    this.deadlineMs = Infinity;
    this.#failRead = undefined;
    this.#pendingRead = undefined;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length; start += WRITE_SLICE_BYTES) {
      this.deadlineMs = this.#deadlines.nowMs + this.#settings.writeTimeoutMs;
      const isWhole = bytes.length <= WRITE_SLICE_BYTES;
      await this.#connection.write(isWhole ? bytes : bytes.subarray(start, start + WRITE_SLICE_BYTES));
    }
    this.deadlineMs = Infinity;
  }

  onDeadline(): void {
    this.deadlineMs = Infinity;
    if (this.#failRead === undefined) this.#connection.close();
    else this.#failRead(timeout("bytes did not come in time"));
  }

  /**
   * Ends the connection so that the last answer reaches a client that is still sending (RFC 9112 §9.6): FIN, then
   * reading until the client ends too, within the bounds of time and bytes.
   */
  async linger(): Promise<void> {
    const deadlineMs = this.#deadlines.nowMs + this.#settings.lingerTimeoutMs;
    const buffer = new Uint8Array(16_384);
    try {
      this.deadlineMs = deadlineMs;
      await this.#connection.closeWrite();
      let drained = 0;
      while (drained <= this.#settings.maxDrainBytes) {
        this.deadlineMs = deadlineMs;
        const count = await (this.#pendingRead ?? this.#connection.read(buffer));
        if (count === null) return;
        drained += count;
      }
    } catch {
      // The client is gone, or its time is up: both end the connection.
    }
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

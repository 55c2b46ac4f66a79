import { type BufferPool, LARGE_BYTES } from "../../bytes/buffer_pool.ts";
import { putLatin1 } from "../../bytes/latin1.ts";

/** Hears the outcome of {@linkcode ResponseSink.transmit}. */
export interface BytesSender {
  /** The bytes may be overwritten. */
  onSent(): void;
  /** The bytes were not sent. */
  onSendFailed(error: unknown): void;
}

/** The destination of the bytes of responses. A Connection is one. */
export interface ResponseSink {
  /** Sends bytes, in the order of the calls; calls back later. */
  transmit(bytes: Uint8Array, sender: BytesSender): void;
}

/** Content up to this size is copied after the waiting bytes: a copy costs less than a system call. */
export const MAX_COPIED_BYTES = 16_384;

/** Joins responses into few writes: 16 pipelined responses become one write. */
export class ResponseWriter {
  /**
   * The number of bytes that wait in the buffer of {@linkcode ResponseWriter.reserve}: to be set by the caller
   * that has put more there.
   */
  length = 0;
  readonly #sink: ResponseSink;
  readonly #pool: BufferPool;
  // Holds the bytes that wait for flush().
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  // Bytes that did not fit, and were sent without waiting for them.
  #backlog: Promise<void> | undefined;
  // The buffer of an eager flush until the sink has taken it, and the error if the sink did not.
  #inFlight: Uint8Array<ArrayBuffer> | undefined;
  #failure: unknown;
  // Made once for all requests of the connection.
  readonly #eager: BytesSender = {
    onSent: () => {
      this.#pool.give(this.#inFlight!);
      this.#inFlight = undefined;
    },
    onSendFailed: (error) => {
      this.#failure = error;
    },
  };

  /**
   * Makes the writer of one connection.
   *
   * @param sink the destination of the bytes
   * @param pool the source of the buffers, shared by many connections
   */
  constructor(sink: ResponseSink, pool: BufferPool) {
    this.#sink = sink;
    this.#pool = pool;
  }

  /** Whether bytes wait for {@linkcode ResponseWriter.flush}. */
  get isPending(): boolean {
    return this.length > 0 || this.#backlog !== undefined;
  }

  /** Settles when the sink has taken the bytes that did not fit; undefined while everything fits. */
  get backlog(): Promise<void> | undefined {
    return this.#backlog;
  }

  /**
   * The buffer that gathers responses, with room for `size` more bytes after the `length` that wait in it.
   */
  reserve(size: number): Uint8Array<ArrayBuffer> {
    if (this.#buffer === undefined || this.length + size > this.#buffer.length) this.#makeRoom(size);
    return this.#buffer!;
  }

  /** Adds text with one byte a character (latin1). */
  addText(text: string): void {
    this.length = putLatin1(this.reserve(text.length), this.length, text);
  }

  /** Adds bytes. If there are many, they are sent at once without a copy, and must not change until then. */
  addBytes(bytes: Uint8Array): void {
    if (bytes.length > MAX_COPIED_BYTES) return this.#follow(this.#send(), this.#write(bytes));
    this.reserve(bytes.length).set(bytes, this.length);
    this.length += bytes.length;
  }

  /**
   * Sends all waiting bytes, unless the last write is still pending.
   *
   * @returns undefined if it sends without waiting: at most one write is ever pending and not awaited, and
   *   its failure appears in the next call; otherwise the result of {@linkcode ResponseWriter.flush}
   */
  flushEagerly(): Promise<void> | undefined {
    if (this.#inFlight !== undefined || this.#backlog !== undefined || this.#failure !== undefined) {
      return this.flush();
    }
    const buffer = this.#buffer;
    if (buffer === undefined) return undefined;
    const bytes = buffer.subarray(0, this.length);
    this.#buffer = undefined;
    this.length = 0;
    this.#inFlight = buffer;
    this.#sink.transmit(bytes, this.#eager);
    return undefined;
  }

  /** Sends all waiting bytes; settles when the sink has taken everything. */
  flush(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return this.#backlog === undefined ? this.#send() : this.#flushAfter(this.#backlog);
  }

  async #flushAfter(backlog: Promise<void>): Promise<void> {
    await this.#send();
    await backlog;
    if (this.#backlog === backlog) this.#backlog = undefined;
  }

  async #send(): Promise<void> {
    const buffer = this.#buffer;
    if (buffer === undefined) return;
    const bytes = buffer.subarray(0, this.length);
    this.#buffer = undefined;
    this.length = 0;
    await this.#write(bytes);
    // Not given back after a failure, because the runtime may still hold it.
    this.#pool.give(buffer);
  }

  #write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#sink.transmit(bytes, { onSent: resolve, onSendFailed: reject });
    });
  }

  /** Puts work into the backlog. The next caller that waits for the backlog gets a failure. */
  #follow(...work: readonly Promise<void>[]): void {
    this.#backlog = Promise.all([this.#backlog, ...work]).then(() => {});
    this.#backlog.catch(() => {});
  }

  /** Makes sure of a buffer with room for `size` more bytes. */
  #makeRoom(size: number): void {
    if (this.length > MAX_COPIED_BYTES && this.length + size > LARGE_BYTES) this.#follow(this.#send());
    const buffer = this.#buffer;
    this.#buffer = this.#pool.take(this.length + size);
    if (buffer !== undefined) {
      this.#buffer.set(buffer.subarray(0, this.length));
      this.#pool.give(buffer);
    }
  }
}

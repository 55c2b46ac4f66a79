import { type BufferPool, LARGE_BYTES } from "../bytes/buffer_pool.ts";

/** Where the bytes of answers go. A Connection is one. */
export interface ResponseSink {
  /** Sends bytes, in the order of the calls; settles when they may be overwritten. */
  write(bytes: Uint8Array): Promise<void>;
}

// Content up to this size is copied behind what waits already: a copy costs less than a system call.
const MAX_COPIED_BYTES = 16_384;

// Up to this length a loop is faster than encodeInto, whose call costs 0.1 µs on Deno 2.9.6.
const MAX_LOOPED_TEXT = 128;

const encoder = new TextEncoder();

/** Joins answers into few writes: 16 pipelined answers become one. */
export class ResponseWriter {
  readonly #sink: ResponseSink;
  readonly #pool: BufferPool;
  // What waits for flush().
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #length = 0;

  /** @param pool where the buffers come from, shared by many connections */
  constructor(sink: ResponseSink, pool: BufferPool) {
    this.#sink = sink;
    this.#pool = pool;
  }

  /** Whether something waits for {@linkcode ResponseWriter.flush}. */
  get isPending(): boolean {
    return this.#length > 0;
  }

  /**
   * Adds text whose characters are bytes (latin1).
   *
   * @returns a promise when it could not just be put behind what waits
   */
  addText(text: string): Promise<void> | undefined {
    const size = text.length;
    if (size > MAX_COPIED_BYTES) return this.addBytes(encodeLatin1(text, new Uint8Array(size), 0));
    const flushed = this.#makeRoom(size);
    encodeLatin1(text, this.#buffer!, this.#length);
    this.#length += size;
    return flushed;
  }

  /**
   * Adds bytes; long ones are not copied but sent at once behind what waits.
   *
   * @returns a promise when they could not just be put behind what waits; it settles when they may be overwritten
   */
  addBytes(bytes: Uint8Array): Promise<void> | undefined {
    if (bytes.length > MAX_COPIED_BYTES) return this.#sendBehind(bytes);
    const flushed = this.#makeRoom(bytes.length);
    this.#buffer!.set(bytes, this.#length);
    this.#length += bytes.length;
    return flushed;
  }

  /** Sends all that waits. */
  async flush(): Promise<void> {
    const buffer = this.#buffer;
    if (buffer === undefined) return;
    const bytes = buffer.subarray(0, this.#length);
    this.#buffer = undefined;
    this.#length = 0;
    await this.#sink.write(bytes);
    // Not given back after a failure: then the runtime may still hold it.
    this.#pool.give(buffer);
  }

  /** Sees to a buffer with room for `size` more bytes. @returns a promise when what waited had to be sent for it */
  #makeRoom(size: number): Promise<void> | undefined {
    const buffer = this.#buffer;
    const needed = this.#length + size;
    if (buffer !== undefined && needed <= buffer.length) return undefined;
    if (needed > LARGE_BYTES) {
      const flushed = this.flush();
      this.#buffer = this.#pool.take(size);
      return flushed;
    }
    this.#buffer = this.#pool.take(needed);
    if (buffer !== undefined) {
      this.#buffer.set(buffer.subarray(0, this.#length));
      this.#pool.give(buffer);
    }
    return undefined;
  }

  async #sendBehind(bytes: Uint8Array): Promise<void> {
    await Promise.all([this.flush(), this.#sink.write(bytes)]);
  }
}

function encodeLatin1(text: string, into: Uint8Array<ArrayBuffer>, start: number): Uint8Array<ArrayBuffer> {
  // encodeInto writes one byte a character as long as all is ASCII; where not, the loop writes over it.
  if (text.length > MAX_LOOPED_TEXT && encoder.encodeInto(text, into.subarray(start)).written === text.length) {
    return into;
  }
  for (let i = 0; i < text.length; i++) into[start + i] = text.charCodeAt(i);
  return into;
}

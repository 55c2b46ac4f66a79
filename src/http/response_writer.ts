import type { BufferPool } from "../bytes/buffer_pool.ts";

/** Where the bytes of answers go. A Connection is one. */
export interface ResponseSink {
  /** Sends bytes, in the order of the calls; settles when they may be overwritten. */
  write(bytes: Uint8Array): Promise<void>;
}

/** The size of the buffers in which answers gather. */
export const WRITE_BUFFER_BYTES = 65_536;

// Content up to this size is copied behind what waits already: a copy costs less than a system call.
const MAX_COPIED_BYTES = 16_384;

const encoder = new TextEncoder();

/**
 * Joins answers into few writes.
 *
 * Text, each character one byte, gathers as one string: 16 pipelined answers become one string, one encoding, one write.
 */
export class ResponseWriter {
  readonly #sink: ResponseSink;
  readonly #pool: BufferPool;
  // What waits: the bytes in the buffer first, then the text. Together they never exceed the buffer.
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #length = 0;
  #text = "";

  /** @param pool gives buffers of {@linkcode WRITE_BUFFER_BYTES}, and is shared by many connections */
  constructor(sink: ResponseSink, pool: BufferPool) {
    this.#sink = sink;
    this.#pool = pool;
  }

  /** Whether something waits for {@linkcode ResponseWriter.flush}. */
  get isPending(): boolean {
    return this.#text !== "" || this.#length > 0;
  }

  /**
   * Adds text whose characters are bytes (latin1).
   *
   * @returns a promise when it could not just be put behind what waits
   */
  addText(text: string): Promise<void> | undefined {
    if (!this.#fits(text.length)) return this.addBytes(encodeLatin1(text, new Uint8Array(text.length), 0));
    this.#text += text;
    return undefined;
  }

  /**
   * Adds bytes; long ones are not copied but sent at once behind what waits.
   *
   * @returns a promise when they could not just be put behind what waits; it settles when they may be overwritten
   */
  addBytes(bytes: Uint8Array): Promise<void> | undefined {
    if (bytes.length > MAX_COPIED_BYTES) return this.#sendBehind(bytes);
    const flushed = this.#fits(bytes.length) ? undefined : this.flush();
    const buffer = this.#encodeText();
    buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return flushed;
  }

  /** Sends all that waits. */
  async flush(): Promise<void> {
    if (!this.isPending) return;
    const buffer = this.#encodeText();
    const length = this.#length;
    this.#buffer = undefined;
    this.#length = 0;
    await this.#sink.write(buffer.subarray(0, length));
    // Not given back after a failure: then the runtime may still hold it.
    this.#pool.give(buffer);
  }

  #fits(bytes: number): boolean {
    return this.#length + this.#text.length + bytes <= WRITE_BUFFER_BYTES;
  }

  #encodeText(): Uint8Array<ArrayBuffer> {
    const buffer = this.#buffer ??= this.#pool.take();
    const text = this.#text;
    if (text === "") return buffer;
    // encodeInto is ten times faster than a loop, and right as long as all is ASCII: then it writes a byte a character.
    const room = this.#length === 0 ? buffer : buffer.subarray(this.#length);
    if (encoder.encodeInto(text, room).written !== text.length) encodeLatin1(text, buffer, this.#length);
    this.#length += text.length;
    this.#text = "";
    return buffer;
  }

  async #sendBehind(bytes: Uint8Array): Promise<void> {
    await Promise.all([this.flush(), this.#sink.write(bytes)]);
  }
}

function encodeLatin1(text: string, into: Uint8Array<ArrayBuffer>, start: number): Uint8Array<ArrayBuffer> {
  for (let i = 0; i < text.length; i++) into[start + i] = text.charCodeAt(i);
  return into;
}

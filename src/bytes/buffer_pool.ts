/** Buffers for reuse in two sizes, so that a busy server allocates none and an idle one holds few. */
export class BufferPool {
  readonly #small: Uint8Array<ArrayBuffer>[] = [];
  readonly #large: Uint8Array<ArrayBuffer>[] = [];

  /** A buffer of at least this many bytes with any content; the caller owns it until {@linkcode BufferPool.give}. */
  take(minBytes: number): Uint8Array<ArrayBuffer> {
    if (minBytes <= SMALL_BYTES) return this.#small.pop() ?? new Uint8Array(SMALL_BYTES);
    if (minBytes <= LARGE_BYTES) return this.#large.pop() ?? new Uint8Array(LARGE_BYTES);
    throw new RangeError(`Cannot take a buffer: expected at most ${LARGE_BYTES} bytes, got ${minBytes}`);
  }

  /** Gives a buffer back, whole; it must not be used any more. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    const isSmall = buffer.length === SMALL_BYTES;
    const free = isSmall ? this.#small : this.#large;
    if (free.length < (isSmall ? MAX_FREE_SMALL : MAX_FREE_LARGE)) free.push(buffer);
  }
}

/** The largest buffer that can be taken. */
export const LARGE_BYTES = 65_536;

// Holds an answer of usual size. Every connection that is served in one turn of the event loop has one in use.
const SMALL_BYTES = 2_048;
const MAX_FREE_SMALL = 1_024;
const MAX_FREE_LARGE = 32;

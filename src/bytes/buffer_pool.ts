/** Buffers for reuse in two sizes, so that a busy server allocates none and an idle one holds few. */
export class BufferPool {
  readonly #small: Uint8Array<ArrayBuffer>[] = [];
  readonly #large: Uint8Array<ArrayBuffer>[] = [];

  /** A buffer of at least this many bytes with any content; the caller owns it until {@linkcode BufferPool.give}. */
  take(minBytes: number): Uint8Array<ArrayBuffer> {
    if (minBytes <= SMALL_BYTES) return this.#small.pop() ?? new Uint8Array(SMALL_BYTES);
    if (minBytes <= LARGE_BYTES) return this.#large.pop() ?? new Uint8Array(LARGE_BYTES);
    return new Uint8Array(minBytes);
  }

  /** Gives a buffer back, whole; it must not be used any more. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    if (buffer.length === SMALL_BYTES) {
      if (this.#small.length < MAX_FREE_SMALL) this.#small.push(buffer);
    } else if (buffer.length === LARGE_BYTES) {
      if (this.#large.length < MAX_FREE_LARGE) this.#large.push(buffer);
    }
  }
}

/** The largest buffer that is kept for reuse. */
export const LARGE_BYTES = 65_536;

// Holds an answer of usual size. Every connection that is served in one turn of the event loop has one in use.
const SMALL_BYTES = 2_048;
const MAX_FREE_SMALL = 1_024;
const MAX_FREE_LARGE = 32;

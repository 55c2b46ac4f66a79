/** The largest buffer that is kept for reuse. */
export const LARGE_BYTES = 65_536;

/** Buffers of one size. */
export interface BufferSize {
  /** The size. */
  readonly bytes: number;
  /** The most that are kept for reuse. */
  readonly maxFree: number;
}

// Every connection served in one turn of the event loop has one in use, so many of each size are kept: 2 + 4 + 8
// MiB at the most.
/** Buffers for a response of usual size, for a batch of pipelined ones, and for the largest batch. */
export const USUAL_SIZES: readonly BufferSize[] = [
  { bytes: 2_048, maxFree: 1_024 },
  { bytes: 8_192, maxFree: 512 },
  { bytes: LARGE_BYTES, maxFree: 128 },
];

/** Buffers for reuse in a few sizes, so that a busy server allocates none and an idle one holds few. */
export class BufferPool {
  readonly #shelves: readonly (BufferSize & { readonly free: Uint8Array<ArrayBuffer>[] })[];

  /**
   * Makes an empty pool.
   *
   * @param sizes in rising order
   */
  constructor(sizes: readonly BufferSize[] = USUAL_SIZES) {
    this.#shelves = sizes.map((size) => ({ ...size, free: [] }));
  }

  /**
   * A buffer of at least this many bytes with any content; the caller owns it until
   * {@linkcode BufferPool.give}.
   */
  take(minBytes: number): Uint8Array<ArrayBuffer> {
    for (let i = 0; i < this.#shelves.length; i++) {
      const { bytes, free } = this.#shelves[i]!;
      if (minBytes <= bytes) return free.pop() ?? new Uint8Array(bytes);
    }
    return new Uint8Array(minBytes);
  }

  /** Gives a buffer back, whole; the caller must not use it any longer. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    for (let i = 0; i < this.#shelves.length; i++) {
      const { bytes, maxFree, free } = this.#shelves[i]!;
      if (buffer.length !== bytes) continue;
      if (free.length < maxFree) free.push(buffer);
      return;
    }
  }
}

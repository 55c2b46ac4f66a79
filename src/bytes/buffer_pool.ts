/** The largest buffer that is kept for reuse. */
export const LARGE_BYTES = 65_536;

// A response of usual size; a batch of pipelined ones; the largest batch. Every connection served in one turn
// of the event loop has one in use, so many of each size are kept: 2 + 4 + 8 MiB at the most.
const SIZES: readonly { readonly bytes: number; readonly maxFree: number }[] = [
  { bytes: 2_048, maxFree: 1_024 },
  { bytes: 8_192, maxFree: 512 },
  { bytes: LARGE_BYTES, maxFree: 128 },
];

/** Buffers for reuse in a few sizes, so that a busy server allocates none and an idle one holds few. */
export class BufferPool {
  readonly #free: readonly Uint8Array<ArrayBuffer>[][] = SIZES.map(() => []);

  /**
   * A buffer of at least this many bytes with any content; the caller owns it until
   * {@linkcode BufferPool.give}.
   */
  take(minBytes: number): Uint8Array<ArrayBuffer> {
    for (let i = 0; i < SIZES.length; i++) {
      const { bytes } = SIZES[i]!;
      if (minBytes <= bytes) return this.#free[i]!.pop() ?? new Uint8Array(bytes);
    }
    return new Uint8Array(minBytes);
  }

  /** Gives a buffer back, whole; the caller must not use it any longer. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    for (let i = 0; i < SIZES.length; i++) {
      const { bytes, maxFree } = SIZES[i]!;
      if (buffer.length !== bytes) continue;
      if (this.#free[i]!.length < maxFree) this.#free[i]!.push(buffer);
      return;
    }
  }
}

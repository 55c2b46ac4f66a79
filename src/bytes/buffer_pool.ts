/** Buffers of one size for reuse, so that a busy server allocates none and an idle one holds few. */
export class BufferPool {
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  readonly #bufferBytes: number;
  readonly #maxFree: number;

  /** @param bufferBytes size of each buffer @param maxFree how many unused buffers are kept */
  constructor(bufferBytes: number, maxFree: number) {
    this.#bufferBytes = bufferBytes;
    this.#maxFree = maxFree;
  }

  /** A buffer with any content; the caller owns it until {@linkcode BufferPool.give}. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#free.pop() ?? new Uint8Array(this.#bufferBytes);
  }

  /** Gives a buffer back; it must not be used any more. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    if (this.#free.length < this.#maxFree) this.#free.push(buffer);
  }
}

/** The budget of the buffers that bytes are read into. */
export type ReadBudget = Pick<ByteBudget, "take">;

/** Bytes that many users share, so that all of them together never hold more. */
export class ByteBudget {
  #left: number;

  /** @param maxBytes bytes that may be held in all */
  constructor(maxBytes: number) {
    this.#left = maxBytes;
  }

  /**
   * Takes bytes; a negative number gives some back.
   *
   * @returns false when so many are not left: then nothing is taken
   */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

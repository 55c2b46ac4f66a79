/** The budget of the buffers that bytes are read into. */
export type ReadBudget = Pick<ByteBudget, "take">;

/** Bytes that many users share, so that all of them together never hold more than the budget. */
export class ByteBudget {
  #left: number;

  /** @param maxBytes the most bytes that may be held in all */
  constructor(maxBytes: number) {
    this.#left = maxBytes;
  }

  /**
   * Takes bytes; a negative number gives some back.
   *
   * @returns false when too few are left: then nothing is taken
   */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/** Decisions taken from bytes, one each, so changed bytes are changed decisions. After the last byte all are 0. */
export class Choices {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** A whole number from 0 to `limit`, exclusive; at most 256. */
  below(limit: number): number {
    return (this.#bytes[this.#at++] ?? 0) % limit;
  }

  /** One of several. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}

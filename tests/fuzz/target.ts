import type { Random } from "../support/random.ts";

/** Something that any input is put into, and what must hold then. */
export interface FuzzTarget {
  readonly name: string;
  /** Inputs to begin with. */
  readonly seeds: readonly Uint8Array<ArrayBuffer>[];
  /** Makes an input from nothing. */
  readonly make: (random: Random) => Uint8Array<ArrayBuffer>;
  /**
   * Checks one input; the same input and the same random numbers always do the same.
   *
   * @returns in a word, how the input ended
   * @throws {Error} where something does not hold
   */
  readonly check: (input: Uint8Array<ArrayBuffer>, random: Random) => string | Promise<string>;
}

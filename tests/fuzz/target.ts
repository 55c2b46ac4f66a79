import type { Random } from "../support/random.ts";

/** Code that takes any input, and the properties that must hold. */
export interface FuzzTarget {
  readonly name: string;
  /** Inputs to begin with. */
  readonly seeds: readonly Uint8Array<ArrayBuffer>[];
  /** Makes an input from nothing. */
  readonly make: (random: Random) => Uint8Array<ArrayBuffer>;
  /**
   * Checks one input; the same input and the same random numbers always do the same.
   *
   * @returns one word for how the input ended
   * @throws {Error} when a property does not hold
   */
  readonly check: (input: Uint8Array<ArrayBuffer>, random: Random) => string | Promise<string>;
}

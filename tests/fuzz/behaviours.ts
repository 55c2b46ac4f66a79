import type { FunctionBlocks } from "../support/block_counter.ts";

/**
 * Remembers the behaviour that inputs caused: for each function of the source, which of its blocks ran together.
 *
 * It compares which blocks did not run, not how often the others did: loops would make every input a new one.
 */
export class Behaviours {
  readonly #paths = new Set<string>();
  readonly #functions = new Set<string>();

  /** How many functions have run. */
  get functionCount(): number {
    return this.#functions.size;
  }

  /** How many different ways through them have been seen. */
  get pathCount(): number {
    return this.#paths.size;
  }

  /** Whether an input caused a new behaviour; from then on it is known. */
  learn(functions: readonly FunctionBlocks[]): boolean {
    const before = this.#paths.size;
    for (const { name, ranges } of functions) {
      const skipped = ranges.filter(({ count }) => count === 0).map(({ startOffset }) => startOffset);
      this.#functions.add(name);
      this.#paths.add(`${name} ${skipped.join(" ")}`);
    }
    return this.#paths.size > before;
  }
}

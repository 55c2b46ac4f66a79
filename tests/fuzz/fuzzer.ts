import { BlockCounter } from "../support/block_counter.ts";
import { textOf } from "../support/latin1.ts";
import { Random } from "../support/random.ts";
import { Behaviours } from "./behaviours.ts";
import { mutate } from "./inputs.ts";
import { minimize } from "./minimize.ts";
import type { FuzzTarget } from "./target.ts";

/** The result of a run. */
export interface FuzzReport {
  readonly inputs: number;
  /** Inputs that were kept because they made the program do something new. */
  readonly kept: number;
  /** Functions of the source that ran, and different ways through them. */
  readonly functions: number;
  readonly paths: number;
  /** How often inputs ended in which way, by target. */
  readonly ends: ReadonlyMap<string, number>;
}

/** The parts of a {@linkcode Fuzzer}. */
export interface FuzzerOptions {
  readonly seed: number;
  readonly targets: readonly FuzzTarget[];
}

/**
 * Looks for inputs that break a property that must hold for all of them.
 *
 * Begins with the corpus and with sentences of a grammar. An input that takes a new way through the program is kept,
 * and changed further.
 */
export class Fuzzer {
  readonly #random: Random;
  readonly #targets: readonly FuzzTarget[];
  readonly #counter: BlockCounter;
  readonly #behaviours = new Behaviours();
  readonly #kept = new Map<FuzzTarget, Uint8Array<ArrayBuffer>[]>();
  readonly #ends = new Map<string, number>();
  #inputs = 0;

  private constructor({ seed, targets }: FuzzerOptions, counter: BlockCounter) {
    this.#random = new Random(seed);
    this.#targets = targets;
    this.#counter = counter;
  }

  /** Begins a run. */
  static async open(options: FuzzerOptions): Promise<Fuzzer> {
    return new Fuzzer(options, await BlockCounter.open((url) => /\/src\/(http|serve)/.test(url)));
  }

  /**
   * Makes one input and puts it into one of the targets.
   *
   * @throws {Error} with the target and the shortest input like it, when a property does not hold
   */
  async step(): Promise<void> {
    const target = this.#targets[this.#inputs % this.#targets.length]!;
    const input = this.#chooseInput(target);
    this.#inputs++;
    try {
      const end = `${target.name}: ${await check(target, input)}`;
      this.#ends.set(end, (this.#ends.get(end) ?? 0) + 1);
    } catch (error) {
      throw await explain(target, input, error);
    }
    if (this.#behaviours.learn(await this.#counter.take())) this.#keptFor(target).push(input);
  }

  /** A new input, or a kept one or a seed with changes. */
  #chooseInput(target: FuzzTarget): Uint8Array<ArrayBuffer> {
    const kept = this.#keptFor(target);
    const pool = this.#random.happens(3) ? target.seeds : kept;
    if (this.#random.happens(2) || pool.length === 0) return target.make(this.#random);
    return mutate(this.#random.pick(pool), this.#random, pool);
  }

  #keptFor(target: FuzzTarget): Uint8Array<ArrayBuffer>[] {
    const kept = this.#kept.get(target) ?? [];
    this.#kept.set(target, kept);
    return kept;
  }

  /** The result of the run so far. */
  get report(): FuzzReport {
    const { functionCount: functions, pathCount: paths } = this.#behaviours;
    const kept = [...this.#kept.values()].reduce((sum, { length }) => sum + length, 0);
    return { inputs: this.#inputs, kept, functions, paths, ends: this.#ends };
  }

  /** Ends the run. */
  close(): Promise<void> {
    return this.#counter.close();
  }
}

async function check(target: FuzzTarget, input: Uint8Array<ArrayBuffer>): Promise<string> {
  return await target.check(input, new Random(hashOf(input)));
}

/** The random numbers of a check belong to its input, so that a shorter one can be tried on its own. */
function hashOf(input: Uint8Array): number {
  return input.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5);
}

async function explain(target: FuzzTarget, input: Uint8Array<ArrayBuffer>, cause: unknown): Promise<Error> {
  const fails = (shorter: Uint8Array<ArrayBuffer>): Promise<boolean> =>
    check(target, shorter).then(() => false, () => true);
  const shortest = await minimize(input, fails);
  return new Error(`${target.name} does not hold for ${JSON.stringify(textOf(shortest))}`, { cause });
}

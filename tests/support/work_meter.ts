import { BlockCounter, countRuns } from "./block_counter.ts";

/** The cost of a piece of work. No clock is involved: the same work always costs the same. */
export interface Work {
  /** How often blocks of our own source ran: each turn of each loop is one. */
  readonly blockRuns: number;
  /** Bytes and characters that the engine's own functions processed for us: copies, searches, conversions. */
  readonly nativeSteps: number;
  /** Bytes of new arrays. */
  readonly allocatedBytes: number;
}

/** Flags for a Deno that counts: without the compilers that leave counting out. */
export const COUNTING_FLAGS = "--v8-flags=--no-opt,--no-maglev";

type Native = (...args: never[]) => unknown;

/** A function of the engine, and how much it processes for a receiver, arguments and result. */
interface Metered {
  readonly owner: object;
  readonly name: string | symbol;
  readonly steps: (receiver: unknown, args: readonly unknown[], result: unknown) => number;
}

const TYPED_ARRAY: object = Object.getPrototypeOf(Uint8Array.prototype);

const lengthOf = (value: unknown): number => (value as { length?: number } | undefined)?.length ?? 0;
const ofReceiver = (receiver: unknown): number => lengthOf(receiver);
const ofArgument = (_receiver: unknown, [first]: readonly unknown[]): number => lengthOf(first);
const ofResult = (_receiver: unknown, _args: readonly unknown[], result: unknown): number => lengthOf(result);
// As far as a search came.
const ofSearch = (receiver: unknown, args: readonly unknown[], result: unknown): number =>
  (typeof result === "number" && result >= 0 ? result : lengthOf(receiver)) - Number(args[1] ?? 0);

const METERED: readonly Metered[] = [
  { owner: TYPED_ARRAY, name: "set", steps: ofArgument },
  { owner: TYPED_ARRAY, name: "indexOf", steps: ofSearch },
  { owner: TYPED_ARRAY, name: "includes", steps: ofReceiver },
  { owner: TYPED_ARRAY, name: "slice", steps: ofResult },
  { owner: TYPED_ARRAY, name: "fill", steps: ofReceiver },
  { owner: TextDecoder.prototype, name: "decode", steps: ofArgument },
  { owner: TextEncoder.prototype, name: "encode", steps: ofArgument },
  { owner: String, name: "fromCharCode", steps: (_receiver, args) => args.length },
  { owner: String.prototype, name: "split", steps: ofReceiver },
  { owner: String.prototype, name: "indexOf", steps: ofSearch },
  { owner: String.prototype, name: "slice", steps: ofResult },
  { owner: String.prototype, name: "substring", steps: ofResult },
  { owner: String.prototype, name: "toLowerCase", steps: ofReceiver },
  { owner: String.prototype, name: "replace", steps: ofReceiver },
  { owner: Array.prototype, name: "flat", steps: ofResult },
  { owner: Array.prototype, name: "flatMap", steps: ofResult },
  { owner: Array.prototype, name: "splice", steps: ofReceiver },
  { owner: Array.prototype, name: "shift", steps: ofReceiver },
  { owner: Array.prototype, name: "join", steps: ofResult },
  // Spreading an array goes through all of it.
  { owner: Array.prototype, name: Symbol.iterator, steps: ofReceiver },
  { owner: TYPED_ARRAY, name: Symbol.iterator, steps: ofReceiver },
];

/** Measures work in the files of `src`; one at a time. */
export class WorkMeter {
  readonly #counter: BlockCounter;

  private constructor(counter: BlockCounter) {
    this.#counter = counter;
  }

  /**
   * Begins to count; nothing else in this thread can measure coverage meanwhile.
   *
   * Optimized code does not count all of its turns (V8 15), so run it with {@linkcode COUNTING_FLAGS}.
   */
  static async open(): Promise<WorkMeter> {
    return new WorkMeter(await BlockCounter.open((url) => url.includes("/src/")));
  }

  /** Does some work. @returns its cost */
  async measure(work: () => unknown): Promise<Work> {
    await this.#counter.take();
    const natives = meterNatives();
    try {
      await work();
    } finally {
      natives.restore();
    }
    return {
      blockRuns: countRuns(await this.#counter.take()),
      nativeSteps: natives.steps(),
      allocatedBytes: natives.allocatedBytes(),
    };
  }

  /** Stops counting. */
  close(): Promise<void> {
    return this.#counter.close();
  }
}

/** The result of {@linkcode meterNatives}. */
export interface NativeMeter {
  /** Bytes and characters processed so far. */
  readonly steps: () => number;
  /** Bytes of new arrays so far. */
  readonly allocatedBytes: () => number;
  /** Puts the engine's functions back. */
  readonly restore: () => void;
}

/** Puts counters in front of the engine's functions for bytes and texts, and of the making of byte arrays. */
export function meterNatives(): NativeMeter {
  let steps = 0;
  let allocatedBytes = 0;
  const originals = METERED.map(({ owner, name, steps: stepsOf }) => {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name)!;
    const original = descriptor.value as Native;
    const value = function (this: unknown, ...args: never[]): unknown {
      const result = Reflect.apply(original, this, args);
      steps += stepsOf(this, args, result);
      return result;
    };
    Object.defineProperty(owner, name, { ...descriptor, value });
    return () => Object.defineProperty(owner, name, descriptor);
  });
  const Original = globalThis.Uint8Array;
  globalThis.Uint8Array = new Proxy(Original, {
    construct(target, args, newTarget): object {
      if (typeof args[0] === "number") allocatedBytes += args[0];
      return Reflect.construct(target, args, newTarget);
    },
  });
  return {
    steps: () => steps,
    allocatedBytes: () => allocatedBytes,
    restore: () => {
      for (const restore of originals) restore();
      globalThis.Uint8Array = Original;
    },
  };
}

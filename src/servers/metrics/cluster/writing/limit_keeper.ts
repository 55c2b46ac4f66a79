import type { PutCommand, PutOutcome, StoreLimits } from "../../store.ts";
import type { KnownKeys } from "../reading/known_keys.ts";
import type { StoreCounts } from "../store_counts.ts";
import type { WriteQueue } from "./write_queue.ts";

// Other nodes put and delete too, so at a limit everything is counted anew, but not for each refused put.
const RECOUNT_MS = 1_000;

/** Parts of the keeper. */
export interface LimitParts {
  /** The limits. */
  readonly limits: StoreLimits;
  /** Counts of series and samples. */
  readonly counts: StoreCounts;
  /** The keys that need no look into the store. */
  readonly known: KnownKeys;
  /** The queue of puts. */
  readonly queue: WriteQueue;
  /** Whether the store has the key. */
  readonly hasKey: (command: PutCommand) => Promise<boolean>;
  /** Whether there is a sample at the timestamp. */
  readonly hasSample: (command: PutCommand) => Promise<boolean>;
}

/**
 * Enforces the largest number of keys and samples: exactly on one node, and up to some seconds of puts across
 * nodes.
 */
export class LimitKeeper {
  readonly #parts: LimitParts;
  readonly #maxSeries: number;
  readonly #maxSamples: number;
  #last: Promise<unknown> = Promise.resolve();
  #countedAtMs = performance.now();

  /** Makes a keeper of limits; missing ones are infinite. */
  constructor(parts: LimitParts) {
    this.#parts = parts;
    this.#maxSeries = parts.limits.maxSeries ?? Infinity;
    this.#maxSamples = parts.limits.maxSamples ?? Infinity;
  }

  /** Whether a put is certainly allowed, without a look into the store. */
  allows({ bytes, keyStart, keyEnd }: PutCommand): boolean {
    const { counts, known, queue } = this.#parts;
    if (this.#maxSamples < Infinity && counts.samples + queue.unwritten >= this.#maxSamples) return false;
    return this.#maxSeries === Infinity || known.find(bytes, keyStart, keyEnd) !== undefined;
  }

  /**
   * Checks whether a put is allowed, one after the other.
   *
   * @param command must stay unchanged
   * @param add called at once if it is
   */
  decide(command: PutCommand, add: () => void): Promise<PutOutcome> {
    const decision = this.#last.then(() => this.#decide(command, add));
    this.#last = decision.catch(() => {});
    return decision;
  }

  async #decide(command: PutCommand, add: () => void): Promise<PutOutcome> {
    const { counts, known, queue } = this.#parts;
    const { bytes, keyStart, keyEnd } = command;
    const isKnown = known.find(bytes, keyStart, keyEnd) !== undefined || await this.#parts.hasKey(command);
    if (!isKnown && counts.series >= this.#maxSeries) {
      await this.#recount();
      if (counts.series >= this.#maxSeries) return "series-limit";
    }
    if (counts.samples + queue.unwritten >= this.#maxSamples) {
      await queue.flush();
      if (counts.samples >= this.#maxSamples) await this.#recount();
      const isFull = counts.samples >= this.#maxSamples;
      if (isFull && !(isKnown && await this.#parts.hasSample(command))) return "sample-limit";
    }
    if (!isKnown) counts.series++;
    add();
    return "stored";
  }

  async #recount(): Promise<void> {
    if (performance.now() - this.#countedAtMs < RECOUNT_MS) return;
    await this.#parts.queue.flush();
    await this.#parts.counts.refresh(this.#parts.queue.deadlineMs);
    this.#countedAtMs = performance.now();
  }
}

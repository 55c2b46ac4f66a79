import { createSeed } from "./key_table.ts";
import { firstKeptTimestamp } from "./retention.ts";
import { SeriesSet } from "./series_set.ts";
import type { ByteRange, MetricStore, PutCommand, PutOutcome, RowReader, StoreLimits } from "../store.ts";

/** Settings of a {@linkcode MemoryStore}. */
export interface MemoryStoreOptions extends StoreLimits {
  /** Any 32-bit number that clients cannot guess; default random. */
  readonly seed?: number | undefined;
}

/** A {@linkcode MetricStore} that forgets everything at its end; nothing in it is ever waited for. */
export class MemoryStore implements MetricStore {
  readonly #set: SeriesSet;
  readonly #maxSeries: number;
  readonly #maxSamples: number;
  readonly #retentionSeconds: number | undefined;
  readonly #now: () => number;

  /** Makes an empty store. @param options limits and retention; all optional */
  constructor(options: MemoryStoreOptions = {}) {
    this.#set = new SeriesSet(options.seed ?? createSeed());
    this.#maxSeries = options.maxSeries ?? Infinity;
    this.#maxSamples = options.maxSamples ?? Infinity;
    this.#retentionSeconds = options.retentionSeconds;
    this.#now = options.now ?? Date.now;
  }

  /** How many samples are held, those that have expired but were not yet dropped included. */
  get sampleCount(): number {
    return this.#set.sampleCount;
  }

  /** How many keys are held. */
  get seriesCount(): number {
    return this.#set.seriesCount;
  }

  /** Takes a sample; one that has expired already is answered and forgotten. */
  put(command: PutCommand): PutOutcome {
    const set = this.#set;
    if (this.#retentionSeconds !== undefined && command.timestamp < this.#firstTimestamp()) return "stored";
    let series = set.find(command.bytes, command.keyStart, command.keyEnd);
    if (series === undefined) {
      if (set.seriesCount >= this.#maxSeries) return "series-limit";
      if (set.sampleCount >= this.#maxSamples) return "sample-limit";
      series = set.add(command.bytes, command.keyStart, command.keyEnd);
    } else if (set.sampleCount >= this.#maxSamples && !series.has(command.timestamp)) {
      return "sample-limit";
    }
    set.put(series, command.timestamp, command.value);
    return "stored";
  }

  /** Opens the rows of one key, or of all keys. */
  openRows(key: ByteRange | "all"): RowReader {
    return this.#set.openRows(key, this.#firstTimestamp());
  }

  /** Nothing to do: there is nothing more permanent than memory here. */
  commit(): void {}

  /** Drops expired samples, and keys that have none left. */
  maintain(): void {
    if (this.#retentionSeconds === undefined) return;
    this.#set.dropBefore(this.#firstTimestamp());
    this.#set.dropEmpty();
  }

  /** Nothing to let go of. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #firstTimestamp(): number {
    return firstKeptTimestamp(this.#now, this.#retentionSeconds);
  }
}

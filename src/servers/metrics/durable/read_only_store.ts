import type { StoreOpenError } from "../../../storage/store_open_error.ts";
import type { SalvagedSeries } from "./salvage_series.ts";
import { openKeys, openRows, openSeries } from "../samples/series_readers.ts";
import type { SeriesSet } from "../samples/series_set.ts";
import {
  type ByteRange,
  type KeyReader,
  type MetricStore,
  type RowReader,
  type SeriesReader,
  type StoreLimits,
  StoreRefusal,
  type TimeSpan,
} from "../store.ts";

/** The sound part of a database that cannot or must not be written. Puts are refused with the reason. */
export class ReadOnlyStore implements MetricStore {
  /** Why it is read-only. */
  readonly readOnlyReason: string;
  readonly #set: SeriesSet;

  /** Makes a store. @param reason one line of ASCII for clients */
  constructor(set: SeriesSet, reason: string) {
    this.#set = set;
    this.readOnlyReason = reason;
  }

  /** The number of keys. */
  get seriesCount(): number {
    return this.#set.seriesCount;
  }

  /** The number of samples. */
  get sampleCount(): number {
    return this.#set.sampleCount;
  }

  /** Refuses. */
  put(): never {
    throw this.#refusal();
  }

  /**
   * Opens the rows of the keys that a name means, whatever their age, because a salvage must see all of them.
   */
  openRows(name: ByteRange, span: TimeSpan): RowReader {
    return openRows(this.#set, name, span);
  }

  /** Opens the keys that match a pattern. */
  openKeys(pattern: ByteRange): KeyReader {
    return openKeys(this.#set, pattern, -Infinity);
  }

  /** Opens the series that match a pattern. */
  openSeries(pattern: ByteRange): SeriesReader {
    return openSeries(this.#set, pattern, -Infinity);
  }

  /** Refuses. */
  delete(): never {
    throw this.#refusal();
  }

  /** Nothing to do. */
  commit(): void {}

  /** Nothing to do. */
  maintain(): void {}

  /** Nothing to release. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #refusal(): StoreRefusal {
    return new StoreRefusal(`read-only: ${this.readOnlyReason}`);
  }
}

/**
 * Makes the store from the sound part of a file, and reports the missing part.
 *
 * @param error why it cannot be written
 */
export function openReadOnly(
  path: string,
  { set, damage }: SalvagedSeries,
  { error, onNotice }: { readonly error: StoreOpenError; readonly onNotice: StoreLimits["onNotice"] },
): MetricStore {
  const isDamaged = error.code === "damaged";
  const facts = damage.isFound ? damage.describe() : error.message;
  onNotice?.(`read-only: "${path}" ${isDamaged ? "is damaged" : "cannot be written"}: ${facts}`);
  return new ReadOnlyStore(set, isDamaged ? "the database is damaged" : "the database cannot be written");
}

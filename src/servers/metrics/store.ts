import type { MaybePromise } from "../../base/maybe_promise.ts";

export { StoreOpenError, type StoreOpenErrorCode } from "../../storage/store_open_error.ts";

/** A run of bytes inside a larger array. It is valid only during the call that it is given to. */
export interface ByteRange {
  /** The array that holds the run. */
  readonly bytes: Uint8Array;
  /** Offset of the first byte. */
  readonly start: number;
  /** Offset behind the last byte. */
  readonly end: number;
}

/** One sample to be stored; the record is reused for the next put as soon as the store's `put` has returned. */
export interface PutCommand {
  /** The array that holds the key. */
  readonly bytes: Uint8Array;
  /** Offset of the key's first byte; the key is valid by the rules of the protocol. */
  readonly keyStart: number;
  /** Offset behind the key's last byte. */
  readonly keyEnd: number;
  /** Seconds since 1970, an integer up to 2^53-1 in magnitude. */
  readonly timestamp: number;
  /** Any double. */
  readonly value: number;
}

/** What a store did with a put. */
export type PutOutcome = "stored" | "series-limit" | "sample-limit";

/** Takes rows; the reply of a `get` is one. */
export interface RowSink {
  /** Whether the sink wants no further row for now. */
  readonly isFull: boolean;
  /** Takes one row. The key's bytes are copied. Plain parameters, because a record for each row costs more than the row. */
  addRow(bytes: Uint8Array, keyStart: number, keyEnd: number, value: number, timestamp: number): void;
}

/** The rows of one `get`, given piece by piece: keys in the order of their first put, rows of a key by timestamp. */
export interface RowReader {
  /**
   * Writes rows until the sink is full or all are written.
   *
   * Samples that are put between two calls may be among the later rows; no row comes twice.
   *
   * @returns true when the last row was written
   */
  fill(sink: RowSink): MaybePromise<boolean>;
}

/**
 * Where samples live. One server uses a store from one thread; clients interleave only between calls.
 *
 * A put counts as acknowledged when a `commit` called after it has settled. A `get` sees every put acknowledged
 * before it was opened.
 */
export interface MetricStore {
  /**
   * Takes one sample, replacing the value at the same key and timestamp.
   *
   * @throws {Error} when storage failed: neither this put nor those since the last commit are stored
   */
  put(command: PutCommand): MaybePromise<PutOutcome>;
  /** Opens the rows of one key, or of all keys. */
  openRows(key: ByteRange | "all"): MaybePromise<RowReader>;
  /**
   * Makes all puts so far permanent, as far as the store promises that; undefined when there is nothing to wait for.
   *
   * @throws {Error} when the puts since the last commit could not be stored; none of them is then
   */
  commit(): MaybePromise<void>;
  /** Work in the background, called from time to time: drops what is older than the retention, tidies storage. */
  maintain(): MaybePromise<void>;
  /** Commits what was put, and lets go of everything. May be called twice. */
  close(): Promise<void>;
}

/**
 * What a durable store promises with `ok`: `full` that the sample survives a loss of power, `normal` that it survives
 * the end of the process and the operating system writes it soon.
 */
export type Durability = "full" | "normal";

/** Settings that every store understands. */
export interface StoreLimits {
  /** Samples older than this many seconds by the wall clock are gone; default none ever is. */
  readonly retentionSeconds?: number | undefined;
  /** Largest number of keys; default unlimited. */
  readonly maxSeries?: number | undefined;
  /** Largest number of samples; default unlimited. */
  readonly maxSamples?: number | undefined;
  /** The wall clock in milliseconds since 1970; default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

import type { MaybePromise } from "../../base/maybe_promise.ts";

export { StoreOpenError, type StoreOpenErrorCode } from "../../storage/store_open_error.ts";

/** A run of bytes inside a larger array. It is valid only during the call that gets it. */
export interface ByteRange {
  /** The array that holds the run. */
  readonly bytes: Uint8Array;
  /** Offset of the first byte. */
  readonly start: number;
  /** Offset after the last byte. */
  readonly end: number;
}

/** One sample to store; the record is reused for the next put as soon as the store's `put` has returned. */
export interface PutCommand {
  /** The array that holds the key. */
  readonly bytes: Uint8Array;
  /** Offset of the key's first byte; the key is valid by the rules of the protocol. */
  readonly keyStart: number;
  /** Offset after the key's last byte. */
  readonly keyEnd: number;
  /** Seconds since 1970, an integer up to 2^53-1 in magnitude. */
  readonly timestamp: number;
  /** Any double. */
  readonly value: number;
}

/** A time span in seconds since 1970, both ends included. */
export interface TimeSpan {
  /** The first second. */
  readonly from: number;
  /** The last second. */
  readonly until: number;
}

/** All of time. */
export const ALL_TIME: TimeSpan = { from: -Infinity, until: Infinity };

/** The outcome of a put; every one but `stored` is a refusal. */
export type PutOutcome = "stored" | "series-limit" | "sample-limit" | "too-old" | "too-far-ahead";

/** A store refuses a client's command. The reason is for the client, one line of ASCII. */
export class StoreRefusal extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "StoreRefusal";
}

/** Takes rows; the reply of a `get` is one. */
export interface RowSink {
  /** Whether the sink takes no further row for now. */
  readonly isFull: boolean;
  /** Takes one row. The key's bytes are copied. Plain parameters, because a record for each row costs more than the row. */
  addRow(bytes: Uint8Array, keyStart: number, keyEnd: number, value: number, timestamp: number): void;
}

/** The rows of one `get`, given piece by piece: keys in the order of their first put, rows of a key by timestamp. */
export interface RowReader {
  /**
   * Writes rows until the sink is full, all are written, or other clients have waited long enough: a caller whose sink
   * is not full calls again in a later turn of the event loop.
   *
   * Samples that are put between two calls may be among the later rows; no row comes twice.
   *
   * @returns true when the last row was written
   */
  fill(sink: RowSink): MaybePromise<boolean>;
}

/** Takes keys; the reply of a `keys` is one. */
export interface KeySink {
  /** Whether the sink takes no further key for now. */
  readonly isFull: boolean;
  /** Takes one key; its bytes are copied. */
  addKey(bytes: Uint8Array, keyStart: number, keyEnd: number): void;
}

/** The keys of one `keys`, given piece by piece in the order of their first put. */
export interface KeyReader {
  /** Writes keys under the rules of {@linkcode RowReader.fill}. @returns true when the last key was written */
  fill(sink: KeySink): MaybePromise<boolean>;
}

/** Facts about a series, for the operators of the store. */
export interface SeriesFacts {
  /** The number of its samples, including expired ones that were not yet dropped. */
  readonly samples: number;
  /** Seconds since 1970 of the oldest sample. */
  readonly firstTimestamp: number;
  /** Seconds since 1970 of the newest sample. */
  readonly lastTimestamp: number;
}

/** Takes series, one by one. */
export interface SeriesSink {
  /** Takes one series; the key's bytes are valid only during the call. */
  addSeries(key: ByteRange, facts: SeriesFacts): void;
}

/** The series that match a pattern, given piece by piece in the order of their first put. */
export interface SeriesReader {
  /** Gives series until other clients have waited long enough. @returns true when the last one was given */
  fill(sink: SeriesSink): MaybePromise<boolean>;
}

/** Figures of a store on disk about its disk. */
export interface DiskFacts {
  /** Size of the database with its log, in bytes. */
  readonly bytes: number;
  /** The number of commits. */
  readonly commits: number;
  /** Seconds that all commits together have taken. */
  readonly commitSeconds: number;
  /** Seconds that the last commit has taken, with its fsync if the store promises one. */
  readonly lastCommitSeconds: number;
}

/**
 * A store of samples. One server uses it from one thread; clients interleave only between calls.
 *
 * A put or a deletion counts as acknowledged when a `commit` called after it has settled. A `get` sees all
 * that were acknowledged before it was opened.
 *
 * A name means one key or many. `*` alone means all keys; a name that is a key means that key (except for
 * `openKeys`, which also lists a key with wildcards by its pattern); every other name with `*` or `{` is a
 * pattern, see `protocol/key_pattern.ts`. A pattern that is too long is a {@linkcode StoreRefusal}.
 */
export interface MetricStore {
  /** The number of keys; undefined if the store cannot tell at once. */
  readonly seriesCount?: number | undefined;
  /** The number of samples, including expired ones that were not yet dropped; undefined as before. */
  readonly sampleCount?: number | undefined;
  /** Facts about the disk; undefined if the store has none. */
  readonly disk?: DiskFacts | undefined;
  /** Why puts and deletions are currently refused, one line of ASCII; undefined while they are taken. */
  readonly readOnlyReason?: string | undefined;
  /**
   * Takes one sample, replacing the value at the same key and timestamp.
   *
   * @throws {StoreRefusal} when the store currently takes no puts
   * @throws {Error} when storage failed: neither this put nor those since the last commit are stored
   */
  put(command: PutCommand): MaybePromise<PutOutcome>;
  /** Opens the rows of the keys that a name means, within a time span. */
  openRows(name: ByteRange, span: TimeSpan): MaybePromise<RowReader>;
  /** Opens the keys that match a pattern and have a sample; `*` alone means all. */
  openKeys(pattern: ByteRange): MaybePromise<KeyReader>;
  /** Opens the series that match a pattern and have a sample; undefined if the store cannot tell. */
  openSeries?(pattern: ByteRange): MaybePromise<SeriesReader>;
  /**
   * Removes the samples of the keys that a name means, within a time span; a key that loses its last sample
   * is forgotten, with its place in the order. Removing nothing is not an error. Samples that are put at the
   * same time may be removed or not.
   *
   * @param name copied if it is still needed after the call
   * @throws {Error} like `put`
   */
  delete(name: ByteRange, span: TimeSpan): MaybePromise<void>;
  /**
   * Makes all puts and deletions so far permanent, as far as the store promises that; undefined if there is
   * nothing to wait for.
   *
   * @throws {Error} when the puts since the last commit could not be stored; then none of them is
   */
  commit(): MaybePromise<void>;
  /**
   * Work in the background, called from time to time: drops samples older than the retention, tidies storage.
   */
  maintain(): MaybePromise<void>;
  /** Commits the puts, and releases everything. May be called twice. */
  close(): Promise<void>;
}

/**
 * The promise of a durable store's `ok`: `full` that the sample survives a loss of power, `normal` that it survives
 * the end of the process and the operating system writes it soon.
 */
export type Durability = "full" | "normal";

/**
 * The promise of `ok` from a store in a cluster: `replicated` that a primary and one of its replicas have the sample,
 * `primary` that the primary has it.
 */
export type Acknowledgement = "replicated" | "primary";

/** Settings that every store understands. */
export interface StoreLimits {
  /** Samples older than this many seconds by the wall clock are gone; default: none ever is. */
  readonly retentionSeconds?: number | undefined;
  /** A put further ahead of the wall clock than this many seconds is refused; default: none ever is. */
  readonly maxFutureSeconds?: number | undefined;
  /** Largest number of keys; default unlimited. */
  readonly maxSeries?: number | undefined;
  /** Largest number of samples; default unlimited. */
  readonly maxSamples?: number | undefined;
  /** The wall clock in milliseconds since 1970; default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /**
   * Milliseconds that never jump, which reveal jumps of `now`; default those of the machine, without `now`.
   */
  readonly monotonicMs?: (() => number) | undefined;
  /** Called with lines for the operator: a clock that jumped, a damaged database. */
  readonly onNotice?: ((line: string) => void) | undefined;
}

import { socketsLookedAt } from "../../../base/event_loop.ts";
import type { MaybePromise } from "../../../base/maybe_promise.ts";
import type {
  ByteRange,
  KeyReader,
  MetricStore,
  PutCommand,
  PutOutcome,
  RowReader,
  SeriesReader,
  StoreLimits,
  TimeSpan,
} from "../store.ts";
import { createSeed } from "./key_table.ts";
import { type ClockWatch, watchClock } from "./clock_watch.ts";
import { firstKeptTimestamp, keptSpan, refuseTimestamp } from "./retention.ts";
import { openKeys, openRows, openSeries, SeriesCursor } from "./series_readers.ts";
import { type Selection, SeriesSet } from "./series_set.ts";

/** Settings of a {@linkcode MemoryStore}. */
export interface MemoryStoreOptions extends StoreLimits {
  /** Any 32-bit number that clients cannot guess; default random. */
  readonly seed?: number | undefined;
}

/** A {@linkcode MetricStore} that forgets everything at its end; a put never waits. */
export class MemoryStore implements MetricStore {
  readonly #set: SeriesSet;
  readonly #limits: StoreLimits;
  readonly #hasTimeLimits: boolean;
  readonly #maxSeries: number;
  readonly #maxSamples: number;
  readonly #now: () => number;
  readonly #clockWatch: ClockWatch;
  #maintaining: Promise<void> | undefined;
  #isClosed = false;

  /** Makes an empty store. @param options limits and retention; all optional */
  constructor(options: MemoryStoreOptions = {}) {
    this.#set = new SeriesSet(options.seed ?? createSeed());
    this.#limits = options;
    this.#hasTimeLimits = options.retentionSeconds !== undefined || options.maxFutureSeconds !== undefined;
    this.#maxSeries = options.maxSeries ?? Infinity;
    this.#maxSamples = options.maxSamples ?? Infinity;
    this.#now = options.now ?? Date.now;
    this.#clockWatch = watchClock(options);
  }

  /** The number of samples, including expired ones that were not yet dropped. */
  get sampleCount(): number {
    return this.#set.sampleCount;
  }

  /** The number of keys. */
  get seriesCount(): number {
    return this.#set.seriesCount;
  }

  /** Takes a sample. */
  put(command: PutCommand): PutOutcome {
    const set = this.#set;
    const { bytes, keyStart, keyEnd, timestamp } = command;
    if (this.#hasTimeLimits) {
      const refusal = refuseTimestamp(timestamp, this.#limits, this.#now);
      if (refusal !== undefined) return refusal;
    }
    let series = set.find(bytes, keyStart, keyEnd);
    if (series === undefined) {
      if (set.seriesCount >= this.#maxSeries) return "series-limit";
      if (set.sampleCount >= this.#maxSamples) return "sample-limit";
      series = set.add(bytes, keyStart, keyEnd);
    } else if (set.sampleCount >= this.#maxSamples && !series.has(timestamp)) {
      return "sample-limit";
    }
    set.put(series, timestamp, command.value);
    return "stored";
  }

  /** Opens the rows of the keys that a name means. */
  openRows(name: ByteRange, span: TimeSpan): RowReader {
    return openRows(this.#set, name, keptSpan(span, this.#firstTimestamp()));
  }

  /** Opens the keys that match a pattern. */
  openKeys(pattern: ByteRange): KeyReader {
    return openKeys(this.#set, pattern, this.#firstTimestamp());
  }

  /** Opens the series that match a pattern. */
  openSeries(pattern: ByteRange): SeriesReader {
    return openSeries(this.#set, pattern, this.#firstTimestamp());
  }

  /** Removes samples: at once if they belong to one key, otherwise in pieces. */
  delete(name: ByteRange, span: TimeSpan): MaybePromise<void> {
    return this.#deleteFrom(this.#set.select(name), span);
  }

  /** Nothing to do: there is nothing more permanent than memory here. */
  commit(): void {}

  /** Drops expired samples and keys without samples, in pieces. */
  maintain(): Promise<void> | undefined {
    if (this.#limits.retentionSeconds === undefined || this.#isClosed) return undefined;
    if (!this.#clockWatch.isSteady()) return undefined;
    return this.#maintaining ??= this.#dropExpired().finally(() => this.#maintaining = undefined);
  }

  /** Stops maintenance; there is nothing else to release. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#maintaining;
  }

  async #dropExpired(): Promise<void> {
    const until = Math.ceil(this.#firstTimestamp()) - 1;
    await this.#deleteFrom({ kind: "many", pattern: undefined }, { from: -Infinity, until });
  }

  #deleteFrom(selection: Selection, span: TimeSpan): MaybePromise<void> {
    const cursor = new SeriesCursor(this.#set, selection);
    if (this.#deletePiece(cursor, span) !== "tired") return;
    return this.#deleteRest(cursor, span);
  }

  async #deleteRest(cursor: SeriesCursor, span: TimeSpan): Promise<void> {
    do await socketsLookedAt(); while (this.#deletePiece(cursor, span) === "tired" && !this.#isClosed);
  }

  #deletePiece(cursor: SeriesCursor, span: TimeSpan): "end" | "tired" {
    return cursor.visitPiece((series) => {
      this.#set.deleteSpan(series, span, []);
      if (series.isEmpty) this.#set.remove(series);
    });
  }

  #firstTimestamp(): number {
    return firstKeptTimestamp(this.#now, this.#limits.retentionSeconds);
  }
}

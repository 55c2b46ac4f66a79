import { socketsLookedAt } from "../../../base/event_loop.ts";
import type { MaybePromise } from "../../../base/maybe_promise.ts";
import { resolveDataFile } from "../../../storage/database_file.ts";
import { toOpenError } from "../../../storage/open_errors.ts";
import { StoreOpenError } from "../../../storage/store_open_error.ts";
import { createSeed } from "../samples/key_table.ts";
import type { MemoryStoreOptions } from "../samples/memory_store.ts";
import { type ClockWatch, watchClock } from "../samples/clock_watch.ts";
import { firstKeptTimestamp, keptSpan, refuseTimestamp } from "../samples/retention.ts";
import type { Series } from "../samples/series.ts";
import { openKeys, openRows, openSeries, SeriesCursor } from "../samples/series_readers.ts";
import type { SeriesSet } from "../samples/series_set.ts";
import { stat } from "node:fs/promises";
import {
  type ByteRange,
  type DiskFacts,
  type Durability,
  type KeyReader,
  type MetricStore,
  type PutCommand,
  type PutOutcome,
  type RowReader,
  type SeriesReader,
  StoreRefusal,
  type TimeSpan,
} from "../store.ts";
import { AcknowledgedMark, readMark, removeMark } from "./acknowledged_mark.ts";
import { MetricsDatabase } from "./database.ts";
import { databaseBytes, openDatabase, readSoundSeries } from "./format/database_file.ts";
import { openReadOnly } from "./read_only_store.ts";
import { GroupCommit } from "./group_commit.ts";
import type { JournalGroup } from "./journal_group.ts";
import { type LoadedSeries, loadSeries } from "./load_series.ts";
import { Sealer } from "./sealer.ts";

/** Settings of a durable store. */
export interface DurableStoreOptions extends MemoryStoreOptions {
  /** The promise of a commit; default `full`. */
  readonly durability?: Durability | undefined;
  /** The number of puts that the journal may hold before it is sealed into blocks; default 2,000,000. */
  readonly sealAfterPuts?: number | undefined;
}

/**
 * Opens the store in a database file, which is made when it does not exist. A file of ours with damaged samples is served
 * read-only, as far as it is sound.
 *
 * @param dataFile directory and name; the directory must exist
 * @throws {StoreOpenError} when the file cannot be used; it is unchanged then
 */
export async function openDurableStore(
  dataFile: string,
  options: DurableStoreOptions = {},
): Promise<MetricStore> {
  const path = await resolveDataFile(dataFile);
  try {
    return await openWritable(path, options);
  } catch (error) {
    if (!(error instanceof StoreOpenError) || !["damaged", "failed"].includes(error.code)) throw error;
    const salvaged = await readSoundSeries(path, options.seed ?? createSeed()).catch(() => undefined);
    if (salvaged === undefined) throw error;
    return openReadOnly(path, salvaged, { error, onNotice: options.onNotice });
  }
}

async function openWritable(path: string, options: DurableStoreOptions): Promise<MetricStore> {
  const { durability = "full", seed = createSeed() } = options;
  const { database, content } = await openDatabase(path, {
    durability,
    read: (source) => {
      const loaded = loadSeries(source, seed);
      if (loaded.lastJournalId < readMark(path, loaded.identity)) {
        throw new RangeError(`Cannot load: puts that were acknowledged are missing in its log "${path}-wal"`);
      }
      return loaded;
    },
  });
  try {
    // If the system decides when the last commits reach the disk, there is nothing to compare with.
    const mark = durability === "full" ? new AcknowledgedMark(path, content.identity) : undefined;
    const writer = new MetricsDatabase(database);
    writer.tryToWrite();
    return new DurableStore({ path, database: writer, mark, loaded: content }, options);
  } catch (error) {
    database.close();
    throw toOpenError(path, error, "failed");
  }
}

interface DurableParts {
  readonly path: string;
  readonly database: MetricsDatabase;
  readonly mark: AcknowledgedMark | undefined;
  readonly loaded: LoadedSeries;
}

/** A store with all samples in memory and, before they are acknowledged, in a journal on disk. */
class DurableStore implements MetricStore {
  readonly #path: string;
  readonly #database: MetricsDatabase;
  readonly #mark: AcknowledgedMark | undefined;
  readonly #set: SeriesSet;
  readonly #sealer: Sealer;
  readonly #commits: GroupCommit;
  readonly #group: JournalGroup;
  readonly #limits: DurableStoreOptions;
  readonly #maxSeries: number;
  readonly #maxSamples: number;
  readonly #now: () => number;
  // An upper bound of the new samples in the group.
  #newInGroup = 0;
  readonly #clockWatch: ClockWatch;
  #maintaining: Promise<void> | undefined;
  #isClosed = false;
  /** Why puts are refused; undefined while the file is there. */
  readOnlyReason: string | undefined;

  constructor({ path, database, mark, loaded }: DurableParts, options: DurableStoreOptions) {
    this.#path = path;
    this.#database = database;
    this.#mark = mark;
    this.#limits = options;
    this.#set = loaded.set;
    const { sealAfterPuts } = options;
    this.#sealer = new Sealer({ ...loaded, database, nextBlockId: loaded.lastBlockId + 1, sealAfterPuts });
    this.#commits = new GroupCommit({ ...loaded, database, mark, sealer: this.#sealer });
    this.#group = this.#commits.group;
    this.#maxSeries = options.maxSeries ?? Infinity;
    this.#maxSamples = options.maxSamples ?? Infinity;
    this.#now = options.now ?? Date.now;
    this.#clockWatch = watchClock(options);
  }

  get seriesCount(): number {
    return this.#set.seriesCount;
  }

  get sampleCount(): number {
    return this.#set.sampleCount;
  }

  get disk(): DiskFacts {
    return { bytes: databaseBytes(this.#path), ...this.#commits.times };
  }

  put(command: PutCommand): MaybePromise<PutOutcome> {
    if (this.readOnlyReason !== undefined) throw new StoreRefusal(`read-only: ${this.readOnlyReason}`);
    const set = this.#set;
    const { bytes, keyStart, keyEnd, timestamp } = command;
    const refusal = refuseTimestamp(timestamp, this.#limits, this.#now);
    if (refusal !== undefined) return refusal;
    if (this.#group.hasDeletions) return this.#putAfterDeletions(command);
    let series = set.find(bytes, keyStart, keyEnd);
    if (series === undefined && set.seriesCount >= this.#maxSeries) return "series-limit";
    if (!this.#hasRoom(series, timestamp)) return "sample-limit";
    series ??= this.#commits.addSeries(bytes, keyStart, keyEnd);
    this.#group.addPut(series, timestamp, command.value);
    return "stored";
  }

  openRows(name: ByteRange, span: TimeSpan): RowReader {
    return openRows(this.#set, name, keptSpan(span, this.#firstTimestamp()));
  }

  openKeys(pattern: ByteRange): KeyReader {
    return openKeys(this.#set, pattern, this.#firstTimestamp());
  }

  openSeries(pattern: ByteRange): SeriesReader {
    return openSeries(this.#set, pattern, this.#firstTimestamp());
  }

  delete(name: ByteRange, span: TimeSpan): MaybePromise<void> {
    if (this.readOnlyReason !== undefined) throw new StoreRefusal(`read-only: ${this.readOnlyReason}`);
    if (this.#group.hasPuts) return this.#deleteAfterPuts(name, span);
    const cursor = new SeriesCursor(this.#set, this.#set.select(name));
    if (this.#deletePiece(cursor, span) === "tired") return this.#deleteRest(cursor, span);
  }

  commit(): Promise<void> | undefined {
    return this.#commits.commit();
  }

  maintain(): Promise<void> | undefined {
    if (this.#isClosed) return undefined;
    return this.#maintaining ??= this.#maintain().finally(() => this.#maintaining = undefined);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#maintaining?.catch(() => {});
    try {
      this.#commits.commitNow();
      this.#sealAll();
    } finally {
      this.#commits.stop();
      this.#database.close();
      this.#mark?.close();
      await removeMark(this.#path);
    }
  }

  // The order of puts and deletions matters, so a group has only one kind.
  async #putAfterDeletions(command: PutCommand): Promise<PutOutcome> {
    const { keyStart, keyEnd, timestamp, value } = command;
    const bytes = command.bytes.slice(keyStart, keyEnd);
    while (this.#group.hasDeletions) await this.commit();
    return this.put({ bytes, keyStart: 0, keyEnd: bytes.length, timestamp, value });
  }

  async #deleteAfterPuts({ bytes, start, end }: ByteRange, span: TimeSpan): Promise<void> {
    const name = { bytes: bytes.slice(start, end), start: 0, end: end - start };
    while (this.#group.hasPuts) await this.commit();
    await this.delete(name, span);
  }

  // Each piece is committed, so that commands between two pieces keep their order.
  async #deleteRest(cursor: SeriesCursor, span: TimeSpan): Promise<void> {
    do {
      while (this.#group.count > 0) await this.commit();
      await socketsLookedAt();
      while (this.#group.count > 0) await this.commit();
    } while (this.#deletePiece(cursor, span) === "tired");
    while (this.#group.count > 0) await this.commit();
  }

  #deletePiece(cursor: SeriesCursor, span: TimeSpan): "end" | "tired" {
    return cursor.visitPiece((series) => {
      if (series.overlaps(span)) this.#group.addDeletion(series, span);
    });
  }

  // Near the limit the store must know which puts of the group are new samples; a commit settles that.
  #hasRoom(series: Series | undefined, timestamp: number): boolean {
    if (this.#maxSamples === Infinity) return true;
    if (this.#group.count === 0) this.#newInGroup = 0;
    if (this.#set.sampleCount + this.#newInGroup >= this.#maxSamples) {
      if (series?.has(timestamp)) return true;
      this.#commits.commitNow();
      this.#newInGroup = 0;
      if (series?.has(timestamp)) return true;
      if (this.#set.sampleCount >= this.#maxSamples) return false;
    }
    this.#newInGroup++;
    return true;
  }

  async #maintain(): Promise<void> {
    this.#commits.commitNow();
    if (this.readOnlyReason === undefined) await this.#lookForFile();
    const isSteady = this.#clockWatch.isSteady();
    if (isSteady && this.#limits.retentionSeconds !== undefined) await this.#dropExpired();
    this.#sealer.maintain();
  }

  // Data written into a deleted file is lost when the process ends.
  async #lookForFile(): Promise<void> {
    if (await stat(this.#path).then(({ size }) => size > 0, () => false)) return;
    this.readOnlyReason = "the database file is gone";
    this.#limits.onNotice?.(`read-only: the database file "${this.#path}" is gone; puts are refused`);
  }

  async #dropExpired(): Promise<void> {
    const span = { from: -Infinity, until: Math.ceil(this.#firstTimestamp()) - 1 };
    const cursor = new SeriesCursor(this.#set, { kind: "many", pattern: undefined });
    const drop = (series: Series): void => this.#commits.deleteSpan(series, span);
    while (cursor.visitPiece(drop) === "tired") {
      await socketsLookedAt();
      if (this.#isClosed) return;
      this.#commits.commitNow();
    }
  }

  // At the end as much as possible is sealed; the rest stays in the journal if the disk is full.
  #sealAll(): void {
    try {
      this.#sealer.finish();
      this.#database.shrink();
    } catch {
      // The journal has all of it.
    }
  }

  #firstTimestamp(): number {
    return firstKeptTimestamp(this.#now, this.#limits.retentionSeconds);
  }
}

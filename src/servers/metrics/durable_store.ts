import { createDeferred, type Deferred } from "../../bytes/deferred.ts";
import { MetricsDatabase } from "./database.ts";
import { openDatabase } from "./database_file.ts";
import { loadSeries } from "./durable_load.ts";
import { JournalGroup } from "./journal_group.ts";
import { createSeed, firstKeptTimestamp, type MemoryStoreOptions } from "./memory_store.ts";
import { Sealer } from "./sealer.ts";
import type { Series } from "./series.ts";
import type { SeriesSet } from "./series_set.ts";
import { type ByteRange, type Durability, type MetricStore, StoreOpenError } from "./store.ts";
import type { PutCommand, PutOutcome, RowReader } from "./store.ts";

// Sealing begins when the journal holds this many puts (40 MB) or rows; a start after a kill replays about as many.
const SEAL_AFTER_PUTS = 2_000_000;
const SEAL_AFTER_ROWS = 100_000;

// A little traffic is sealed seldom: each time, the last chunk of every series that had a put is written anew.
const SEAL_AFTER_MS = 600_000;

/** Settings of a durable store. */
export interface DurableStoreOptions extends MemoryStoreOptions {
  /** What a commit promises; default `full`. */
  readonly durability?: Durability | undefined;
  /** How many puts the journal may hold before it is sealed into blocks; default 2,000,000. */
  readonly sealAfterPuts?: number | undefined;
}

/**
 * Opens the store in a database file, which is made when it does not exist.
 *
 * @param dataFile directory and name; the directory must exist
 * @throws {StoreOpenError} when the file cannot be used; it is as it was then
 */
export async function openDurableStore(
  dataFile: string,
  options: DurableStoreOptions = {},
): Promise<MetricStore> {
  const database = new MetricsDatabase(await openDatabase(dataFile, options.durability ?? "full"));
  try {
    return new DurableStore(database, options);
  } catch (cause) {
    database.close();
    const state = cause instanceof Error ? cause.message : String(cause);
    throw new StoreOpenError("damaged", `Cannot open "${dataFile}": it is damaged (${state})`, { cause });
  }
}

/**
 * A store with all samples in memory and, before they are acknowledged, in a journal on disk.
 *
 * Puts wait in a group until the event loop has heard all clients that have something to say; the group is one
 * transaction. Memory takes it over after the commit, so that nobody reads what could still be lost.
 */
class DurableStore implements MetricStore {
  readonly #database: MetricsDatabase;
  readonly #set: SeriesSet;
  readonly #sealer: Sealer;
  readonly #group = new JournalGroup();
  readonly #options: DurableStoreOptions;
  readonly #maxSeries: number;
  readonly #maxSamples: number;
  readonly #now: () => number;
  #lastStoredOrder: number;
  #lastJournalId: number;
  #journalPuts: number;
  #journalRows: number;
  #sealedAtMs = performance.now();
  // An upper bound: how many puts of the group may be new samples.
  #newInGroup = 0;
  #waiting: Deferred<void> | undefined;
  #commitTimer: ReturnType<typeof setImmediate> | undefined;
  #sealTimer: ReturnType<typeof setImmediate> | undefined;
  #isClosed = false;

  constructor(database: MetricsDatabase, options: DurableStoreOptions) {
    const loaded = loadSeries(database, options.seed ?? createSeed());
    this.#database = database;
    this.#options = options;
    this.#set = loaded.set;
    this.#lastStoredOrder = loaded.lastOrder;
    this.#lastJournalId = loaded.lastJournalId;
    this.#journalPuts = loaded.journalPuts;
    this.#journalRows = loaded.journalRows;
    this.#sealer = new Sealer({ set: loaded.set, database, nextBlockId: loaded.lastBlockId + 1 });
    this.#maxSeries = options.maxSeries ?? Infinity;
    this.#maxSamples = options.maxSamples ?? Infinity;
    this.#now = options.now ?? Date.now;
  }

  put(command: PutCommand): PutOutcome {
    const set = this.#set;
    const { bytes, keyStart, keyEnd, timestamp } = command;
    if (this.#options.retentionSeconds !== undefined && timestamp < this.#firstTimestamp()) return "stored";
    let series = set.find(bytes, keyStart, keyEnd);
    if (series === undefined && set.seriesCount >= this.#maxSeries) return "series-limit";
    if (!this.#hasRoom(series, timestamp)) return "sample-limit";
    series ??= set.add(bytes, keyStart, keyEnd);
    this.#group.add(series, timestamp, command.value);
    return "stored";
  }

  openRows(key: ByteRange | "all"): RowReader {
    return this.#set.openRows(key, this.#firstTimestamp());
  }

  commit(): Promise<void> | undefined {
    if (this.#group.count === 0) return undefined;
    if (this.#waiting === undefined) {
      this.#waiting = createDeferred<void>();
      this.#commitTimer = setImmediate(() => this.#commitTick());
    }
    return this.#waiting.promise;
  }

  maintain(): void {
    if (this.#isClosed) return;
    this.#commitGroup();
    if (this.#options.retentionSeconds !== undefined) this.#dropExpired(this.#firstTimestamp());
    if (this.#journalRows > 0 && performance.now() - this.#sealedAtMs >= SEAL_AFTER_MS) this.#beginSealing();
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    clearImmediate(this.#sealTimer);
    try {
      this.#commitGroup();
      while (this.#sealer.isSealing) this.#sealer.step();
      this.#sealer.begin(this.#lastJournalId);
      while (this.#sealer.isSealing) this.#sealer.step();
      this.#database.shrink();
    } finally {
      clearImmediate(this.#commitTimer);
      this.#database.close();
    }
    return Promise.resolve();
  }

  // Near the limit it must be known which puts of the group are new samples; a commit settles that.
  #hasRoom(series: Series | undefined, timestamp: number): boolean {
    if (this.#maxSamples === Infinity) return true;
    if (this.#set.sampleCount + this.#newInGroup >= this.#maxSamples) {
      if (series?.has(timestamp)) return true;
      this.#commitGroup();
      if (series?.has(timestamp)) return true;
      if (this.#set.sampleCount >= this.#maxSamples) return false;
    }
    this.#newInGroup++;
    return true;
  }

  // A group that cannot be stored is dropped; whoever waits for it is told, and so is the caller.
  #commitGroup(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    try {
      this.#storeGroup();
      waiting?.resolve();
    } catch (error) {
      this.#group.clear();
      this.#newInGroup = 0;
      waiting?.reject(error);
      throw error;
    }
  }

  #commitTick(): void {
    try {
      this.#commitGroup();
    } catch {
      // Those who wait for the group know.
    }
  }

  #storeGroup(): void {
    const group = this.#group;
    if (group.count === 0) return;
    const set = this.#set;
    const firstNew = set.indexOfOrder(this.#lastStoredOrder + 1);
    this.#database.transact(() => {
      for (let index = firstNew; index < set.seriesCount; index++) {
        this.#database.insertSeries(set.all[index]!.order, set.keyAt(index));
      }
      this.#database.insertJournal(this.#lastJournalId + 1, group.encode());
    });
    this.#lastJournalId++;
    this.#journalRows++;
    this.#journalPuts += group.count;
    if (firstNew < set.seriesCount) this.#lastStoredOrder = set.all[set.seriesCount - 1]!.order;
    group.drain((series, timestamp, value) => set.put(series, timestamp, value));
    this.#newInGroup = 0;
    const { sealAfterPuts = SEAL_AFTER_PUTS } = this.#options;
    if (this.#journalPuts >= sealAfterPuts || this.#journalRows >= SEAL_AFTER_ROWS) this.#beginSealing();
  }

  #beginSealing(): void {
    if (this.#sealer.isSealing || this.#isClosed) return;
    this.#sealer.begin(this.#lastJournalId);
    this.#sealedAtMs = performance.now();
    this.#journalPuts = 0;
    this.#journalRows = 0;
    this.#sealTimer = setImmediate(() => this.#sealNextPiece());
  }

  // A failure (a full disk) ends nothing: the journal has it all, and sealing begins anew with the next maintenance.
  #sealNextPiece(): void {
    try {
      this.#sealer.step();
    } catch {
      this.#journalRows++;
      this.#sealer.abandon();
    }
    if (this.#sealer.isSealing) this.#sealTimer = setImmediate(() => this.#sealNextPiece());
  }

  #dropExpired(firstTimestamp: number): void {
    const set = this.#set;
    set.dropBefore(firstTimestamp);
    const blockIds = set.all.flatMap((series) => series.removedBlockIds);
    const orders = set.dropEmpty();
    if (blockIds.length + orders.length === 0) return;
    this.#database.transact(() => {
      for (const blockId of blockIds) this.#database.deleteBlock(blockId);
      for (const order of orders) this.#database.deleteSeries(order);
    });
    for (const series of set.all) if (series.removedBlockIds.length > 0) series.removedBlockIds = [];
  }

  #firstTimestamp(): number {
    return firstKeptTimestamp(this.#now, this.#options.retentionSeconds);
  }
}

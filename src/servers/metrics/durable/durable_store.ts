import { createDeferred, type Deferred } from "../../../base/deferred.ts";
import { resolveDataFile } from "../../../storage/database_file.ts";
import { toOpenError } from "../../../storage/open_errors.ts";
import { createSeed } from "../samples/key_table.ts";
import type { MemoryStoreOptions } from "../samples/memory_store.ts";
import { firstKeptTimestamp } from "../samples/retention.ts";
import type { Series } from "../samples/series.ts";
import type { SeriesSet } from "../samples/series_set.ts";
import type { ByteRange, Durability, MetricStore, PutCommand, PutOutcome, RowReader } from "../store.ts";
import { AcknowledgedMark, readMark, removeMark } from "./acknowledged_mark.ts";
import { MetricsDatabase } from "./database.ts";
import { openDatabase } from "./database_file.ts";
import { JournalGroup } from "./journal_group.ts";
import { type LoadedSeries, loadSeries } from "./load_series.ts";
import { Sealer } from "./sealer.ts";

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
  const path = await resolveDataFile(dataFile);
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
    // Where the system decides what of the last moments is kept, there is nothing to compare with.
    const mark = durability === "full" ? new AcknowledgedMark(path, content.identity) : undefined;
    return new DurableStore(
      { path, database: new MetricsDatabase(database), mark, loaded: content },
      options,
    );
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

/**
 * A store with all samples in memory and, before they are acknowledged, in a journal on disk.
 *
 * Puts wait in a group until the event loop has heard all clients that have something to say; the group is one
 * transaction. Memory takes it over after the commit, so that nobody reads what could still be lost.
 */
class DurableStore implements MetricStore {
  readonly #path: string;
  readonly #database: MetricsDatabase;
  readonly #mark: AcknowledgedMark | undefined;
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
  // What memory has dropped and the database has not yet.
  #goneBlockIds: number[] = [];
  #goneOrders: number[] = [];
  // An upper bound: how many puts of the group may be new samples.
  #newInGroup = 0;
  #waiting: Deferred<void> | undefined;
  #commitTimer: ReturnType<typeof setImmediate> | undefined;
  #sealTimer: ReturnType<typeof setImmediate> | undefined;
  #isClosed = false;

  constructor({ path, database, mark, loaded }: DurableParts, options: DurableStoreOptions) {
    this.#path = path;
    this.#database = database;
    this.#mark = mark;
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

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearImmediate(this.#sealTimer);
    try {
      this.#commitGroup();
      this.#sealAll();
    } finally {
      clearImmediate(this.#commitTimer);
      this.#database.close();
      this.#mark?.close();
      await removeMark(this.#path);
    }
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
    const journalId = this.#lastJournalId + 1;
    try {
      this.#database.transact(() => {
        this.#deleteGone();
        this.#insertSeries(firstNew);
        this.#database.insertJournal(journalId, group.encode());
      });
    } catch (error) {
      // The series that came with the group have no sample: they were never put.
      if (firstNew < set.seriesCount) set.dropEmpty();
      throw error;
    }
    this.#lastJournalId = journalId;
    this.#mark?.write(journalId);
    this.#forgetGone();
    this.#journalRows++;
    this.#journalPuts += group.count;
    if (firstNew < set.seriesCount) this.#lastStoredOrder = set.all[set.seriesCount - 1]!.order;
    group.drain((series, timestamp, value) => set.put(series, timestamp, value));
    this.#newInGroup = 0;
    const { sealAfterPuts = SEAL_AFTER_PUTS } = this.#options;
    if (this.#journalPuts >= sealAfterPuts || this.#journalRows >= SEAL_AFTER_ROWS) this.#beginSealing();
  }

  #insertSeries(firstNew: number): void {
    const set = this.#set;
    if (firstNew === set.seriesCount) return;
    for (let index = firstNew; index < set.seriesCount; index++) {
      this.#database.insertSeries(set.all[index]!.order, set.keyAt(index));
    }
    this.#database.setLastOrder(set.all[set.seriesCount - 1]!.order);
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

  // At the end as much as possible is sealed; what a full disk does not take stays in the journal.
  #sealAll(): void {
    try {
      while (this.#sealer.isSealing) this.#sealer.step();
      if (this.#journalRows > 0) this.#sealer.begin(this.#lastJournalId);
      while (this.#sealer.isSealing) this.#sealer.step();
      this.#database.shrink();
    } catch {
      this.#sealer.abandon();
    }
  }

  // A series and its expired samples are gone from the database at the latest when its key comes again.
  #dropExpired(firstTimestamp: number): void {
    const blockIds = this.#set.dropBefore(firstTimestamp);
    const orders = this.#set.dropEmpty();
    this.#goneBlockIds = this.#goneBlockIds.concat(blockIds);
    this.#goneOrders = this.#goneOrders.concat(orders);
    if (this.#goneBlockIds.length + this.#goneOrders.length === 0) return;
    this.#database.transact(() => this.#deleteGone());
    this.#forgetGone();
  }

  #deleteGone(): void {
    for (const blockId of this.#goneBlockIds) this.#database.deleteBlock(blockId);
    for (const order of this.#goneOrders) this.#database.deleteSeries(order);
  }

  #forgetGone(): void {
    this.#goneBlockIds = [];
    this.#goneOrders = [];
  }

  #firstTimestamp(): number {
    return firstKeptTimestamp(this.#now, this.#options.retentionSeconds);
  }
}

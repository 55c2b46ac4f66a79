import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Series } from "../samples/series.ts";
import { CHECKSUM_BYTES, signRow } from "./format/checksum.ts";
import { RowBatch } from "./format/row_batch.ts";

// Bytes that go into the log before its pages are moved to the database: larger pieces, fewer of them. At 300,000 puts/s
// moving 16 MiB keeps clients waiting for 30 to 45 ms, moving 8 MiB for 20 ms (Deno 2.9.6).
const CHECKPOINT_BYTES = 8_388_608;

const PAGE_BYTES = 4_096;

/**
 * Writes the database; every method but the last three must be called within {@linkcode
 * MetricsDatabase.transact}.
 */
export class MetricsDatabase {
  readonly #database: DatabaseSync;
  readonly #newSeries: RowBatch;
  readonly #setLastOrder: StatementSync;
  readonly #insertJournal: StatementSync;
  readonly #oldestJournal: StatementSync;
  readonly #deleteJournal: StatementSync;
  readonly #setSealed: StatementSync;
  readonly #blocks: RowBatch;
  readonly #deleteBlock: StatementSync;
  readonly #deleteSeries: StatementSync;
  // The approximate size of the log since it was last restarted.
  #logBytes = 0;
  // The last two blocks written: a series often has an old one, among those of other series, and a new one at the end.
  #lastBlockId = -Infinity;
  #blockIdBefore = -Infinity;

  /** Prepares the statements. @param database opened and ours alone; closed by {@linkcode MetricsDatabase.close} */
  constructor(database: DatabaseSync) {
    this.#database = database;
    // The log is emptied in a way of our own, see below.
    database.exec("PRAGMA wal_autocheckpoint = 0");
    this.#newSeries = new RowBatch(database, "INSERT INTO series (id, key)", 2);
    this.#setLastOrder = database.prepare("UPDATE state SET last_order = ?");
    this.#insertJournal = database.prepare("INSERT INTO journal (id, puts) VALUES (?, ?)");
    this.#oldestJournal = database.prepare("SELECT min(id) AS id FROM journal");
    this.#deleteJournal = database.prepare("DELETE FROM journal WHERE id <= ?");
    this.#setSealed = database.prepare("UPDATE state SET sealed_journal = ?");
    this.#blocks = new RowBatch(database, "REPLACE INTO block (id, series, samples)", 3);
    this.#deleteBlock = database.prepare("DELETE FROM block WHERE id = ?");
    this.#deleteSeries = database.prepare("DELETE FROM series WHERE id = ?");
  }

  /** Does all of the work or, if it throws, nothing of it; on return it is committed. */
  transact(work: () => void): void {
    this.#commit(work);
    if (this.#logBytes >= CHECKPOINT_BYTES) this.#emptyLog();
  }

  /** Commits a change that changes nothing. @throws {Error} when the disk is full, or fails in another way */
  tryToWrite(): void {
    this.#commit(() => this.#database.exec("UPDATE state SET id = 1"));
  }

  /**
   * Stores new series, in ascending order, and makes sure that no order up to the last one is given to
   * another key.
   */
  insertSeries(all: readonly Series[]): void {
    const last = all.at(-1);
    if (last === undefined) return;
    for (const { order, keyPage, keyStart, keyEnd } of all) {
      const row = new Uint8Array(CHECKSUM_BYTES + keyEnd - keyStart);
      row.set(keyPage.subarray(keyStart, keyEnd), CHECKSUM_BYTES);
      signRow(row, order);
      this.#newSeries.add(order, row);
      this.#logBytes += row.length;
    }
    this.#setLastOrder.run(last.order);
  }

  /** Stores a row of the journal; its checksum is written into it. */
  insertJournal(id: number, puts: Uint8Array): void {
    signRow(puts, id);
    this.#insertJournal.run(id, puts);
    this.#logBytes += puts.length;
  }

  /**
   * Removes the oldest rows of the journal.
   *
   * @param lastId no row after this one
   * @param limit at most this many
   * @returns whether all of them are gone
   */
  cutJournal(lastId: number, limit: number): boolean {
    const oldest = this.#oldestJournal.get()?.id;
    const first = typeof oldest === "number" ? oldest : Infinity;
    const last = Math.min(lastId, first + limit - 1);
    if (first > lastId) return true;
    this.#deleteJournal.run(last);
    this.#setSealed.run(last);
    return last === lastId;
  }

  /** Stores a block in place of the one with the same number; its checksum is written into it. */
  writeBlock(id: number, order: number, samples: Uint8Array): void {
    signRow(samples, id, order);
    this.#blocks.add(id, order, samples);
    this.#logBytes += this.#pageBytes(id, samples.length);
  }

  /** Removes a block. */
  deleteBlock(id: number): void {
    this.#deleteBlock.run(id);
  }

  /** Removes a series; its blocks are removed by their own numbers. */
  deleteSeries(order: number): void {
    this.#deleteSeries.run(order);
  }

  /** Gives unused pages back to the file system. */
  shrink(): void {
    // Each row of the result is a page that was given back; exec stops after the first (Deno 2.9.6).
    this.#database.prepare("PRAGMA incremental_vacuum").all();
  }

  /** Closes the file. */
  close(): void {
    this.#database.close();
  }

  #commit(work: () => void): void {
    this.#logBytes += PAGE_BYTES;
    this.#database.exec("BEGIN");
    try {
      work();
      this.#newSeries.flush();
      this.#blocks.flush();
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#newSeries.clear();
      this.#blocks.clear();
      // After some failures SQLite itself has rolled back; then a rollback has nothing to do and says so.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  // The log has whole pages. A block shares its page with those just before it, unless they fill a page.
  #pageBytes(blockId: number, bytes: number): number {
    const distance = Math.min(Math.abs(blockId - this.#lastBlockId), Math.abs(blockId - this.#blockIdBefore));
    this.#blockIdBefore = this.#lastBlockId;
    this.#lastBlockId = blockId;
    return Math.min(distance * bytes, Math.max(bytes, PAGE_BYTES));
  }

  // SQLite's own way leaves the log as it is until the next commit. If it were damaged then, pages of its
  // undamaged start would hide the newer ones in the database. So it is restarted at once, by a commit that
  // changes nothing.
  #emptyLog(): void {
    this.#logBytes = 0;
    try {
      this.#database.exec("PRAGMA wal_checkpoint(RESTART)");
      this.tryToWrite();
    } catch {
      // On a full disk the log has everything, grows on, and is tried again.
    }
  }
}

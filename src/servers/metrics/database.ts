import type { DatabaseSync, StatementSync } from "node:sqlite";
import { decodeBlock } from "./block_codec.ts";
import type { Chunk } from "./chunk.ts";
import { decodeJournalRow, type JournalRow } from "./journal_group.ts";
import type { SlabMemory } from "./slab_memory.ts";

/** A series as stored. */
export interface StoredSeries {
  /** Its order. */
  readonly order: number;
  /** Its key in UTF-8. */
  readonly key: Uint8Array;
}

/** The statements of the database; every method that writes needs {@linkcode MetricsDatabase.transact} around it. */
export class MetricsDatabase {
  readonly #database: DatabaseSync;
  readonly #insertSeries: StatementSync;
  readonly #insertJournal: StatementSync;
  readonly #deleteJournal: StatementSync;
  readonly #writeBlock: StatementSync;
  readonly #deleteBlock: StatementSync;
  readonly #deleteSeries: StatementSync;

  /** Prepares the statements. @param database opened and ours alone; closed by {@linkcode MetricsDatabase.close} */
  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insertSeries = database.prepare("INSERT INTO series (id, key) VALUES (?, ?)");
    this.#insertJournal = database.prepare("INSERT INTO journal (id, puts) VALUES (?, ?)");
    this.#deleteJournal = database.prepare("DELETE FROM journal WHERE id <= ?");
    this.#writeBlock = database.prepare("REPLACE INTO block (id, series, samples) VALUES (?, ?, ?)");
    this.#deleteBlock = database.prepare("DELETE FROM block WHERE id = ?");
    this.#deleteSeries = database.prepare("DELETE FROM series WHERE id = ?");
  }

  /** Does all of the work or, when something throws, nothing of it; on return it is committed. */
  transact(work: () => void): void {
    this.#database.exec("BEGIN");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (error) {
      // SQLite itself has rolled back after some failures; a rollback then has nothing to do and says so.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** Stores a new series. */
  insertSeries(order: number, key: Uint8Array): void {
    this.#insertSeries.run(order, key);
  }

  /** Stores a row of the journal. */
  insertJournal(id: number, puts: Uint8Array): void {
    this.#insertJournal.run(id, puts);
  }

  /** Removes the rows of the journal up to one. */
  deleteJournal(lastId: number): void {
    this.#deleteJournal.run(lastId);
  }

  /** Stores a block in the place of the one with the same number. */
  writeBlock(id: number, order: number, samples: Uint8Array): void {
    this.#writeBlock.run(id, order, samples);
  }

  /** Removes a block. */
  deleteBlock(id: number): void {
    this.#deleteBlock.run(id);
  }

  /** Removes a series; its blocks are removed by their own numbers. */
  deleteSeries(order: number): void {
    this.#deleteSeries.run(order);
  }

  /** The series in the order of first puts. */
  *readSeries(): Generator<StoredSeries> {
    for (const row of this.#database.prepare("SELECT id, key FROM series ORDER BY id").iterate()) {
      yield { order: row.id as number, key: row.key as Uint8Array };
    }
  }

  /** The blocks, in any order, as chunks in a memory. @throws {RangeError} when one is damaged */
  *readBlocks(memory: SlabMemory): Generator<{ readonly order: number; readonly chunk: Chunk }> {
    for (const row of this.#database.prepare("SELECT id, series, samples FROM block").iterate()) {
      const chunk = decodeBlock(row.samples as Uint8Array, memory);
      chunk.blockId = row.id as number;
      yield { order: row.series as number, chunk };
    }
  }

  /** The rows of the journal in the order of commits. @throws {RangeError} when one is damaged */
  *readJournal(): Generator<JournalRow & { readonly id: number }> {
    for (const row of this.#database.prepare("SELECT id, puts FROM journal ORDER BY id").iterate()) {
      yield { id: row.id as number, ...decodeJournalRow(row.puts as Uint8Array) };
    }
  }

  /** The largest order that a series ever had; 0 when there was none. */
  lastOrder(): number {
    const row = this.#database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'series'").get();
    return row === undefined ? 0 : row.seq as number;
  }

  /** Gives unused pages back to the file system. */
  shrink(): void {
    // Each row of the answer is a page that was given back; exec stops after the first (Deno 2.9.6).
    this.#database.prepare("PRAGMA incremental_vacuum").all();
  }

  /** Closes the file. */
  close(): void {
    this.#database.close();
  }
}

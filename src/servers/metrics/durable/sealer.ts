// Sealing turns the content of the journal into compressed blocks, piece by piece between the work for
// clients.
//
// The law: a row of the journal is removed only when every chunk that was dirty when sealing began has been
// written, and the rows of everything deleted have been removed. A chunk may be written with later puts in
// it, because replaying those puts changes nothing. The chunks of one series are written in one transaction,
// because a split moves samples from one block to another.

import { socketsLookedAt } from "../../../base/event_loop.ts";
import type { Series } from "../samples/series.ts";
import type { SeriesSet } from "../samples/series_set.ts";
import { BlockEncoder } from "./format/block_codec.ts";
import type { MetricsDatabase } from "./database.ts";
import type { GoneRows } from "./gone_rows.ts";

// The approximate time that clients wait for one piece.
const PIECE_MS = 4;
const GONE_ROWS_A_PIECE = 1_000;
const JOURNAL_ROWS_A_PIECE = 50;

// Sealing begins when the journal holds this many puts (40 MB) or rows; a start after a kill replays about as many.
const SEAL_AFTER_PUTS = 2_000_000;
const SEAL_AFTER_ROWS = 100_000;

// A little traffic is sealed rarely, because each time the last chunk of every series that had a put is
// written anew.
const SEAL_AFTER_MS = 600_000;

/** Parts of a sealer. */
export interface SealerParts {
  /** All series. */
  readonly set: SeriesSet;
  /** The database of blocks and journal. */
  readonly database: MetricsDatabase;
  /** Rows that must be removed. */
  readonly gone: GoneRows;
  /** Larger than the number of every stored block. */
  readonly nextBlockId: number;
  /** The largest number that a row of the journal ever had. */
  readonly lastJournalId: number;
  /** The number of puts and deletions in the journal. */
  readonly journalPuts: number;
  /** The number of rows in the journal. */
  readonly journalRows: number;
  /** The number of puts that the journal may hold; default 2,000,000. */
  readonly sealAfterPuts?: number | undefined;
}

// One sealing in progress: first the blocks, then the rows of deleted data, then the journal.
interface Sealing {
  readonly lastJournalId: number;
  next: Series | undefined;
}

/** Writes dirty chunks as blocks and cuts the journal. */
export class Sealer {
  readonly #parts: SealerParts;
  readonly #encoder = new BlockEncoder();
  #nextBlockId: number;
  #journalPuts: number;
  #journalRows: number;
  #lastJournalId: number;
  #sealedAtMs = performance.now();
  #sealing: Sealing | undefined;
  #isStopped = false;

  /** Makes a sealer that has not begun. */
  constructor(parts: SealerParts) {
    this.#parts = parts;
    this.#nextBlockId = parts.nextBlockId;
    this.#lastJournalId = parts.lastJournalId;
    this.#journalPuts = parts.journalPuts;
    this.#journalRows = parts.journalRows;
  }

  /** Counts a committed row of the journal; begins to seal when there are many. */
  noteRow(journalId: number, puts: number): void {
    this.#lastJournalId = journalId;
    this.#journalRows++;
    this.#journalPuts += puts;
    const { sealAfterPuts = SEAL_AFTER_PUTS } = this.#parts;
    if (this.#journalPuts >= sealAfterPuts || this.#journalRows >= SEAL_AFTER_ROWS) this.#begin();
  }

  /**
   * Begins to seal if there is something to seal and it was last done long ago, or rows wait to be removed.
   */
  maintain(): void {
    const isDue = this.#journalRows > 0 && performance.now() - this.#sealedAtMs >= SEAL_AFTER_MS;
    if (isDue || this.#parts.gone.count > 0) this.#begin();
  }

  /** Seals everything that is left, at once; nothing more is sealed in pieces. @throws {Error} when the database fails */
  finish(): void {
    this.#isStopped = true;
    while (this.#sealing !== undefined) this.#step(this.#sealing);
    if (this.#journalRows === 0 && this.#parts.gone.count === 0) return;
    this.#sealing = this.#start();
    while (this.#sealing !== undefined) this.#step(this.#sealing);
  }

  #begin(): void {
    if (this.#sealing !== undefined || this.#isStopped) return;
    this.#sealing = this.#start();
    void this.#sealInPieces();
  }

  #start(): Sealing {
    this.#sealedAtMs = performance.now();
    this.#journalPuts = 0;
    this.#journalRows = 0;
    return { lastJournalId: this.#lastJournalId, next: this.#parts.set.first };
  }

  // A failure (a full disk) ends nothing: the journal has everything, and sealing starts again with a later
  // maintenance.
  async #sealInPieces(): Promise<void> {
    for (;;) {
      await socketsLookedAt();
      const sealing = this.#sealing;
      if (sealing === undefined || this.#isStopped) return;
      try {
        this.#step(sealing);
      } catch {
        this.#journalRows++;
        this.#sealing = undefined;
      }
    }
  }

  #step(sealing: Sealing): void {
    if (sealing.next !== undefined) this.#writeBlocks(sealing);
    else if (this.#parts.gone.count > 0) this.#removeGone();
    else if (this.#cutJournal(sealing.lastJournalId)) this.#sealing = undefined;
  }

  #writeBlocks(sealing: Sealing): void {
    const deadlineMs = performance.now() + PIECE_MS;
    const written: Series[] = [];
    let series = sealing.next;
    this.#parts.database.transact(() => {
      for (let seen = 0; series !== undefined; series = series.next) {
        if (++seen % 16 === 0 && performance.now() >= deadlineMs) break;
        if (!series.isDirty || series.isRemoved) continue;
        this.#writeSeries(series);
        written.push(series);
      }
    });
    for (const done of written) markClean(done);
    sealing.next = series;
  }

  #writeSeries(series: Series): void {
    for (const chunk of series.chunks) {
      if (!chunk.isDirty || chunk.length === 0) continue;
      if (chunk.blockId === 0) chunk.blockId = this.#nextBlockId++;
      this.#parts.database.writeBlock(chunk.blockId, series.order, this.#encoder.encode(chunk));
    }
  }

  #removeGone(): void {
    const { gone, database } = this.#parts;
    let removed = { blocks: 0, series: 0 };
    database.transact(() => removed = gone.remove(database, GONE_ROWS_A_PIECE));
    gone.forget(removed);
  }

  // @returns whether all of it is cut
  #cutJournal(lastJournalId: number): boolean {
    const { database } = this.#parts;
    let isCut = false;
    database.transact(() => isCut = database.cutJournal(lastJournalId, JOURNAL_ROWS_A_PIECE));
    return isCut;
  }
}

// Only after the commit: a failed one leaves everything dirty, to be written again.
function markClean(series: Series): void {
  series.isDirty = false;
  for (const chunk of series.chunks) chunk.isDirty = false;
}

// Sealing turns what the journal holds into compressed blocks, piece by piece between the work for clients.
//
// The law: a row of the journal is removed only when every chunk that was dirty when sealing began has been written.
// A chunk may be written with later puts in it: replaying those puts changes nothing. The chunks of one series are
// written in one transaction, because a split moves samples from one block to another.

import type { MetricsDatabase } from "./database.ts";
import { encodeBlock } from "./block_codec.ts";
import { PackedWriter } from "./packed_bytes.ts";
import type { Series } from "./series.ts";
import type { SeriesSet } from "./series_set.ts";

// How long clients wait for one piece, about.
const PIECE_MS = 4;

/** Writes dirty chunks as blocks and cuts the journal. */
export class Sealer {
  readonly #set: SeriesSet;
  readonly #database: MetricsDatabase;
  readonly #writer = new PackedWriter();
  #nextBlockId: number;
  #nextOrder = 0;
  #lastJournalId: number | undefined;

  /** Makes a sealer that has not begun. @param nextBlockId larger than the number of every stored block */
  constructor(parts: { set: SeriesSet; database: MetricsDatabase; nextBlockId: number }) {
    this.#set = parts.set;
    this.#database = parts.database;
    this.#nextBlockId = parts.nextBlockId;
  }

  /** Whether sealing has begun and not ended. */
  get isSealing(): boolean {
    return this.#lastJournalId !== undefined;
  }

  /** Begins to seal everything that the journal holds up to a row. */
  begin(lastJournalId: number): void {
    this.#lastJournalId = lastJournalId;
    this.#nextOrder = 0;
  }

  /** Gives up what has begun; the journal stays as it is. */
  abandon(): void {
    this.#lastJournalId = undefined;
  }

  /** Seals one piece; nothing when sealing has not begun. @throws {Error} when the database fails; try again later */
  step(): void {
    const lastJournalId = this.#lastJournalId;
    if (lastJournalId === undefined) return;
    const deadlineMs = performance.now() + PIECE_MS;
    const written: Series[] = [];
    let index = this.#set.indexOfOrder(this.#nextOrder);
    this.#database.transact(() => {
      for (; index < this.#set.seriesCount && performance.now() < deadlineMs; index++) {
        const series = this.#set.all[index]!;
        if (!series.isDirty) continue;
        this.#writeSeries(series);
        written.push(series);
      }
      if (index === this.#set.seriesCount) this.#database.deleteJournal(lastJournalId);
    });
    for (const series of written) markClean(series);
    if (index === this.#set.seriesCount) this.#lastJournalId = undefined;
    else this.#nextOrder = this.#set.all[index]!.order;
  }

  #writeSeries(series: Series): void {
    for (const chunk of series.chunks) {
      if (!chunk.isDirty || chunk.length === 0) continue;
      if (chunk.blockId === 0) chunk.blockId = this.#nextBlockId++;
      this.#database.writeBlock(chunk.blockId, series.order, encodeBlock(chunk, this.#writer));
    }
  }
}

// Only after the commit: a failed one leaves everything dirty, to be written again.
function markClean(series: Series): void {
  series.isDirty = false;
  for (const chunk of series.chunks) chunk.isDirty = false;
}

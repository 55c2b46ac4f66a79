import type { Chunk } from "./chunk.ts";
import type { MetricsDatabase } from "./database.ts";
import type { JournalRow } from "./journal_group.ts";
import type { Series } from "./series.ts";
import { SeriesSet } from "./series_set.ts";

/** What a database held at the start. */
export interface LoadedSeries {
  /** All series with their samples. */
  readonly set: SeriesSet;
  /** The largest order that a series ever had. */
  readonly lastOrder: number;
  /** The largest number of a block; 0 when there is none. */
  readonly lastBlockId: number;
  /** The largest number of a row of the journal; 0 when there is none. */
  readonly lastJournalId: number;
  /** How many puts the journal holds. */
  readonly journalPuts: number;
  /** How many rows the journal holds. */
  readonly journalRows: number;
}

/**
 * Brings everything into memory: the blocks, then the puts of the journal in their order. A put that a block holds
 * already is only repeated.
 *
 * @param seed see `KeyTable`
 * @throws {RangeError} when the content contradicts itself
 */
export function loadSeries(database: MetricsDatabase, seed: number): LoadedSeries {
  const lastOrder = database.lastOrder();
  const set = new SeriesSet(seed);
  const chunks = new Map<number, Chunk[]>();
  let lastBlockId = 0;
  for (const { order, chunk } of database.readBlocks(set.memory)) {
    const known = chunks.get(order);
    if (known === undefined) chunks.set(order, [chunk]);
    else known.push(chunk);
    lastBlockId = Math.max(lastBlockId, chunk.blockId);
  }
  const series = new Map<number, Series>();
  for (const { order, key } of database.readSeries()) {
    const own = (chunks.get(order) ?? []).sort((a, b) => a.timestampAt(0) - b.timestampAt(0));
    checkOrder(own);
    chunks.delete(order);
    series.set(order, set.load(key, order, own));
  }
  if (chunks.size > 0) throw new RangeError("Cannot load: there are blocks of unknown series");
  set.reserveOrder(lastOrder + 1);
  return { set, lastOrder, lastBlockId, ...replayJournal(database, set, { series, lastOrder }) };
}

function checkOrder(chunks: readonly Chunk[]): void {
  for (let index = 1; index < chunks.length; index++) {
    const before = chunks[index - 1]!;
    if (before.timestampAt(before.length - 1) >= chunks[index]!.timestampAt(0)) {
      throw new RangeError("Cannot load: blocks of one series overlap");
    }
  }
}

function replayJournal(
  database: MetricsDatabase,
  set: SeriesSet,
  known: { readonly series: ReadonlyMap<number, Series>; readonly lastOrder: number },
): { lastJournalId: number; journalPuts: number; journalRows: number } {
  let lastJournalId = 0;
  let journalPuts = 0;
  let journalRows = 0;
  for (const row of database.readJournal()) {
    replayRow(row, set, known);
    lastJournalId = row.id;
    journalPuts += row.orders.length;
    journalRows++;
  }
  return { lastJournalId, journalPuts, journalRows };
}

// A series that is not there any more was dropped with its expired samples; one that never was is damage.
function replayRow(
  row: JournalRow,
  set: SeriesSet,
  known: { readonly series: ReadonlyMap<number, Series>; readonly lastOrder: number },
): void {
  for (let index = 0; index < row.orders.length; index++) {
    const order = row.orders[index]!;
    const series = known.series.get(order);
    if (series !== undefined) set.put(series, row.timestamps[index]!, row.values[index]!);
    else if (order > known.lastOrder) {
      throw new RangeError("Cannot load: the journal names an unknown series");
    }
  }
}

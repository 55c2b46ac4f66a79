// Loads the content of a database into memory, and finds everything in it that is not as it was written.

import type { DatabaseSync } from "node:sqlite";
import { BlockDecoder } from "./format/block_codec.ts";
import { readRows } from "./format/bulk_rows.ts";
import { checkBytes, checkRow, CHECKSUM_BYTES } from "./format/checksum.ts";
import { appendChunk, type Chunk } from "../samples/chunk.ts";
import { decodeJournalRow, type JournalRow } from "./journal_group.ts";
import type { Series } from "../samples/series.ts";
import { SeriesSet } from "../samples/series_set.ts";
import { ALL_TIME } from "../store.ts";
import { GoneRows } from "./gone_rows.ts";

/** Content of a database at the start. */
export interface LoadedSeries {
  /** All series with their samples. */
  readonly set: SeriesSet;
  /** A number that no other database has. */
  readonly identity: number;
  /** The largest order that a series ever had. */
  readonly lastOrder: number;
  /** The largest number of a block; 0 if there is none. */
  readonly lastBlockId: number;
  /** The largest number that a row of the journal ever had. */
  readonly lastJournalId: number;
  /** The number of puts and deletions in the journal. */
  readonly journalPuts: number;
  /** The number of rows in the journal. */
  readonly journalRows: number;
  /** Rows of data that memory no longer holds. */
  readonly gone: GoneRows;
}

/**
 * Loads everything into memory: the blocks, then the puts of the journal in their order. A put that a block
 * already holds is only repeated.
 *
 * @param seed see `KeyTable`
 * @throws {RangeError} when something is damaged or missing
 */
export function loadSeries(database: DatabaseSync, seed: number): LoadedSeries {
  const state = readState(database);
  const set = new SeriesSet(seed);
  const gone = new GoneRows();
  const blocks = readBlocks(database, set);
  readSeries(database, set, { blocks, gone, lastOrder: state.lastOrder });
  set.reserveOrder(state.lastOrder + 1);
  const journal = replayJournal(database, set, { ...state, gone });
  dropEmpty(set, gone);
  return { ...state, ...journal, set, lastBlockId: blocks.lastBlockId, gone };
}

/** State of the whole database. */
export interface DatabaseState {
  readonly identity: number;
  readonly lastOrder: number;
  readonly sealedJournalId: number;
}

/**
 * The one row of the state.
 *
 * @throws {RangeError} when there is another number of rows, or a number is malformed
 */
export function readState(database: DatabaseSync): DatabaseState {
  const [row, ...others] = database.prepare("SELECT identity, last_order, sealed_journal FROM state").all();
  if (row === undefined || others.length > 0) throw new RangeError("Cannot load: expected one row of state");
  return {
    identity: integerOf(row.identity),
    lastOrder: integerOf(row.last_order),
    sealedJournalId: integerOf(row.sealed_journal),
  };
}

/**
 * The chunks of each series by its order: orders are mostly dense, and a map of a million takes twice as
 * long.
 */
interface ReadBlocks {
  readonly chunks: readonly (Chunk[] | undefined)[];
  readonly seriesCount: number;
  readonly lastBlockId: number;
}

function readBlocks(database: DatabaseSync, set: SeriesSet): ReadBlocks {
  const chunks: (Chunk[] | undefined)[] = [];
  let seriesCount = 0;
  const decoder = new BlockDecoder(set.memory);
  let lastBlockId = 0;
  readRows(database, { table: "block", number: "series", bytes: "samples" }, (row) => {
    const { id, number: order, bytes, start, end } = row;
    checkBytes(bytes, start, end, [id, order]);
    const chunk = decoder.decode(bytes, start, end);
    chunk.blockId = id;
    lastBlockId = id;
    const known = chunks[order];
    chunks[order] = known === undefined ? [chunk] : appendChunk(known, chunk);
    if (known === undefined) seriesCount++;
  });
  return { chunks, seriesCount, lastBlockId };
}

function readSeries(
  database: DatabaseSync,
  set: SeriesSet,
  { blocks, gone, lastOrder }: {
    readonly blocks: ReadBlocks;
    readonly gone: GoneRows;
    readonly lastOrder: number;
  },
): void {
  let withBlocks = 0;
  set.reserve(countSeries(database));
  readRows(database, { table: "series", bytes: "key" }, ({ id: order, bytes, start, end }) => {
    checkBytes(bytes, start, end, [order]);
    if (order > lastOrder) throw new RangeError(`Cannot load: series ${order} is behind the last one`);
    const key = { bytes, start: start + CHECKSUM_BYTES, end };
    const older = set.find(bytes, key.start, end);
    if (older !== undefined) forget(set, older, gone);
    const chunks = blocks.chunks[order];
    if (chunks !== undefined) withBlocks++;
    set.load(key, order, sortChunks(chunks ?? []));
  });
  if (withBlocks < blocks.seriesCount) {
    throw new RangeError("Cannot load: there are blocks of unknown series");
  }
}

function countSeries(database: DatabaseSync): number {
  return integerOf(database.prepare("SELECT count(*) AS count FROM series").get()?.count);
}

// A key that comes again gets a new order. If the row of its last one is still there, it was about to be
// removed.
function forget(set: SeriesSet, series: Series, gone: GoneRows): void {
  set.deleteSpan(series, ALL_TIME, gone.blockIds);
  set.remove(series);
  gone.orders.push(series.order);
}

function dropEmpty(set: SeriesSet, gone: GoneRows): void {
  for (let series = set.first; series !== undefined; series = series.next) {
    if (series.isEmpty) forget(set, series, gone);
  }
}

function sortChunks(chunks: Chunk[]): Chunk[] {
  chunks.sort((a, b) => a.timestampAt(0) - b.timestampAt(0));
  for (let index = 1; index < chunks.length; index++) {
    const before = chunks[index - 1]!;
    if (before.timestampAt(before.length - 1) >= chunks[index]!.timestampAt(0)) {
      throw new RangeError("Cannot load: blocks of one series overlap");
    }
  }
  return chunks;
}

interface Known extends DatabaseState {
  readonly gone: GoneRows;
}

function replayJournal(
  database: DatabaseSync,
  set: SeriesSet,
  known: Known,
): Pick<LoadedSeries, "lastJournalId" | "journalPuts" | "journalRows"> {
  let lastJournalId = known.sealedJournalId;
  let journalPuts = 0;
  let journalRows = 0;
  let series: ReadonlyMap<number, Series> | undefined;
  for (const { id, puts } of database.prepare("SELECT id, puts FROM journal ORDER BY id").iterate()) {
    const row = bytesOf(puts);
    checkRow(row, integerOf(id));
    lastJournalId++;
    if (id !== lastJournalId) {
      throw new RangeError(`Cannot load: row ${lastJournalId} of the journal is missing`);
    }
    const decoded = decodeJournalRow(row);
    // After an orderly end there is no journal, and no need for this.
    series ??= seriesByOrder(set);
    replayRow(decoded, set, { ...known, series });
    journalPuts += decoded.orders.length;
    journalRows++;
  }
  return { lastJournalId, journalPuts, journalRows };
}

function seriesByOrder(set: SeriesSet): ReadonlyMap<number, Series> {
  const all = new Map<number, Series>();
  for (let series = set.first; series !== undefined; series = series.next) all.set(series.order, series);
  return all;
}

// A series that no longer exists was dropped with its samples; one that never existed is damage.
function replayRow(
  row: JournalRow,
  set: SeriesSet,
  { series: all, gone, lastOrder }: Known & { readonly series: ReadonlyMap<number, Series> },
): void {
  for (let index = 0; index < row.orders.length; index++) {
    const order = row.orders[index]!;
    const series = all.get(order);
    const first = row.firsts[index]!;
    const second = row.seconds[index]!;
    if (series === undefined) {
      if (order > lastOrder) throw new RangeError("Cannot load: the journal names an unknown series");
    } else if (row.kind === "puts") set.put(series, first, second);
    else set.deleteSpan(series, { from: first, until: second }, gone.blockIds);
  }
}

function integerOf(value: unknown): number {
  if (Number.isSafeInteger(value) && value as number >= 0) return value as number;
  throw new RangeError("Cannot load: a number is none");
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new RangeError("Cannot load: a row has no bytes");
}

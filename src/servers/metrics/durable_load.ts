// How the content of a database comes into memory. Whatever in it is not as it was written is found here.

import type { DatabaseSync } from "node:sqlite";
import { decodeBlock } from "./block_codec.ts";
import { checkRow, CHECKSUM_BYTES } from "./checksum.ts";
import type { Chunk } from "./chunk.ts";
import { decodeJournalRow, type JournalRow } from "./journal_group.ts";
import type { Series } from "./series.ts";
import { SeriesSet } from "./series_set.ts";

/** What a database held at the start. */
export interface LoadedSeries {
  /** All series with their samples. */
  readonly set: SeriesSet;
  /** A number that no other database has. */
  readonly identity: number;
  /** The largest order that a series ever had. */
  readonly lastOrder: number;
  /** The largest number of a block; 0 when there is none. */
  readonly lastBlockId: number;
  /** The largest number that a row of the journal ever had. */
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
 * @throws {RangeError} when something is damaged or missing
 */
export function loadSeries(database: DatabaseSync, seed: number): LoadedSeries {
  const state = readState(database);
  const { lastOrder } = state;
  const set = new SeriesSet(seed);
  const { chunks, lastBlockId } = readBlocks(database, set);
  const series = new Map<number, Series>();
  for (const row of database.prepare("SELECT id, key FROM series ORDER BY id").iterate()) {
    const order = integerOf(row.id);
    const key = bytesOf(row.key);
    checkRow(key, order);
    if (order > lastOrder) throw new RangeError(`Cannot load: series ${order} is behind the last one`);
    const own = chunks.get(order) ?? [];
    chunks.delete(order);
    series.set(order, loadOne(set, { key: key.subarray(CHECKSUM_BYTES), order, chunks: own }));
  }
  if (chunks.size > 0) throw new RangeError("Cannot load: there are blocks of unknown series");
  set.reserveOrder(lastOrder + 1);
  return { ...state, set, lastBlockId, ...replayJournal(database, set, { ...state, series }) };
}

interface State {
  readonly identity: number;
  readonly lastOrder: number;
  readonly sealedJournalId: number;
}

function readState(database: DatabaseSync): State {
  const [row, ...others] = database.prepare("SELECT identity, last_order, sealed_journal FROM state").all();
  if (row === undefined || others.length > 0) throw new RangeError("Cannot load: expected one row of state");
  return {
    identity: integerOf(row.identity),
    lastOrder: integerOf(row.last_order),
    sealedJournalId: integerOf(row.sealed_journal),
  };
}

function readBlocks(
  database: DatabaseSync,
  set: SeriesSet,
): { readonly chunks: Map<number, Chunk[]>; readonly lastBlockId: number } {
  const chunks = new Map<number, Chunk[]>();
  let lastBlockId = 0;
  for (const row of database.prepare("SELECT id, series, samples FROM block").iterate()) {
    const blockId = integerOf(row.id);
    const order = integerOf(row.series);
    const samples = bytesOf(row.samples);
    checkRow(samples, blockId, order);
    const chunk = decodeBlock(samples, set.memory);
    chunk.blockId = blockId;
    lastBlockId = Math.max(lastBlockId, blockId);
    const known = chunks.get(order);
    if (known === undefined) chunks.set(order, [chunk]);
    else known.push(chunk);
  }
  return { chunks, lastBlockId };
}

function loadOne(
  set: SeriesSet,
  { key, order, chunks }: { readonly key: Uint8Array; readonly order: number; readonly chunks: Chunk[] },
): Series {
  if (set.find(key, 0, key.length) !== undefined) {
    throw new RangeError("Cannot load: two series have one key");
  }
  chunks.sort((a, b) => a.timestampAt(0) - b.timestampAt(0));
  for (let index = 1; index < chunks.length; index++) {
    const before = chunks[index - 1]!;
    if (before.timestampAt(before.length - 1) >= chunks[index]!.timestampAt(0)) {
      throw new RangeError("Cannot load: blocks of one series overlap");
    }
  }
  return set.load(key, order, chunks);
}

function replayJournal(
  database: DatabaseSync,
  set: SeriesSet,
  known: State & { readonly series: ReadonlyMap<number, Series> },
): Pick<LoadedSeries, "lastJournalId" | "journalPuts" | "journalRows"> {
  let lastJournalId = known.sealedJournalId;
  let journalPuts = 0;
  let journalRows = 0;
  for (const { id, puts } of database.prepare("SELECT id, puts FROM journal ORDER BY id").iterate()) {
    const row = bytesOf(puts);
    checkRow(row, integerOf(id));
    lastJournalId++;
    if (id !== lastJournalId) {
      throw new RangeError(`Cannot load: row ${lastJournalId} of the journal is missing`);
    }
    const decoded = decodeJournalRow(row);
    replayRow(decoded, set, known);
    journalPuts += decoded.orders.length;
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

function integerOf(value: unknown): number {
  if (Number.isSafeInteger(value) && value as number >= 0) return value as number;
  throw new RangeError("Cannot load: a number is none");
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new RangeError("Cannot load: a row has no bytes");
}

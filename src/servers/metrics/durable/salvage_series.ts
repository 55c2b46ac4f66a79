// Reads the sound part of a damaged database. Unlike an orderly start, it leaves out unreadable parts.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Chunk } from "../samples/chunk.ts";
import type { Series } from "../samples/series.ts";
import { SeriesSet } from "../samples/series_set.ts";
import { decodeBlock } from "./format/block_codec.ts";
import { checkRow, CHECKSUM_BYTES } from "./format/checksum.ts";
import { Damage } from "./damage.ts";
import { decodeJournalRow } from "./journal_group.ts";
import { readState } from "./load_series.ts";

/** The sound part of a damaged database. */
export interface SalvagedSeries {
  /** All readable series, with their readable samples. */
  readonly set: SeriesSet;
  /** The unreadable parts. */
  readonly damage: Damage;
}

/**
 * Reads the sound part.
 *
 * @param seed see `KeyTable`
 * @param onRead called often, with the number of samples so far
 * @throws {RangeError} when the state of the database is damaged, without which nothing else has a meaning
 */
export function salvageSeries(
  database: DatabaseSync,
  seed: number,
  onRead: OnRead = () => {},
): SalvagedSeries {
  const damage = new Damage();
  const state = readState(database);
  const set = new SeriesSet(seed);
  const series = salvageKeys(database, set, damage);
  set.reserveOrder(state.lastOrder + 1);
  salvageBlocks(database, set, { series, damage, onRead });
  salvageJournal(database, set, { series, damage, sealed: state.sealedJournalId });
  for (const one of series.values()) if (one.isEmpty && !one.isRemoved) set.remove(one);
  return { set, damage };
}

interface Known {
  readonly series: ReadonlyMap<number, Series>;
  readonly damage: Damage;
}

type OnRead = (samples: number) => void;

// Rows of a deleted key may still be there, and the key again with a later number; the older series is removed then.
function salvageKeys(database: DatabaseSync, set: SeriesSet, damage: Damage): Map<number, Series> {
  const series = new Map<number, Series>();
  forEachRow(database.prepare(`SELECT id, key AS bytes FROM series ${FROM_NUMBER}`), {
    start: 1,
    take: ({ id, bytes }) => {
      const older = set.find(bytes, CHECKSUM_BYTES, bytes.length);
      if (older !== undefined) set.remove(older);
      series.set(id, set.load({ bytes, start: CHECKSUM_BYTES, end: bytes.length }, id, []));
    },
    onDamage: (rows) => damage.series.add(rows),
  });
  return series;
}

function salvageBlocks(
  database: DatabaseSync,
  set: SeriesSet,
  { series, damage, onRead }: Known & { readonly onRead: OnRead },
): void {
  forEachRow(database.prepare(`SELECT id, samples AS bytes, series FROM block ${FROM_NUMBER}`), {
    start: 1,
    take: ({ bytes, series: order }) => {
      const own = series.get(order!);
      if (own === undefined) damage.keylessBlocks++;
      else if (!own.isRemoved) putChunk(set, own, decodeBlock(bytes, set.memory));
      onRead(set.sampleCount);
    },
    onDamage: (rows, order) => {
      damage.blocks.add(rows);
      const own = order === undefined ? undefined : series.get(order);
      if (own !== undefined) damage.addName(nameOf(own));
    },
  });
}

function putChunk(set: SeriesSet, series: Series, chunk: Chunk): void {
  for (let index = 0; index < chunk.length; index++) {
    set.put(series, chunk.timestampAt(index), chunk.values[chunk.base + index]!);
  }
  chunk.release();
}

// A deletion after a missing row is still valid, and so is a put.
function salvageJournal(
  database: DatabaseSync,
  set: SeriesSet,
  { series, damage, sealed }: Known & { readonly sealed: number },
): void {
  let last = sealed;
  forEachRow(database.prepare(`SELECT id, puts AS bytes FROM journal ${FROM_NUMBER}`), {
    start: sealed + 1,
    take: ({ id, bytes }) => {
      damage.journalRows.add(Math.max(0, id - last - 1));
      last = id;
      const row = decodeJournalRow(bytes);
      for (const [index, order] of row.orders.entries()) {
        const own = series.get(order);
        if (own === undefined || own.isRemoved) continue;
        const [first, second] = [row.firsts[index]!, row.seconds[index]!];
        if (row.kind === "puts") set.put(own, first, second);
        else set.deleteSpan(own, { from: first, until: second }, []);
      }
    },
    onDamage: (rows) => {
      damage.journalRows.add(rows);
      last += rows ?? 0;
    },
  });
}

function nameOf({ keyPage, keyStart, keyEnd }: Series): string {
  return new TextDecoder().decode(keyPage.subarray(keyStart, keyEnd));
}

// `series` is the order of its series, in the table of blocks.
type StoredRow =
  | SoundRow
  | { readonly kind: "damaged"; readonly series: number | undefined };

interface SoundRow {
  readonly kind: "sound";
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly series: number | undefined;
}

interface RowVisitor {
  /** The number to begin with. */
  readonly start: number;
  /** Takes a row that is as it was written. @throws {RangeError} when it is of no use */
  readonly take: (row: SoundRow) => void;
  /**
   * Rows are damaged.
   *
   * @param rows their number; undefined for the rest of the table
   * @param series the series of the first one, if it can be read
   */
  readonly onDamage: (rows: number | undefined, series: number | undefined) => void;
}

// With `id > ?` SQLite would also look at the page of the row before.
const FROM_NUMBER = "WHERE id >= ? ORDER BY id LIMIT 1";

// Steps from row to row, so that a damaged page costs only its own rows.
function forEachRow(next: StatementSync, { start, take, onDamage }: RowVisitor): void {
  for (let from = start; from < Number.MAX_SAFE_INTEGER;) {
    const row = readRow(next, from);
    if (row === undefined) return;
    if (row.kind === "damaged") {
      // The number of a damaged row may be wrong, too.
      const sound = firstSound(next, from);
      // Numbers that no row has count too.
      onDamage(sound < Number.MAX_SAFE_INTEGER ? sound - from : undefined, row.series);
      from = sound;
      continue;
    }
    try {
      take(row);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      onDamage(1, row.series);
    }
    from = row.id + 1;
  }
}

/** The first number after a damaged one from which rows are sound. */
function firstSound(next: StatementSync, first: number): number {
  let damaged = first;
  let step = 1;
  for (; readRow(next, damaged + step)?.kind === "damaged"; step *= 2) {
    damaged += step;
    if (damaged + 2 * step > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER;
  }
  // The growing steps have leapt over sound rows, too.
  let sound = damaged + step;
  while (sound - damaged > 1) {
    const middle = Math.floor((damaged + sound) / 2);
    if (readRow(next, middle)?.kind === "damaged") damaged = middle;
    else sound = middle;
  }
  return sound;
}

/** The first row from a number on; undefined if there is none. */
function readRow(next: StatementSync, from: number): StoredRow | undefined {
  let series: number | undefined;
  try {
    const row = next.get(from);
    if (row === undefined) return undefined;
    const id = Number(row["id"]);
    const bytes = row["bytes"];
    if (row["series"] !== undefined) series = Number(row["series"]);
    if (!(bytes instanceof Uint8Array)) throw new RangeError("Cannot read a row: it has no bytes");
    checkRow(bytes, ...(series === undefined ? [id] : [id, series]));
    return { kind: "sound", id, bytes, series };
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { kind: "damaged", series };
  }
}

// SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_IOERR (https://www.sqlite.org/rescode.html).
function isDamage(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
  return error instanceof RangeError || code === 11 || code === 26 || code === 10;
}

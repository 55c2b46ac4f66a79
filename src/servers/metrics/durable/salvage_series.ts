// Reads the sound part of a damaged database. Unlike an orderly start, it leaves out unreadable parts.

import type { DatabaseSync } from "node:sqlite";
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
 * @throws {RangeError} when the state of the database is damaged, without which nothing else has a meaning
 */
export function salvageSeries(database: DatabaseSync, seed: number): SalvagedSeries {
  const damage = new Damage();
  const state = readState(database);
  const set = new SeriesSet(seed);
  const series = salvageKeys(database, set, damage);
  set.reserveOrder(state.lastOrder + 1);
  salvageBlocks(database, set, { series, damage });
  salvageJournal(database, set, { series, damage, sealed: state.sealedJournalId });
  for (const one of series.values()) if (one.isEmpty) set.remove(one);
  return { set, damage };
}

interface Known {
  readonly series: ReadonlyMap<number, Series>;
  readonly damage: Damage;
}

function salvageKeys(database: DatabaseSync, set: SeriesSet, damage: Damage): Map<number, Series> {
  const series = new Map<number, Series>();
  forEachRow(database, { table: "series", column: "key" }, {
    take: (order, bytes) => {
      checkRow(bytes, order);
      const older = set.find(bytes, CHECKSUM_BYTES, bytes.length);
      if (older !== undefined) {
        set.remove(older);
        series.delete(older.order);
      }
      series.set(order, set.load({ bytes, start: CHECKSUM_BYTES, end: bytes.length }, order, []));
    },
    onDamage: () => damage.series++,
  });
  return series;
}

function salvageBlocks(database: DatabaseSync, set: SeriesSet, { series, damage }: Known): void {
  const orders = database.prepare("SELECT series FROM block WHERE id = ?");
  forEachRow(database, { table: "block", column: "samples" }, {
    take: (id, bytes) => {
      const order = Number(orders.get(id)?.series);
      const own = series.get(order);
      try {
        checkRow(bytes, id, order);
        if (own === undefined) throw new RangeError("Cannot read a block: its key is missing");
        putChunk(set, own, decodeBlock(bytes, set.memory));
      } catch (error) {
        if (own !== undefined) damage.addName(nameOf(own));
        throw error;
      }
    },
    onDamage: () => damage.blocks++,
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
  forEachRow(database, { table: "journal", column: "puts" }, {
    take: (id, bytes) => {
      damage.journalRows += Math.max(0, id - last - 1);
      last = id;
      checkRow(bytes, id);
      const row = decodeJournalRow(bytes);
      for (const [index, order] of row.orders.entries()) {
        const own = series.get(order);
        if (own === undefined) continue;
        const [first, second] = [row.firsts[index]!, row.seconds[index]!];
        if (row.kind === "puts") set.put(own, first, second);
        else set.deleteSpan(own, { from: first, until: second }, []);
      }
    },
    onDamage: () => damage.journalRows++,
  });
}

function nameOf({ keyPage, keyStart, keyEnd }: Series): string {
  return new TextDecoder().decode(keyPage.subarray(keyStart, keyEnd));
}

// Steps from key to key, so that a damaged page costs only its own rows.
function forEachRow(
  database: DatabaseSync,
  { table, column }: { readonly table: string; readonly column: string },
  { take, onDamage }: {
    readonly take: (id: number, bytes: Uint8Array) => void;
    readonly onDamage: () => void;
  },
): void {
  const next = database.prepare(
    `SELECT id, ${column} AS bytes FROM ${table} WHERE id > ? ORDER BY id LIMIT 1`,
  );
  let skipped = 1;
  for (let after = -1; after < Number.MAX_SAFE_INTEGER;) {
    try {
      const row = next.get(after);
      if (row === undefined) return;
      after = Number(row.id);
      skipped = 1;
      if (!(row.bytes instanceof Uint8Array)) throw new RangeError("Cannot read a row: it has no bytes");
      take(after, row.bytes);
    } catch (error) {
      if (!isDamage(error)) throw error;
      onDamage();
      // After an unreadable page the next key is unknown, so it is looked for in growing steps.
      if (!(error instanceof RangeError)) {
        after += skipped;
        skipped *= 2;
      }
    }
  }
}

// SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_IOERR (https://www.sqlite.org/rescode.html).
function isDamage(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
  return error instanceof RangeError || code === 11 || code === 26 || code === 10;
}

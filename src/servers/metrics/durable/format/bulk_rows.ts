// Reads many small rows fast. A step over a row costs 3 µs on Deno 2.9.6, ten times the work done with it
// here, so SQLite itself joins thousands of rows into one.

import type { DatabaseSync, StatementSync } from "node:sqlite";

const ROWS_AT_ONCE = 8_192;

/** The rows of a table: a number, perhaps another one, and bytes. */
export interface BulkTable {
  /** Name of the table; its key is `id`. */
  readonly table: "block" | "series";
  /** Column with the second number; none if it is absent. */
  readonly number?: string;
  /** Column with the bytes. */
  readonly bytes: string;
}

/** One row; the record is reused for the next one. */
export interface BulkRow {
  /** The key. */
  readonly id: number;
  /** The second number; 0 if the table has none. */
  readonly number: number;
  /** The array that holds the bytes. */
  readonly bytes: Uint8Array;
  /** Offset of the first byte. */
  readonly start: number;
  /** Offset after the last byte. */
  readonly end: number;
}

/**
 * Reads all rows in ascending order of their keys.
 *
 * @throws {RangeError} when a number or the bytes are malformed
 */
export function readRows(database: DatabaseSync, table: BulkTable, take: (row: BulkRow) => void): void {
  const queries = {
    dense: database.prepare(queryOf(table, "NULL")),
    sparse: database.prepare(queryOf(table, "CAST(group_concat(id) AS BLOB)")),
  };
  for (let last: number | undefined = -1; last !== undefined;) last = readPiece(queries, last, take);
}

// Any number or text is less than any blob, so the type of the least says enough; NULL has no length and is missed there.
// Numbers come as text, one text for each column: to join the columns of a row first takes half as long again.
function queryOf({ table, number, bytes }: BulkTable, ids: string): string {
  const numbers = number === undefined ? "NULL" : `CAST(group_concat(number) AS BLOB)`;
  return `
    SELECT min(id) AS first, max(id) AS last, count(*) AS count, typeof(min(bytes)) AS type,
      ${ids} AS ids, ${numbers} AS numbers, CAST(group_concat(length(bytes)) AS BLOB) AS lengths,
      CAST(group_concat(bytes, '') AS BLOB) AS joined
    FROM (SELECT id, ${number ?? "NULL"} AS number, ${bytes} AS bytes FROM ${table}
      WHERE id > ? ORDER BY id LIMIT ${ROWS_AT_ONCE})`;
}

// Most keys follow each other; writing them out as text would take a third of the time.
interface PieceQueries {
  readonly dense: StatementSync;
  readonly sparse: StatementSync;
}

function readPiece(
  { dense, sparse }: PieceQueries,
  after: number,
  take: (row: BulkRow) => void,
): number | undefined {
  let piece = dense.get(after) ?? {};
  const { first, last, count } = piece;
  if (typeof first !== "number" || typeof last !== "number" || typeof count !== "number") return undefined;
  if (last - first + 1 !== count) piece = sparse.get(after) ?? {};
  const [ids, numbers, lengths] = [piece.ids, piece.numbers, piece.lengths].map(readerOf);
  if (piece.type !== "blob" || lengths === undefined) throw new RangeError("Cannot load: a row has no bytes");
  const bytes = piece.joined instanceof Uint8Array ? piece.joined : new Uint8Array(0);
  const row = { id: first - 1, number: 0, bytes, start: 0, end: 0 };
  for (let index = 0; index < count; index++) {
    row.id = ids === undefined ? row.id + 1 : ids.read();
    if (numbers !== undefined) row.number = numbers.read();
    row.start = row.end;
    row.end += lengths.read();
    take(row);
  }
  if (row.end !== bytes.length) throw new RangeError("Cannot load: rows have other lengths than they say");
  return last;
}

function readerOf(text: unknown): NumberReader | undefined {
  return text instanceof Uint8Array ? new NumberReader(text) : undefined;
}

const ZERO = 0x30;

/** Reads whole numbers from text, one after the other, without a text for each. */
class NumberReader {
  readonly #text: Uint8Array;
  #position = 0;

  constructor(text: Uint8Array) {
    this.#text = text;
  }

  read(): number {
    const text = this.#text;
    let value = 0;
    let position = this.#position;
    for (; position < text.length; position++) {
      const digit = text[position]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    // One sign follows each number; anything else in its place spoils this number and the next.
    if (position === this.#position || value > Number.MAX_SAFE_INTEGER) {
      throw new RangeError("Cannot load: a number is none");
    }
    this.#position = position + 1;
    return value;
  }
}

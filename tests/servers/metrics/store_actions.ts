// Puts, reads and deletes with texts, for tests of stores.

import {
  ALL_TIME,
  type ByteRange,
  type KeySink,
  type MetricStore,
  type PutOutcome,
  type RowSink,
  type TimeSpan,
} from "../../../src/servers/metrics/store.ts";

/** Puts one sample and commits it. */
export async function putOne(
  store: MetricStore,
  key: string,
  value: number,
  timestamp: number,
): Promise<PutOutcome> {
  const outcome = await putUncommitted(store, key, value, timestamp);
  await store.commit();
  return outcome;
}

/** Puts one sample. */
export async function putUncommitted(
  store: MetricStore,
  key: string,
  value: number,
  timestamp: number,
): Promise<PutOutcome> {
  const bytes = new TextEncoder().encode(key);
  return await store.put({ bytes, keyStart: 0, keyEnd: bytes.length, value, timestamp });
}

/** How rows are read. */
export interface ReadRowsOptions {
  /** The number of rows after which the sink is full; default never. */
  readonly pieceRows?: number;
  /** Default all of time. */
  readonly span?: TimeSpan;
}

/** Reads rows as `key value timestamp`. */
export async function readRows(
  store: MetricStore,
  name: string,
  { pieceRows = Infinity, span = ALL_TIME }: ReadRowsOptions = {},
): Promise<string[]> {
  const reader = await store.openRows(rangeOf(name), span);
  const rows: string[] = [];
  let left = pieceRows;
  const sink: RowSink = {
    get isFull(): boolean {
      return left === 0;
    },
    addRow(keyBytes, keyStart, keyEnd, value, timestamp): void {
      left--;
      rows.push(`${new TextDecoder().decode(keyBytes.slice(keyStart, keyEnd))} ${value} ${timestamp}`);
    },
  };
  while (!(await reader.fill(sink))) left = pieceRows;
  return rows;
}

/** Reads the keys that a pattern matches; the sink is full after this many. */
export async function readKeys(
  store: MetricStore,
  pattern: string,
  pieceKeys: number = Infinity,
): Promise<string[]> {
  const reader = await store.openKeys(rangeOf(pattern));
  const keys: string[] = [];
  let left = pieceKeys;
  const sink: KeySink = {
    get isFull(): boolean {
      return left === 0;
    },
    addKey(bytes, keyStart, keyEnd): void {
      left--;
      keys.push(new TextDecoder().decode(bytes.slice(keyStart, keyEnd)));
    },
  };
  while (!(await reader.fill(sink))) left = pieceKeys;
  return keys;
}

/** Deletes, and commits that. */
export async function deleteFrom(
  store: MetricStore,
  name: string,
  span: TimeSpan = ALL_TIME,
): Promise<void> {
  await store.delete(rangeOf(name), span);
  await store.commit();
}

/** A name as a range of bytes. */
export function rangeOf(text: string): ByteRange {
  const bytes = new TextEncoder().encode(text);
  return { bytes, start: 0, end: bytes.length };
}

// The journal row of one commit: puts, or deletions, in the order of their arrival. A row is room for a
// checksum (4 bytes), the count of its entries (4 bytes, the highest bit set for deletions), then three
// columns of that many numbers: timestamps and values, or first and last seconds (doubles), and orders of the
// series (32 bits); little-endian.

import type { TimeSpan } from "../store.ts";
import type { Series } from "../samples/series.ts";

const HEADER_BYTES = 8;
const BYTES_PER_ENTRY = 20;
const FIRST_CAPACITY = 1_024;
const DELETIONS = 2 ** 31;

/** The puts, or the deletions, since the last commit: a group has entries of one kind. */
export class JournalGroup {
  /** The number of entries. */
  count = 0;
  #isDeleting = false;
  #series: Series[] = [];
  #firsts = new Float64Array(FIRST_CAPACITY);
  #seconds = new Float64Array(FIRST_CAPACITY);
  #orders = new Uint32Array(FIRST_CAPACITY);

  /** Whether it has puts. */
  get hasPuts(): boolean {
    return this.count > 0 && !this.#isDeleting;
  }

  /** Whether it has deletions. */
  get hasDeletions(): boolean {
    return this.count > 0 && this.#isDeleting;
  }

  /** Takes one put; there must be no deletion. */
  addPut(series: Series, timestamp: number, value: number): void {
    this.#isDeleting = false;
    this.#add(series, timestamp, value);
  }

  /** Takes one deletion; there must be no put. */
  addDeletion(series: Series, { from, until }: TimeSpan): void {
    this.#isDeleting = true;
    this.#add(series, from, until);
  }

  /** The row for the journal; its first bytes are room for a checksum. */
  encode(): Uint8Array {
    const { count } = this;
    const row = new Uint8Array(HEADER_BYTES + count * BYTES_PER_ENTRY);
    new Uint32Array(row.buffer)[1] = count + (this.#isDeleting ? DELETIONS : 0);
    new Float64Array(row.buffer, HEADER_BYTES, count).set(this.#firsts.subarray(0, count));
    new Float64Array(row.buffer, HEADER_BYTES + count * 8, count).set(this.#seconds.subarray(0, count));
    new Uint32Array(row.buffer, HEADER_BYTES + count * 16, count).set(this.#orders.subarray(0, count));
    return row;
  }

  /** Gives the entries in order: timestamps and values, or first and last seconds. */
  forEach(take: (series: Series, first: number, second: number) => void): void {
    const { count } = this;
    for (let index = 0; index < count; index++) {
      take(this.#series[index]!, this.#firsts[index]!, this.#seconds[index]!);
    }
  }

  /** Forgets the entries, and frees the memory of one large group. */
  clear(): void {
    this.count = 0;
    this.#series.length = 0;
  }

  #add(series: Series, first: number, second: number): void {
    if (this.count === this.#firsts.length) this.#grow();
    this.#series[this.count] = series;
    this.#firsts[this.count] = first;
    this.#seconds[this.count] = second;
    this.#orders[this.count] = series.order;
    this.count++;
  }

  #grow(): void {
    const capacity = this.#firsts.length * 2;
    this.#firsts = copyInto(new Float64Array(capacity), this.#firsts);
    this.#seconds = copyInto(new Float64Array(capacity), this.#seconds);
    const orders = new Uint32Array(capacity);
    orders.set(this.#orders);
    this.#orders = orders;
  }
}

function copyInto(target: Float64Array<ArrayBuffer>, source: Float64Array): Float64Array<ArrayBuffer> {
  target.set(source);
  return target;
}

/** The entries of one row of the journal, in order. */
export interface JournalRow {
  /** Their kind. */
  readonly kind: "puts" | "deletions";
  /** Seconds since 1970: the time of a put, or the first second of a deletion. */
  readonly firsts: Float64Array;
  /** The values of puts, or the last seconds of deletions. */
  readonly seconds: Float64Array;
  /** Orders of the series. */
  readonly orders: Uint32Array;
}

/** Reads a row of the journal. @throws {RangeError} when it is malformed */
export function decodeJournalRow(bytes: Uint8Array): JournalRow {
  // The columns need aligned memory, which bytes from elsewhere may not have.
  const { buffer } = bytes.slice();
  const mark = bytes.length < HEADER_BYTES ? NaN : new DataView(buffer).getUint32(4, true);
  const count = mark % DELETIONS;
  if (bytes.length !== HEADER_BYTES + count * BYTES_PER_ENTRY) {
    throw new RangeError(`Cannot read a row of the journal: ${bytes.length} bytes for ${count} entries`);
  }
  return {
    kind: mark >= DELETIONS ? "deletions" : "puts",
    firsts: new Float64Array(buffer, HEADER_BYTES, count),
    seconds: new Float64Array(buffer, HEADER_BYTES + count * 8, count),
    orders: new Uint32Array(buffer, HEADER_BYTES + count * 16, count),
  };
}

// The puts of one commit as they stand in the journal: room for a checksum (4 bytes), the count (4 bytes), then
// three columns of that many numbers: timestamps and values (doubles), orders of the series (32 bits); little-endian.

import type { Series } from "./series.ts";

const HEADER_BYTES = 8;
const BYTES_PER_PUT = 20;
const FIRST_CAPACITY = 1_024;

/** The puts since the last commit. */
export class JournalGroup {
  /** How many puts there are. */
  count = 0;
  #series: Series[] = [];
  #timestamps = new Float64Array(FIRST_CAPACITY);
  #values = new Float64Array(FIRST_CAPACITY);
  #orders = new Uint32Array(FIRST_CAPACITY);

  /** Takes one put. */
  add(series: Series, timestamp: number, value: number): void {
    if (this.count === this.#timestamps.length) this.#grow();
    this.#series[this.count] = series;
    this.#timestamps[this.count] = timestamp;
    this.#values[this.count] = value;
    this.#orders[this.count] = series.order;
    this.count++;
  }

  /** The row for the journal; its first bytes are room for a checksum. */
  encode(): Uint8Array {
    const { count } = this;
    const row = new Uint8Array(HEADER_BYTES + count * BYTES_PER_PUT);
    new Uint32Array(row.buffer)[1] = count;
    new Float64Array(row.buffer, HEADER_BYTES, count).set(this.#timestamps.subarray(0, count));
    new Float64Array(row.buffer, HEADER_BYTES + count * 8, count).set(this.#values.subarray(0, count));
    new Uint32Array(row.buffer, HEADER_BYTES + count * 16, count).set(this.#orders.subarray(0, count));
    return row;
  }

  /** Gives the puts in order, and forgets them. */
  drain(take: (series: Series, timestamp: number, value: number) => void): void {
    const { count } = this;
    for (let index = 0; index < count; index++) {
      take(this.#series[index]!, this.#timestamps[index]!, this.#values[index]!);
    }
    this.clear();
  }

  /** Forgets the puts; memory that one large group needed is let go. */
  clear(): void {
    this.count = 0;
    this.#series.length = 0;
  }

  #grow(): void {
    const capacity = this.#timestamps.length * 2;
    this.#timestamps = copyInto(new Float64Array(capacity), this.#timestamps);
    this.#values = copyInto(new Float64Array(capacity), this.#values);
    const orders = new Uint32Array(capacity);
    orders.set(this.#orders);
    this.#orders = orders;
  }
}

function copyInto(target: Float64Array<ArrayBuffer>, source: Float64Array): Float64Array<ArrayBuffer> {
  target.set(source);
  return target;
}

/** The puts of one row of the journal, in order. */
export interface JournalRow {
  /** Seconds since 1970. */
  readonly timestamps: Float64Array;
  /** The values. */
  readonly values: Float64Array;
  /** Orders of the series. */
  readonly orders: Uint32Array;
}

/** Reads a row of the journal. @throws {RangeError} when it is none */
export function decodeJournalRow(bytes: Uint8Array): JournalRow {
  // The columns need aligned memory, which bytes from elsewhere may not have.
  const { buffer } = bytes.slice();
  const count = bytes.length < HEADER_BYTES ? NaN : new DataView(buffer).getUint32(4, true);
  if (bytes.length !== HEADER_BYTES + count * BYTES_PER_PUT) {
    throw new RangeError(`Cannot read a row of the journal: ${bytes.length} bytes for ${count} puts`);
  }
  return {
    timestamps: new Float64Array(buffer, HEADER_BYTES, count),
    values: new Float64Array(buffer, HEADER_BYTES + count * 8, count),
    orders: new Uint32Array(buffer, HEADER_BYTES + count * 16, count),
  };
}

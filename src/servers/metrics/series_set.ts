import { KeyTable } from "./key_table.ts";
import { Series } from "./series.ts";
import { SlabMemory } from "./slab_memory.ts";
import type { Chunk } from "./chunk.ts";
import type { ByteRange, RowReader, RowSink } from "./store.ts";

/** All series in memory, with their keys, in the order of first puts. */
export class SeriesSet {
  /** How many samples there are in all series together. */
  sampleCount = 0;
  /** Where the samples are; chunks from storage are made in it. */
  readonly memory: SlabMemory = new SlabMemory();
  #keys: KeyTable;
  #series: Series[] = [];
  #nextOrder = 1;

  /** Makes an empty set. @param seed see {@linkcode KeyTable} */
  constructor(seed: number) {
    this.#keys = new KeyTable(seed);
  }

  /** How many series there are. */
  get seriesCount(): number {
    return this.#series.length;
  }

  /** The series in the order of first puts; do not change. */
  get all(): readonly Series[] {
    return this.#series;
  }

  /** The series of a key. */
  find(bytes: Uint8Array, keyStart: number, keyEnd: number): Series | undefined {
    const index = this.#keys.find(bytes, keyStart, keyEnd);
    return index < 0 ? undefined : this.#series[index];
  }

  /** Adds a series for a key that has none. */
  add(bytes: Uint8Array, keyStart: number, keyEnd: number): Series {
    return this.#addSeries({ bytes, start: keyStart, end: keyEnd }, new Series(this.#nextOrder, this.memory));
  }

  /** Adds a series from storage; orders must ascend. */
  load(key: Uint8Array, order: number, chunks: Chunk[]): Series {
    const series = new Series(order, this.memory, chunks);
    for (const chunk of chunks) this.sampleCount += chunk.length;
    return this.#addSeries({ bytes: key, start: 0, end: key.length }, series);
  }

  /** Makes orders before one impossible for series to come. */
  reserveOrder(order: number): void {
    this.#nextOrder = Math.max(this.#nextOrder, order);
  }

  /** Sets a sample in a series of this set; true when it is new. */
  put(series: Series, timestamp: number, value: number): boolean {
    const isNew = series.put(timestamp, value);
    if (isNew) this.sampleCount++;
    return isNew;
  }

  /** A copy of the key of the series at an index of {@linkcode SeriesSet.all}. */
  keyAt(index: number): Uint8Array {
    return this.#keys.arena.slice(this.#keys.startOf(index), this.#keys.endOf(index));
  }

  /** Index in {@linkcode SeriesSet.all} of the first series with this order or a later one. */
  indexOfOrder(order: number): number {
    let low = 0;
    let high = this.#series.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#series[middle]!.order < order) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Removes all samples before a timestamp and returns the numbers of the blocks that no chunk has any more. */
  dropBefore(timestamp: number): number[] {
    const goneBlockIds: number[] = [];
    for (const series of this.#series) this.sampleCount -= series.dropBefore(timestamp, goneBlockIds);
    return goneBlockIds;
  }

  /** Forgets the series without samples and returns their orders. */
  dropEmpty(): number[] {
    const kept: number[] = [];
    const dropped: number[] = [];
    for (const [index, series] of this.#series.entries()) {
      if (!series.isEmpty) {
        kept.push(index);
        continue;
      }
      dropped.push(series.order);
      series.release();
    }
    if (dropped.length === 0) return dropped;
    this.#keys = this.#keys.pick(kept);
    this.#series = kept.map((index) => this.#series[index]!);
    return dropped;
  }

  /** Opens the rows of one key or of all keys, from a timestamp on. */
  openRows(key: ByteRange | "all", fromTimestamp: number): RowReader {
    if (key === "all") return new AllRows(this, fromTimestamp);
    const series = this.find(key.bytes, key.start, key.end);
    if (series === undefined) return NO_ROWS;
    return new SeriesRows(series, key.bytes.slice(key.start, key.end), fromTimestamp);
  }

  /** Writes rows of the series at an index; see {@linkcode Series.writeRows}. */
  writeRowsAt(index: number, sink: RowSink, from: number): number | undefined {
    const keys = this.#keys;
    const key = { bytes: keys.arena, start: keys.startOf(index), end: keys.endOf(index) };
    return this.#series[index]!.writeRows(sink, key, from);
  }

  #addSeries(key: ByteRange, series: Series): Series {
    this.#keys.add(key.bytes, key.start, key.end);
    this.#series.push(series);
    this.#nextOrder = series.order + 1;
    return series;
  }
}

const NO_ROWS: RowReader = { fill: () => true };

class SeriesRows implements RowReader {
  readonly #series: Series;
  readonly #key: ByteRange;
  #from: number;

  constructor(series: Series, key: Uint8Array, from: number) {
    this.#series = series;
    this.#key = { bytes: key, start: 0, end: key.length };
    this.#from = from;
  }

  fill(sink: RowSink): boolean {
    const next = this.#series.writeRows(sink, this.#key, this.#from);
    if (next === undefined) return true;
    this.#from = next;
    return false;
  }
}

// The place is kept as order and timestamp: both outlive puts and dropped series between two pieces.
class AllRows implements RowReader {
  readonly #set: SeriesSet;
  readonly #firstTimestamp: number;
  #order = 0;
  #from: number;

  constructor(set: SeriesSet, from: number) {
    this.#set = set;
    this.#firstTimestamp = from;
    this.#from = from;
  }

  fill(sink: RowSink): boolean {
    const set = this.#set;
    for (let index = set.indexOfOrder(this.#order); index < set.seriesCount; index++) {
      const { order } = set.all[index]!;
      if (order !== this.#order) {
        this.#order = order;
        this.#from = this.#firstTimestamp;
      }
      const next = set.writeRowsAt(index, sink, this.#from);
      if (next !== undefined) {
        this.#from = next;
        return false;
      }
      this.#order = order + 1;
      this.#from = this.#firstTimestamp;
    }
    return true;
  }
}

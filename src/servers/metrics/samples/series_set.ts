import { hasWildcard, KeyPattern, meansAll } from "../protocol/key_pattern.ts";
import { type ByteRange, StoreRefusal, type TimeSpan } from "../store.ts";
import type { Chunk } from "./chunk.ts";
import { KeyMemory } from "./key_memory.ts";
import { KeyTable } from "./key_table.ts";
import { Series } from "./series.ts";
import { SlabMemory } from "./slab_memory.ts";

/** The series that a name means: one, those whose keys match a pattern, or all. */
export type Selection =
  | { readonly kind: "one"; readonly series: Series }
  | { readonly kind: "none" }
  | { readonly kind: "many"; readonly pattern: KeyPattern | undefined };

/** All series in memory, with their keys, in the order of first puts. */
export class SeriesSet {
  /** The number of samples in all series together. */
  sampleCount = 0;
  /** The memory for samples; chunks from storage are made in it. */
  readonly memory: SlabMemory = new SlabMemory();
  readonly #keyMemory = new KeyMemory();
  readonly #keys: KeyTable<Series>;
  #first: Series | undefined;
  #last: Series | undefined;
  #nextOrder = 1;

  /** Makes an empty set. @param seed see {@linkcode KeyTable} */
  constructor(seed: number) {
    this.#keys = new KeyTable(seed);
  }

  /** The number of series. */
  get seriesCount(): number {
    return this.#keys.count;
  }

  /** The series that was put first; `next` of each leads to the others. */
  get first(): Series | undefined {
    return this.#first;
  }

  /** The series of a key. */
  find(bytes: Uint8Array, keyStart: number, keyEnd: number): Series | undefined {
    return this.#keys.find(bytes, keyStart, keyEnd);
  }

  /** Adds a series for a key that has none. */
  add(bytes: Uint8Array, keyStart: number, keyEnd: number): Series {
    return this.#addSeries({ bytes, start: keyStart, end: keyEnd }, this.#nextOrder, []);
  }

  /** Makes room for this many series, because a growing table is filled anew each time. */
  reserve(seriesCount: number): void {
    this.#keys.reserve(seriesCount);
  }

  /** Adds a series from storage for a key that has none; orders must ascend. */
  load(key: ByteRange, order: number, chunks: Chunk[]): Series {
    for (const chunk of chunks) this.sampleCount += chunk.length;
    return this.#addSeries(key, order, chunks);
  }

  /** Removes a series without samples. */
  remove(series: Series): void {
    const { previous, next } = series;
    this.#keys.remove(series);
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    this.#keyMemory.give({ page: series.keyPage, start: series.keyStart }, series.keyEnd - series.keyStart);
    series.release();
  }

  /** Makes sure that later series get orders from this one on. */
  reserveOrder(order: number): void {
    this.#nextOrder = Math.max(this.#nextOrder, order);
  }

  /** Sets a sample in a series of this set; true if it is new. */
  put(series: Series, timestamp: number, value: number): boolean {
    const isNew = series.put(timestamp, value);
    if (isNew) this.sampleCount++;
    return isNew;
  }

  /** Removes samples of a series; see {@linkcode Series.deleteSpan}. */
  deleteSpan(series: Series, span: TimeSpan, goneBlockIds: number[]): void {
    this.sampleCount -= series.deleteSpan(span, goneBlockIds);
  }

  /** Finds the current meaning of a name. @throws {StoreRefusal} for a pattern that is too long */
  select(name: ByteRange): Selection {
    if (meansAll(name)) return { kind: "many", pattern: undefined };
    const series = this.find(name.bytes, name.start, name.end);
    if (series !== undefined) return { kind: "one", series };
    return hasWildcard(name) ? this.selectPattern(name) : { kind: "none" };
  }

  /** Finds the meaning of a pattern; without wildcards it is a key. @throws {StoreRefusal} if it is too long */
  selectPattern(pattern: ByteRange): Selection {
    if (meansAll(pattern) || !hasWildcard(pattern)) return this.select(pattern);
    try {
      return { kind: "many", pattern: new KeyPattern(pattern) };
    } catch (cause) {
      throw new StoreRefusal("pattern too long", { cause });
    }
  }

  #addSeries({ bytes, start, end }: ByteRange, order: number, chunks: Chunk[]): Series {
    const room = this.#keyMemory.take(end - start);
    for (let offset = 0; offset < end - start; offset++) {
      room.page[room.start + offset] = bytes[start + offset]!;
    }
    const series = new Series({ order, room, keyBytes: end - start, memory: this.memory, chunks });
    this.#keys.add(series);
    series.previous = this.#last;
    if (this.#last === undefined) this.#first = series;
    else this.#last.next = series;
    this.#last = series;
    this.#nextOrder = order + 1;
    return series;
  }
}

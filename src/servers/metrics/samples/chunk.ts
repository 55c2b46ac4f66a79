import type { Slab, SlabMemory } from "./slab_memory.ts";

// Most series of a large set have few samples; room doubles from here.
const FIRST_CAPACITY = 8;

/** The number of samples in a full chunk: 6 KiB, so a busy series wastes at most that much. */
export const CHUNK_CAPACITY = 512;

/** The largest distance from the origin that half a double can hold. */
export const MAX_NARROW_OFFSET = 2 ** 32 - 1;

/**
 * The list with one more chunk at its end; use only the returned list from then on. To a lone chunk `push` would add room
 * for 17 more, which costs more than a chunk, and a million series may have two.
 */
export function appendChunk(chunks: Chunk[], chunk: Chunk): Chunk[] {
  if (chunks.length === 1) return [chunks[0]!, chunk];
  chunks.push(chunk);
  return chunks;
}

/**
 * A run of samples of one series in ascending order of time, in two columns.
 *
 * A timestamp is kept as its distance from the chunk's origin, in 4 bytes, which makes 12 for a sample. A chunk whose
 * timestamps span more than 136 years, or as many of another unit, becomes wide: 8 bytes for each, origin 0.
 *
 * There may be a million chunks, so each field counts. V8 keeps a number beyond 32 bits, or one that came from a division,
 * in an object of its own.
 */
export class Chunk {
  /** The array with the values; those of other chunks are in it too. */
  values: Float64Array;
  /** Offset of the first value. */
  base: number;
  /** The array with the distances from the origin. */
  offsets: Uint32Array | Float64Array;
  /** Place of the first distance in `offsets`. */
  offsetBase: number;
  /** The timestamp from which distances count. */
  origin = 0;
  /** Whether any distance can be kept, not just one up to {@linkcode MAX_NARROW_OFFSET}. */
  isWide = false;
  /** The number of samples that there is room for. */
  capacity: number;
  /** The number of samples. */
  length = 0;
  /** Number of the block that holds the chunk in a database; 0 if there is none. */
  blockId = 0;
  /** Whether the samples changed since the block was written. */
  isDirty = true;
  readonly #memory: SlabMemory;
  #slab: Slab;

  /** Makes an empty chunk. @param capacity room for this many samples, an even number; default a few, growing */
  constructor(memory: SlabMemory, capacity: number = FIRST_CAPACITY) {
    this.#memory = memory;
    const { slab, base } = memory.take(this.#sizeOf(capacity));
    this.#slab = slab;
    this.capacity = capacity;
    this.values = slab.doubles;
    this.base = base;
    this.offsets = slab.halves;
    this.offsetBase = (base + capacity) * 2;
  }

  /** Whether it is full. */
  get isFull(): boolean {
    return this.length === CHUNK_CAPACITY;
  }

  /** Seconds since 1970 of the sample at an index. */
  timestampAt(index: number): number {
    return this.origin + this.offsets[this.offsetBase + index]!;
  }

  /** A copy of the timestamps. */
  copyTimestamps(): Float64Array<ArrayBuffer> {
    const timestamps = new Float64Array(this.length);
    for (let index = 0; index < this.length; index++) timestamps[index] = this.timestampAt(index);
    return timestamps;
  }

  /** A copy of the values. */
  copyValues(): Float64Array<ArrayBuffer> {
    return this.values.slice(this.base, this.base + this.length) as Float64Array<ArrayBuffer>;
  }

  /** Fills an empty chunk. @param timestamps in ascending order @param length how many count, no more than there is room for */
  fill(timestamps: Float64Array, values: Float64Array, length: number): void {
    this.insert(0, timestamps[0]!, values[0]!);
    this.#reach(timestamps[length - 1]!);
    const { origin, offsets, offsetBase, base } = this;
    for (let index = 0; index < length; index++) {
      offsets[offsetBase + index] = timestamps[index]! - origin;
      this.values[base + index] = values[index]!;
    }
    this.length = length;
  }

  /** Index of the first sample at or after a timestamp; `length` if there is none. */
  indexOf(timestamp: number): number {
    const { offsets, offsetBase } = this;
    const offset = timestamp - this.origin;
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (offsets[offsetBase + middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Index after the last sample at or before a timestamp; 0 if there is none. */
  indexAfter(timestamp: number): number {
    const index = this.indexOf(timestamp);
    return index < this.length && this.timestampAt(index) === timestamp ? index + 1 : index;
  }

  /** Inserts a sample in front of the one at an index; the chunk must not be full. */
  insert(index: number, timestamp: number, value: number): void {
    const { length } = this;
    if (length === this.capacity) this.#move(this.capacity * 2);
    this.#reach(timestamp);
    const { values, base, offsets, offsetBase } = this;
    if (index < length) {
      values.copyWithin(base + index + 1, base + index, base + length);
      offsets.copyWithin(offsetBase + index + 1, offsetBase + index, offsetBase + length);
    }
    values[base + index] = value;
    offsets[offsetBase + index] = timestamp - this.origin;
    this.length = length + 1;
    this.isDirty = true;
  }

  /** Sets the value of the sample at an index. */
  replace(index: number, value: number): void {
    this.values[this.base + index] = value;
    this.isDirty = true;
  }

  /** Moves the samples from an index on into a new chunk. */
  splitAt(index: number): Chunk {
    const upper = new Chunk(this.#memory, CHUNK_CAPACITY);
    for (let at = index; at < this.length; at++) {
      upper.insert(at - index, this.timestampAt(at), this.values[this.base + at]!);
    }
    this.length = index;
    this.isDirty = true;
    return upper;
  }

  /** Removes the samples from an index up to, but not including, another. */
  remove(start: number, end: number): void {
    const { values, base, offsets, offsetBase, length } = this;
    values.copyWithin(base + start, base + end, base + length);
    offsets.copyWithin(offsetBase + start, offsetBase + end, offsetBase + length);
    this.length = length - (end - start);
    this.isDirty = true;
  }

  /** Gives back the room; the chunk must not be used any longer. */
  release(): void {
    this.#memory.give({ slab: this.#slab, base: this.base }, this.#sizeOf(this.capacity));
  }

  // Makes the distance of a timestamp one that can be kept.
  #reach(timestamp: number): void {
    if (this.isWide) return;
    if (this.length === 0) {
      this.origin = timestamp;
      return;
    }
    const first = Math.min(timestamp, this.timestampAt(0));
    const last = Math.max(timestamp, this.timestampAt(this.length - 1));
    if (last - first > MAX_NARROW_OFFSET) this.#widen();
    else if (first < this.origin || last - this.origin > MAX_NARROW_OFFSET) this.#countFrom(first);
  }

  #countFrom(origin: number): void {
    const shift = this.origin - origin;
    for (let index = 0; index < this.length; index++) this.offsets[this.offsetBase + index]! += shift;
    this.origin = origin;
  }

  #widen(): void {
    const timestamps = this.copyTimestamps();
    const values = this.copyValues();
    this.release();
    this.isWide = true;
    this.origin = 0;
    this.#take(this.capacity);
    this.values.set(values, this.base);
    this.offsets.set(timestamps, this.offsetBase);
  }

  #move(capacity: number): void {
    const { values, base, offsets, offsetBase, length } = this;
    const room = { slab: this.#slab, base };
    const size = this.#sizeOf(this.capacity);
    this.#take(capacity);
    for (let index = 0; index < length; index++) {
      this.values[this.base + index] = values[base + index]!;
      this.offsets[this.offsetBase + index] = offsets[offsetBase + index]!;
    }
    this.#memory.give(room, size);
  }

  #take(capacity: number): void {
    const { slab, base } = this.#memory.take(this.#sizeOf(capacity));
    this.#slab = slab;
    this.capacity = capacity;
    this.values = slab.doubles;
    this.base = base;
    this.offsets = this.isWide ? slab.doubles : slab.halves;
    this.offsetBase = this.isWide ? base + capacity : (base + capacity) * 2;
  }

  // In doubles. The shift keeps a whole number whole for V8.
  #sizeOf(capacity: number): number {
    return this.isWide ? capacity * 2 : (capacity * 3) >>> 1;
  }
}

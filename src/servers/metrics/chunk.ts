import type { Room, SlabMemory } from "./slab_memory.ts";

// Most series of a large set have few samples; room is doubled from here.
const FIRST_CAPACITY = 8;

/** How many samples a full chunk holds: 8 KiB, so a busy series wastes at most that much. */
export const CHUNK_CAPACITY = 512;

/**
 * A run of samples of one series in ascending order of time, in two columns: timestamps from `base` on, values from
 * `base + capacity` on.
 */
export class Chunk {
  /** The array with the columns; other chunks are in it too. */
  data: Float64Array;
  /** Offset of the first timestamp. */
  base: number;
  /** How many samples there is room for, a power of two. */
  capacity: number;
  /** How many samples there are. */
  length = 0;
  /** Number of the block that holds the chunk in a database; 0 when there is none. */
  blockId = 0;
  /** Whether the samples changed since the block was written. */
  isDirty = true;
  readonly #memory: SlabMemory;

  /** Makes an empty chunk. @param capacity room for this many samples, a power of two; default a few, growing */
  constructor(memory: SlabMemory, capacity: number = FIRST_CAPACITY) {
    const room = memory.take(capacity * 2);
    this.#memory = memory;
    this.data = room.slab;
    this.base = room.base;
    this.capacity = capacity;
  }

  /** Whether no further sample can be taken. */
  get isFull(): boolean {
    return this.length === CHUNK_CAPACITY;
  }

  /** Seconds since 1970 of the sample at an index. */
  timestampAt(index: number): number {
    return this.data[this.base + index]!;
  }

  /** The timestamps; valid until the next change. */
  timestamps(): Float64Array {
    return this.data.subarray(this.base, this.base + this.length);
  }

  /** The values; valid until the next change. */
  values(): Float64Array {
    const start = this.base + this.capacity;
    return this.data.subarray(start, start + this.length);
  }

  /** Index of the first sample at or after a timestamp; `length` when there is none. */
  indexOf(timestamp: number): number {
    const { data, base } = this;
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (data[base + middle]! < timestamp) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Inserts a sample in front of the one at an index; the chunk must not be full. */
  insert(index: number, timestamp: number, value: number): void {
    if (this.length === this.capacity) this.#grow();
    const { data, base, capacity, length } = this;
    if (index < length) {
      data.copyWithin(base + index + 1, base + index, base + length);
      data.copyWithin(base + capacity + index + 1, base + capacity + index, base + capacity + length);
    }
    data[base + index] = timestamp;
    data[base + capacity + index] = value;
    this.length = length + 1;
    this.isDirty = true;
  }

  /** Sets the value of the sample at an index. */
  replace(index: number, value: number): void {
    this.data[this.base + this.capacity + index] = value;
    this.isDirty = true;
  }

  /** Moves the samples from an index on into a new chunk. */
  splitAt(index: number): Chunk {
    const upper = new Chunk(this.#memory, CHUNK_CAPACITY);
    copy({ slab: this.data, base: this.base + index }, upper, this.length - index);
    const upperValues = { data: upper.data, base: upper.base + CHUNK_CAPACITY };
    copy({ slab: this.data, base: this.base + this.capacity + index }, upperValues, this.length - index);
    upper.length = this.length - index;
    this.length = index;
    this.isDirty = true;
    return upper;
  }

  /** Removes a number of samples from the start. */
  dropFirst(count: number): void {
    const { data, base, capacity, length } = this;
    data.copyWithin(base, base + count, base + length);
    data.copyWithin(base + capacity, base + capacity + count, base + capacity + length);
    this.length = length - count;
    this.isDirty = true;
  }

  /** Gives the room back; the chunk must not be used any more. */
  release(): void {
    this.#memory.give({ slab: this.data, base: this.base }, this.capacity * 2);
  }

  #grow(): void {
    const old = { slab: this.data, base: this.base };
    const { capacity } = this;
    const room = this.#memory.take(capacity * 4);
    this.data = room.slab;
    this.base = room.base;
    this.capacity = capacity * 2;
    copy(old, this, this.length);
    copy(
      { slab: old.slab, base: old.base + capacity },
      { data: room.slab, base: room.base + capacity * 2 },
      this.length,
    );
    this.#memory.give(old, capacity * 2);
  }
}

function copy(from: Room, to: { readonly data: Float64Array; readonly base: number }, count: number): void {
  for (let index = 0; index < count; index++) to.data[to.base + index] = from.slab[from.base + index]!;
}

// The samples of a chunk in the first few puts of a series: 4 samples are 64 bytes, which V8 keeps in its own heap.
const FIRST_CAPACITY = 4;

/** How many samples a full chunk holds: 8 KiB; so a busy series wastes at most that much. */
export const CHUNK_CAPACITY = 512;

/** A run of samples of one series in ascending order of time: two columns in one typed array. */
export class Chunk {
  /** Timestamps from 0, values from {@linkcode Chunk.capacity}. */
  data: Float64Array;
  /** How many samples there is room for. */
  capacity: number;
  /** How many samples there are. */
  length = 0;
  /** Number of the block that holds the chunk in a database; 0 when there is none. */
  blockId = 0;
  /** Whether the samples changed since the block was written. */
  isDirty = true;

  /** @param capacity room for this many samples; default a few, growing */
  constructor(capacity: number = FIRST_CAPACITY) {
    this.capacity = capacity;
    this.data = new Float64Array(capacity * 2);
  }

  /** Seconds since 1970 of the first sample; undefined in an empty chunk. */
  get firstTimestamp(): number | undefined {
    return this.length === 0 ? undefined : this.data[0];
  }

  /** Seconds since 1970 of the last sample; undefined in an empty chunk. */
  get lastTimestamp(): number | undefined {
    return this.length === 0 ? undefined : this.data[this.length - 1];
  }

  /** Whether no further sample can be taken. */
  get isFull(): boolean {
    return this.length === CHUNK_CAPACITY;
  }

  /** Index of the first sample at or after a timestamp; `length` when there is none. */
  indexOf(timestamp: number): number {
    const data = this.data;
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (data[middle]! < timestamp) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Inserts a sample in front of the one at an index; there must be room. */
  insert(index: number, timestamp: number, value: number): void {
    if (this.length === this.capacity) this.#grow();
    const { data, capacity, length } = this;
    if (index < length) {
      data.copyWithin(index + 1, index, length);
      data.copyWithin(capacity + index + 1, capacity + index, capacity + length);
    }
    data[index] = timestamp;
    data[capacity + index] = value;
    this.length = length + 1;
    this.isDirty = true;
  }

  /** Moves the samples from an index on into a new chunk. */
  splitAt(index: number): Chunk {
    const upper = new Chunk(CHUNK_CAPACITY);
    upper.data.set(this.data.subarray(index, this.length));
    upper.data.set(this.data.subarray(this.capacity + index, this.capacity + this.length), CHUNK_CAPACITY);
    upper.length = this.length - index;
    this.length = index;
    this.isDirty = true;
    return upper;
  }

  /** Removes a number of samples from the start. */
  dropFirst(count: number): void {
    const { data, capacity, length } = this;
    data.copyWithin(0, count, length);
    data.copyWithin(capacity, capacity + count, capacity + length);
    this.length = length - count;
    this.isDirty = true;
  }

  #grow(): void {
    const capacity = Math.min(this.capacity * 2, CHUNK_CAPACITY);
    const data = new Float64Array(capacity * 2);
    data.set(this.data.subarray(0, this.length));
    data.set(this.data.subarray(this.capacity, this.capacity + this.length), capacity);
    this.data = data;
    this.capacity = capacity;
  }
}

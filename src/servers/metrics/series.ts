import { Chunk, CHUNK_CAPACITY } from "./chunk.ts";
import type { SlabMemory } from "./slab_memory.ts";
import type { RowSink } from "./store.ts";

/** The samples of one key: chunks in ascending order of time; at least one, possibly empty. */
export class Series {
  /** Place in the order of first puts; never used again for another key. */
  readonly order: number;
  /** The runs of samples; only the last one may be empty. */
  chunks: Chunk[];
  /** Whether a chunk is dirty. */
  isDirty = false;
  readonly #memory: SlabMemory;
  #tail: Chunk;

  /** Makes a series. @param chunks the runs of samples from storage, in ascending order; default none */
  constructor(order: number, memory: SlabMemory, chunks: Chunk[] = []) {
    this.order = order;
    this.#memory = memory;
    this.chunks = chunks.length > 0 ? chunks : [new Chunk(memory)];
    this.#tail = this.chunks[this.chunks.length - 1]!;
  }

  /** Whether there is no sample. */
  get isEmpty(): boolean {
    return this.#tail.length === 0;
  }

  /** Sets the value at a timestamp; true when there was none before. */
  put(timestamp: number, value: number): boolean {
    this.isDirty = true;
    const tail = this.#tail;
    const length = tail.length;
    if (length !== 0 && timestamp <= tail.data[tail.base + length - 1]!) {
      return this.#putLate(timestamp, value);
    }
    if (length < tail.capacity) {
      const at = tail.base + length;
      tail.data[at] = timestamp;
      tail.data[at + tail.capacity] = value;
      tail.length = length + 1;
      tail.isDirty = true;
    } else {
      this.#append(timestamp, value);
    }
    return true;
  }

  /** Whether there is a sample at a timestamp. */
  has(timestamp: number): boolean {
    const chunk = this.chunks[this.#chunkIndexOf(timestamp)]!;
    const index = chunk.indexOf(timestamp);
    return index < chunk.length && chunk.timestampAt(index) === timestamp;
  }

  /** Gives the room of an empty series back; it must not be used any more. */
  release(): void {
    this.#tail.release();
  }

  /**
   * Removes all samples before a timestamp and returns their number.
   *
   * @param goneBlockIds is given the numbers of the blocks that no chunk has any more
   */
  dropBefore(timestamp: number, goneBlockIds: number[]): number {
    let dropped = 0;
    let gone = 0;
    for (const chunk of this.chunks) {
      const count = chunk.indexOf(timestamp);
      if (count === 0) break;
      dropped += count;
      if (count < chunk.length) {
        chunk.dropFirst(count);
        break;
      }
      if (chunk.blockId !== 0) goneBlockIds.push(chunk.blockId);
      chunk.release();
      gone++;
    }
    if (dropped === 0) return 0;
    this.isDirty = true;
    this.chunks.splice(0, gone);
    if (this.chunks.length === 0) this.chunks.push(new Chunk(this.#memory));
    this.#tail = this.chunks[this.chunks.length - 1]!;
    return dropped;
  }

  /**
   * Writes rows with timestamps from a given one on until the sink is full.
   *
   * @returns the timestamp of the last row written when the sink was full before the end, undefined when all is done
   */
  writeRows(
    sink: RowSink,
    key: { bytes: Uint8Array; start: number; end: number },
    from: number,
  ): number | undefined {
    for (let at = this.#chunkIndexOf(from); at < this.chunks.length; at++) {
      const { data, base, capacity, length } = this.chunks[at]!;
      for (let index = base + this.chunks[at]!.indexOf(from); index < base + length; index++) {
        if (sink.isFull) return data[index]!;
        sink.addRow(key.bytes, key.start, key.end, data[capacity + index]!, data[index]!);
      }
    }
    return undefined;
  }

  // The next chunk has twice the room: nothing is copied while a series grows.
  #append(timestamp: number, value: number): void {
    this.#tail = new Chunk(this.#memory, Math.min(this.#tail.capacity * 2, CHUNK_CAPACITY));
    this.chunks.push(this.#tail);
    this.#tail.insert(0, timestamp, value);
  }

  #putLate(timestamp: number, value: number): boolean {
    const at = this.#chunkIndexOf(timestamp);
    const chunk = this.chunks[at]!;
    const index = chunk.indexOf(timestamp);
    if (index < chunk.length && chunk.timestampAt(index) === timestamp) {
      chunk.replace(index, value);
      return false;
    }
    if (chunk.isFull) this.#insertIntoFull(at, index, { timestamp, value });
    else chunk.insert(index, timestamp, value);
    return true;
  }

  // At an edge of the full chunk a new one begins, so that samples that arrive backwards fill chunks too; inside, the
  // chunk is split as far up as possible, so that samples that are only a little late leave full chunks behind.
  #insertIntoFull(at: number, index: number, sample: { timestamp: number; value: number }): void {
    const chunk = this.chunks[at]!;
    if (index === 0 || index === chunk.length) {
      const between = new Chunk(this.#memory);
      between.insert(0, sample.timestamp, sample.value);
      this.chunks.splice(index === 0 ? at : at + 1, 0, between);
      return;
    }
    const splitIndex = Math.max(index, CHUNK_CAPACITY / 2);
    const upper = chunk.splitAt(splitIndex);
    chunk.insert(index, sample.timestamp, sample.value);
    this.chunks.splice(at + 1, 0, upper);
    this.#tail = this.chunks[this.chunks.length - 1]!;
  }

  // The last chunk that begins at or before the timestamp, else the first.
  #chunkIndexOf(timestamp: number): number {
    let low = 0;
    let high = this.chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.chunks[middle]!.timestampAt(0) <= timestamp) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

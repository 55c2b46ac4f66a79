import { appendChunk, Chunk, CHUNK_CAPACITY, MAX_NARROW_OFFSET } from "./chunk.ts";
import type { SlabMemory } from "./slab_memory.ts";
import type { KeyRoom } from "./key_memory.ts";
import type { Keyed } from "./key_table.ts";
import type { RowSink, TimeSpan } from "../store.ts";

/** Parts of a series. */
export interface SeriesParts {
  /** Place in the order of first puts. */
  readonly order: number;
  /** The place of the key's bytes. */
  readonly room: KeyRoom;
  /** The length of the key in bytes. */
  readonly keyBytes: number;
  /** The memory for samples. */
  readonly memory: SlabMemory;
  /** The runs of samples from storage, in ascending order. */
  readonly chunks: Chunk[];
}

/** The samples of one key: chunks in ascending order of time; at least one, possibly empty. */
export class Series implements Keyed {
  /** Place in the order of first puts; never used again for another key. */
  readonly order: number;
  /** The array that holds the key. */
  readonly keyPage: Uint8Array;
  /** Offset of the key's first byte. */
  readonly keyStart: number;
  /** Offset after the key's last byte. */
  readonly keyEnd: number;
  /** The runs of samples; only the last one may be empty. */
  chunks: Chunk[];
  /** Whether a chunk is dirty. */
  isDirty = false;
  /** Whether the series was removed from its set; its `next` still leads to those in the set. */
  isRemoved = false;
  /** The series that was put before this one. */
  previous: Series | undefined = undefined;
  /** The series that was put after this one. */
  next: Series | undefined = undefined;
  readonly #memory: SlabMemory;
  #tail: Chunk;

  /** Makes a series that is in no set yet. */
  constructor({ order, room, keyBytes, memory, chunks }: SeriesParts) {
    this.order = order;
    this.keyPage = room.page;
    this.keyStart = room.start;
    this.keyEnd = room.start + keyBytes;
    this.#memory = memory;
    this.chunks = chunks.length > 0 ? chunks : [new Chunk(memory)];
    this.#tail = this.chunks[this.chunks.length - 1]!;
  }

  /** Whether there is no sample. */
  get isEmpty(): boolean {
    return this.#tail.length === 0;
  }

  /** The number of samples. */
  get sampleCount(): number {
    let count = 0;
    for (const chunk of this.chunks) count += chunk.length;
    return count;
  }

  /** The timestamp of the first sample; Infinity if there is none. */
  get firstTimestamp(): number {
    return this.isEmpty ? Infinity : this.chunks[0]!.timestampAt(0);
  }

  /** The timestamp of the last sample; -Infinity if there is none. */
  get lastTimestamp(): number {
    return this.isEmpty ? -Infinity : this.#tail.timestampAt(this.#tail.length - 1);
  }

  /** Whether a time span may have samples: it does not lie wholly before the first or after the last. */
  overlaps({ from, until }: TimeSpan): boolean {
    return from <= until && until >= this.firstTimestamp && from <= this.lastTimestamp;
  }

  /** Sets the value at a timestamp; true if there was none before. */
  put(timestamp: number, value: number): boolean {
    this.isDirty = true;
    const tail = this.#tail;
    const length = tail.length;
    const offset = timestamp - tail.origin;
    if (length !== 0 && offset <= tail.offsets[tail.offsetBase + length - 1]!) {
      return this.#putLate(timestamp, value);
    }
    if (length !== 0 && length < tail.capacity && (offset <= MAX_NARROW_OFFSET || tail.isWide)) {
      tail.offsets[tail.offsetBase + length] = offset;
      tail.values[tail.base + length] = value;
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

  /** Gives back the room of an empty series; no sample may be put any longer. */
  release(): void {
    this.isRemoved = true;
    this.#tail.release();
  }

  /**
   * Removes the samples within a time span. @returns their number
   *
   * @param goneBlockIds gets the numbers of the blocks that no chunk has any longer
   */
  deleteSpan({ from, until }: TimeSpan, goneBlockIds: number[]): number {
    if (!this.overlaps({ from, until })) return 0;
    const kept: Chunk[] = [];
    let deleted = 0;
    for (const chunk of this.chunks) {
      const start = chunk.indexOf(from);
      const end = chunk.indexAfter(until);
      deleted += end - start;
      if (end - start < chunk.length) {
        if (end > start) chunk.remove(start, end);
        kept.push(chunk);
        continue;
      }
      if (chunk.blockId !== 0) goneBlockIds.push(chunk.blockId);
      chunk.release();
    }
    if (deleted === 0) return 0;
    this.isDirty = true;
    if (kept.length === 0) kept.push(new Chunk(this.#memory));
    this.chunks = kept;
    this.#tail = kept[kept.length - 1]!;
    return deleted;
  }

  /**
   * Writes the rows within a time span until the sink is full.
   *
   * @returns the timestamp of the last row written if the sink was full before the end, undefined when all is
   *   done
   */
  writeRows(sink: RowSink, { from, until }: TimeSpan): number | undefined {
    const { keyPage, keyStart, keyEnd } = this;
    for (let at = this.#chunkIndexOf(from); at < this.chunks.length; at++) {
      const chunk = this.chunks[at]!;
      const { values, base, offsets, offsetBase, origin, length } = chunk;
      for (let index = chunk.indexOf(from); index < length; index++) {
        const timestamp = origin + offsets[offsetBase + index]!;
        if (timestamp > until) return undefined;
        if (sink.isFull) return timestamp;
        sink.addRow(keyPage, keyStart, keyEnd, values[base + index]!, timestamp);
      }
    }
    return undefined;
  }

  // The next chunk has twice the room, so nothing is copied while a series grows.
  #append(timestamp: number, value: number): void {
    const { length, capacity } = this.#tail;
    if (length < capacity) return this.#tail.insert(length, timestamp, value);
    this.#tail = new Chunk(this.#memory, Math.min(capacity * 2, CHUNK_CAPACITY));
    this.chunks = appendChunk(this.chunks, this.#tail);
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

  // At an edge of the full chunk a new one begins, so samples that arrive in reverse order fill chunks too. Inside, the
  // chunk is split as late as possible, so samples that are only a little late leave full chunks.
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

  // The last chunk that begins at or before the timestamp, otherwise the first.
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

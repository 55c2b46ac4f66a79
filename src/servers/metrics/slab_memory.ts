// Room for samples is cut from large arrays. One typed array for each of 100,000 series costs more than the samples
// in it, in memory and in the time to make it (Deno 2.9.6: 99 against 40 bytes for a sample with 40 in each series).

const SLAB_NUMBERS = 65_536;

/** A run of numbers inside a slab. */
export interface Room {
  /** The array that holds the run. */
  readonly slab: Float64Array;
  /** Offset of the first number. */
  readonly base: number;
}

/** Hands out runs of numbers whose lengths are powers of two, and takes them back for use by others. */
export class SlabMemory {
  readonly #free = new Map<number, Room[]>();
  #slab = new Float64Array(0);
  #used = 0;

  /** Room for that many numbers, with any content. @param size a power of two, at most 65,536 */
  take(size: number): Room {
    const room = this.#free.get(size)?.pop();
    if (room !== undefined) return room;
    if (this.#used + size > this.#slab.length) {
      this.#slab = new Float64Array(SLAB_NUMBERS);
      this.#used = 0;
    }
    const base = this.#used;
    this.#used += size;
    return { slab: this.#slab, base };
  }

  /** Takes room back; it must not be used any more. */
  give(room: Room, size: number): void {
    const rooms = this.#free.get(size);
    if (rooms === undefined) this.#free.set(size, [room]);
    else rooms.push(room);
  }
}

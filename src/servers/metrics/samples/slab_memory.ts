// Room for samples is cut from large arrays. A typed array for each of 100,000 series costs more than the
// samples in it, in memory and in the time to make it (Deno 2.9.6: 99 against 40 bytes for a sample with 40
// in each series).

const SLAB_NUMBERS = 65_536;

/** A large array, which many share. */
export interface Slab {
  /** Its numbers. */
  readonly doubles: Float64Array;
  /** The same bytes as whole numbers of half the size: two for each double. */
  readonly halves: Uint32Array;
}

/** A run of numbers inside a slab. */
export interface Room {
  /** The slab that holds the run. */
  readonly slab: Slab;
  /** Offset of the first double. */
  readonly base: number;
}

/** Hands out runs of numbers of a few lengths, and takes them back for use by others. */
export class SlabMemory {
  readonly #free = new Map<number, Room[]>();
  #slab: Slab = createSlab(0);
  #used = 0;

  /** Room for that many doubles, with any content. @param size at most 65,536 */
  take(size: number): Room {
    const room = this.#free.get(size)?.pop();
    if (room !== undefined) return room;
    if (this.#used + size > this.#slab.doubles.length) {
      this.#slab = createSlab(SLAB_NUMBERS);
      this.#used = 0;
    }
    const base = this.#used;
    this.#used += size;
    return { slab: this.#slab, base };
  }

  /** Takes back room, which must not be used any longer. */
  give(room: Room, size: number): void {
    const rooms = this.#free.get(size);
    if (rooms === undefined) this.#free.set(size, [room]);
    else rooms.push(room);
  }
}

function createSlab(size: number): Slab {
  const doubles = new Float64Array(size);
  return { doubles, halves: new Uint32Array(doubles.buffer) };
}

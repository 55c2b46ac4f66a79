// The bytes of keys lie in large arrays, in runs whose lengths are multiples of eight, because a million
// small arrays would cost more than the keys in them. The next key of the same length reuses the room of a
// dropped key.

const PAGE_BYTES = 65_536;
const GRAIN_BYTES = 8;

/** The place of a key's bytes. */
export interface KeyRoom {
  /** The array that holds the run; other keys are in it too. */
  readonly page: Uint8Array;
  /** Offset of the first byte. */
  readonly start: number;
}

/** Hands out room for keys, and takes it back. */
export class KeyMemory {
  readonly #free = new Map<number, KeyRoom[]>();
  #page = new Uint8Array(0);
  #used = 0;

  /** Room for that many bytes, with any content. */
  take(bytes: number): KeyRoom {
    const size = roundUp(bytes);
    const room = this.#free.get(size)?.pop();
    if (room !== undefined) return room;
    if (this.#used + size > this.#page.length) {
      this.#page = new Uint8Array(Math.max(PAGE_BYTES, size));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += size;
    return { page: this.#page, start };
  }

  /** Takes back room, which must not be used any longer. @param bytes as in {@linkcode KeyMemory.take} */
  give(room: KeyRoom, bytes: number): void {
    const size = roundUp(bytes);
    const rooms = this.#free.get(size);
    if (rooms === undefined) this.#free.set(size, [room]);
    else rooms.push(room);
  }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / GRAIN_BYTES) * GRAIN_BYTES;
}

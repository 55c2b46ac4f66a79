// Keys stay bytes: they are found by a hash of their bytes and compared as bytes, and no string is made for them.

const FIRST_SLOTS = 1_024;
const FIRST_ARENA_BYTES = 16_384;

/**
 * A set of byte strings, numbered from 0 in the order in which they were added.
 *
 * An open-addressing table with linear probing; slot, hash and number lie side by side, so that a look-up touches one
 * cache line of the table, and the bytes of all keys lie in one arena.
 */
export class KeyTable {
  /** The bytes of all keys, one behind the other; a new array after some calls of {@linkcode KeyTable.add}. */
  arena: Uint8Array = new Uint8Array(FIRST_ARENA_BYTES);
  #ends: Uint32Array = new Uint32Array(FIRST_SLOTS / 2);
  // Two numbers for each slot: the key's number plus one (0 is a free slot) and its hash.
  #table: Int32Array = new Int32Array(FIRST_SLOTS * 2);
  #mask = FIRST_SLOTS - 1;
  #count = 0;
  readonly #seed: number;

  /** Makes an empty table. @param seed any 32-bit number that clients cannot guess, so that they cannot choose keys that collide */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** How many keys there are. */
  get count(): number {
    return this.#count;
  }

  /** Offset of a key's first byte in {@linkcode KeyTable.arena}. */
  startOf(index: number): number {
    return index === 0 ? 0 : this.#ends[index - 1]!;
  }

  /** Offset behind a key's last byte in {@linkcode KeyTable.arena}. */
  endOf(index: number): number {
    return this.#ends[index]!;
  }

  /** The number of the key, or -1 when it was never added. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const table = this.#table;
    const hash = hashBytes(bytes, start, end, this.#seed);
    for (let slot = hash & this.#mask;; slot = (slot + 1) & this.#mask) {
      const number = table[slot * 2]!;
      if (number === 0) return -1;
      if (table[slot * 2 + 1] === hash && this.#isKeyAt(number - 1, bytes, start, end)) return number - 1;
    }
  }

  /** Adds a key that {@linkcode KeyTable.find} did not find and returns its number. */
  add(bytes: Uint8Array, start: number, end: number): number {
    const index = this.#count;
    const arenaEnd = index === 0 ? 0 : this.#ends[index - 1]!;
    this.#reserve(arenaEnd + end - start);
    this.arena.set(bytes.subarray(start, end), arenaEnd);
    this.#ends[index] = arenaEnd + end - start;
    this.#count = index + 1;
    this.#insert(hashBytes(bytes, start, end, this.#seed), index);
    return index;
  }

  /** A table with only the keys whose numbers are given in ascending order; they are numbered anew. */
  pick(indexes: Iterable<number>): KeyTable {
    const picked = new KeyTable(this.#seed);
    for (const index of indexes) picked.add(this.arena, this.startOf(index), this.endOf(index));
    return picked;
  }

  #isKeyAt(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    let position = this.startOf(index);
    if (this.#ends[index]! - position !== end - start) return false;
    const arena = this.arena;
    for (let offset = start; offset < end; offset++, position++) {
      if (arena[position] !== bytes[offset]) return false;
    }
    return true;
  }

  #insert(hash: number, index: number): void {
    const table = this.#table;
    let slot = hash & this.#mask;
    while (table[slot * 2] !== 0) slot = (slot + 1) & this.#mask;
    table[slot * 2] = index + 1;
    table[slot * 2 + 1] = hash;
  }

  #reserve(arenaBytes: number): void {
    if (arenaBytes > this.arena.length) {
      const arena = new Uint8Array(Math.max(arenaBytes, this.arena.length * 2));
      arena.set(this.arena);
      this.arena = arena;
    }
    if (this.#count < this.#ends.length) return;
    const ends = new Uint32Array(this.#ends.length * 2);
    ends.set(this.#ends);
    this.#ends = ends;
    this.#growTable();
  }

  // The table always has at least twice as many slots as keys, so that probing stays short.
  #growTable(): void {
    const old = this.#table;
    this.#table = new Int32Array(old.length * 2);
    this.#mask = old.length - 1;
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] !== 0) this.#insert(old[at + 1]!, old[at]! - 1);
    }
  }
}

// FNV-1a from a secret start, with the finish of MurmurHash3: the last bytes of `cpu.1`, `cpu.2` must reach all bits.
function hashBytes(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  for (let position = start; position < end; position++) {
    hash = Math.imul(hash ^ bytes[position]!, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** A number that clients cannot guess, for the hash of the keys. */
export function createSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

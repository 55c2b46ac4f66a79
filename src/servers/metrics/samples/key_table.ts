// Keys stay bytes: they are found by a hash of their bytes and compared as bytes, without a string for them.

const FIRST_SLOTS = 1_024;

/** An entry with a key: a run of bytes inside a larger array. */
export interface Keyed {
  /** The array that holds the key. */
  readonly keyPage: Uint8Array;
  /** Offset of the key's first byte. */
  readonly keyStart: number;
  /** Offset after the key's last byte. */
  readonly keyEnd: number;
}

/**
 * Entries that are found by their keys.
 *
 * An open-addressing table with linear probing; slot, hash and number lie side by side, so that a look-up touches one
 * cache line of the table. A removed entry leaves no mark: later entries move up.
 */
export class KeyTable<Entry extends Keyed> {
  // Two numbers for each slot: the entry's number plus one (0 is a free slot) and the hash of its key.
  #table: Int32Array = new Int32Array(FIRST_SLOTS * 2);
  #mask = FIRST_SLOTS - 1;
  // Entries by number, in the order in which they were added. The garbage collector moves the objects of an array in the
  // order of the array, so series that take puts one after the other stay side by side. With the entries in the order of
  // the slots, puts to 100,000 series ran at 0.4 of the speed (Deno 2.9.6).
  readonly #entries: (Entry | undefined)[] = [];
  readonly #freeNumbers: number[] = [];
  #count = 0;
  readonly #seed: number;

  /** Makes an empty table. @param seed any 32-bit number that clients cannot guess, so that they cannot choose keys that collide */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** The number of entries. */
  get count(): number {
    return this.#count;
  }

  /** The entry with a key. */
  find(bytes: Uint8Array, start: number, end: number): Entry | undefined {
    const table = this.#table;
    const hash = hashBytes(bytes, start, end, this.#seed);
    for (let slot = hash & this.#mask;; slot = (slot + 1) & this.#mask) {
      const number = table[slot * 2]!;
      if (number === 0) return undefined;
      if (table[slot * 2 + 1] !== hash) continue;
      const entry = this.#entries[number - 1]!;
      if (hasKey(entry, bytes, start, end)) return entry;
    }
  }

  /** Makes room for this many entries. */
  reserve(count: number): void {
    let slots = this.#mask + 1;
    while (slots < count * 2) slots *= 2;
    if (slots > this.#mask + 1) this.#resize(slots);
  }

  /** Adds an entry whose key {@linkcode KeyTable.find} did not find. */
  add(entry: Entry): void {
    this.#count++;
    // The table always has at least twice as many slots as entries, so that probing stays short.
    this.reserve(this.#count);
    const number = this.#freeNumbers.pop() ?? this.#entries.length;
    this.#entries[number] = entry;
    this.#insert(hashBytes(entry.keyPage, entry.keyStart, entry.keyEnd, this.#seed), number + 1);
  }

  /** Removes an entry that is in the table. */
  remove(entry: Entry): void {
    const table = this.#table;
    let slot = hashBytes(entry.keyPage, entry.keyStart, entry.keyEnd, this.#seed) & this.#mask;
    while (this.#entries[table[slot * 2]! - 1] !== entry) slot = (slot + 1) & this.#mask;
    const number = table[slot * 2]! - 1;
    this.#entries[number] = undefined;
    this.#freeNumbers.push(number);
    this.#count--;
    this.#close(slot);
  }

  // Moves up the entries that a free slot would hide from a search (Knuth, volume 3, algorithm 6.4R).
  #close(free: number): void {
    const table = this.#table;
    let gap = free;
    for (let slot = (gap + 1) & this.#mask; table[slot * 2] !== 0; slot = (slot + 1) & this.#mask) {
      const distance = (slot - table[slot * 2 + 1]!) & this.#mask;
      if (distance < ((slot - gap) & this.#mask)) continue;
      table[gap * 2] = table[slot * 2]!;
      table[gap * 2 + 1] = table[slot * 2 + 1]!;
      gap = slot;
    }
    table[gap * 2] = 0;
  }

  #insert(hash: number, number: number): void {
    const table = this.#table;
    let slot = hash & this.#mask;
    while (table[slot * 2] !== 0) slot = (slot + 1) & this.#mask;
    table[slot * 2] = number;
    table[slot * 2 + 1] = hash;
  }

  #resize(slots: number): void {
    const old = this.#table;
    this.#table = new Int32Array(slots * 2);
    this.#mask = slots - 1;
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] !== 0) this.#insert(old[at + 1]!, old[at]!);
    }
  }
}

function hasKey(
  { keyPage, keyStart, keyEnd }: Keyed,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (keyEnd - keyStart !== end - start) return false;
  for (let own = keyStart, position = start; position < end; own++, position++) {
    if (keyPage[own] !== bytes[position]) return false;
  }
  return true;
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

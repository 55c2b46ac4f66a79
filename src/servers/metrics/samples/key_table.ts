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
 * An open-addressing table with linear probing; the hashes lie side by side, so that a look-up touches one cache line
 * of them and mostly one entry. A removed entry leaves no mark: later entries move up.
 */
export class KeyTable<Entry extends Keyed> {
  #hashes: Int32Array = new Int32Array(FIRST_SLOTS);
  #entries: (Entry | undefined)[] = createSlots(FIRST_SLOTS);
  #mask = FIRST_SLOTS - 1;
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
    const hashes = this.#hashes;
    const entries = this.#entries;
    const hash = hashBytes(bytes, start, end, this.#seed);
    for (let slot = hash & this.#mask;; slot = (slot + 1) & this.#mask) {
      const entry = entries[slot];
      if (entry === undefined) return undefined;
      if (hashes[slot] === hash && hasKey(entry, bytes, start, end)) return entry;
    }
  }

  /** Makes room for this many entries. */
  reserve(count: number): void {
    while (count * 2 > this.#entries.length) this.#grow();
  }

  /** Adds an entry whose key {@linkcode KeyTable.find} did not find. */
  add(entry: Entry): void {
    // The table always has at least twice as many slots as entries, so that probing stays short.
    if (this.#count * 2 === this.#entries.length) this.#grow();
    this.#count++;
    this.#insert(hashBytes(entry.keyPage, entry.keyStart, entry.keyEnd, this.#seed), entry);
  }

  /** Removes an entry that is in the table. */
  remove(entry: Entry): void {
    let slot = hashBytes(entry.keyPage, entry.keyStart, entry.keyEnd, this.#seed) & this.#mask;
    while (this.#entries[slot] !== entry) slot = (slot + 1) & this.#mask;
    this.#count--;
    this.#close(slot);
  }

  // Moves up the entries that a free slot would hide from a search (Knuth, volume 3, algorithm 6.4R).
  #close(free: number): void {
    const hashes = this.#hashes;
    const entries = this.#entries;
    let gap = free;
    for (let slot = (gap + 1) & this.#mask; entries[slot] !== undefined; slot = (slot + 1) & this.#mask) {
      const distance = (slot - hashes[slot]!) & this.#mask;
      if (distance < ((slot - gap) & this.#mask)) continue;
      entries[gap] = entries[slot];
      hashes[gap] = hashes[slot]!;
      gap = slot;
    }
    entries[gap] = undefined;
  }

  #insert(hash: number, entry: Entry): void {
    let slot = hash & this.#mask;
    while (this.#entries[slot] !== undefined) slot = (slot + 1) & this.#mask;
    this.#entries[slot] = entry;
    this.#hashes[slot] = hash;
  }

  #grow(): void {
    const [hashes, entries] = [this.#hashes, this.#entries];
    this.#hashes = new Int32Array(hashes.length * 2);
    this.#entries = createSlots(entries.length * 2);
    this.#mask = this.#entries.length - 1;
    for (let slot = 0; slot < entries.length; slot++) {
      const entry = entries[slot];
      if (entry !== undefined) this.#insert(hashes[slot]!, entry);
    }
  }
}

// Filled, so that the array has no holes, which would be looked up in its prototype.
function createSlots<Entry>(count: number): (Entry | undefined)[] {
  return new Array<Entry | undefined>(count).fill(undefined);
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

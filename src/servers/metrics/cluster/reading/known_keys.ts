import type { Partition } from "../../../../storage/cluster/key_slot.ts";
import { createSeed, KeyTable } from "../../samples/key_table.ts";
import type { KnownKey } from "../writing/put_batch.ts";

// Names lie in pages, because an array for each would cost more than the name.
const PAGE_BYTES = 65_536;

// Some 250 MB. Beyond it all are forgotten, and their next put asks for an unneeded number, which is all.
const MAX_KEYS = 1_000_000;

// The same on every node and for ever, because it decides the place of a key.
const PARTITION_SEED = 0x811c9dc5 | 0;

/** The keys that this process has put, with their partitions. */
export class KnownKeys {
  readonly #prefixes: readonly Uint8Array[];
  #table = new KeyTable<KnownKey>(createSeed());
  #page = new Uint8Array(PAGE_BYTES);
  #pageLength = 0;

  /** Makes a table that knows no key yet. */
  constructor(partitions: readonly Partition[]) {
    this.#prefixes = partitions.map(({ tag }) => new TextEncoder().encode(`mo:${tag}`));
  }

  /** The key of these bytes, if this process has put it. */
  find(bytes: Uint8Array, start: number, end: number): KnownKey | undefined {
    return this.#table.find(bytes, start, end);
  }

  /** Adds a key that {@linkcode KnownKeys.find} did not find; its bytes are copied. */
  add(bytes: Uint8Array, start: number, end: number): KnownKey {
    if (this.#table.count >= MAX_KEYS) this.clear();
    const partition = partitionOf({ bytes, start, end }, this.#prefixes.length);
    const prefix = this.#prefixes[partition]!;
    const nameStart = this.#reserve(prefix.length + end - start);
    const keyPage = this.#page;
    keyPage.set(prefix, nameStart);
    const keyStart = nameStart + prefix.length;
    for (let offset = 0; offset < end - start; offset++) keyPage[keyStart + offset] = bytes[start + offset]!;
    const keyEnd = keyStart + end - start;
    const key = { keyPage, nameStart, keyStart, keyEnd, partition, isRegistered: false, group: undefined };
    this.#table.add(key);
    return key;
  }

  /** Forgets all keys. */
  clear(): void {
    this.#table = new KeyTable<KnownKey>(createSeed());
  }

  #reserve(bytes: number): number {
    if (this.#pageLength + bytes > this.#page.length) {
      this.#page = new Uint8Array(Math.max(PAGE_BYTES, bytes));
      this.#pageLength = 0;
    }
    this.#pageLength += bytes;
    return this.#pageLength - bytes;
  }
}

/** The index of a key's partition: FNV-1a with the finish of MurmurHash3, part of the layout. */
export function partitionOf(
  { bytes, start, end }: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  count: number,
): number {
  let hash = PARTITION_SEED;
  for (let position = start; position < end; position++) {
    hash = Math.imul(hash ^ bytes[position]!, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % count;
}

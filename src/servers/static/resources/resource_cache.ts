import type { FileResource } from "./file_resource.ts";

/** A resource in a {@linkcode ResourceCache}. */
export interface CachedResource {
  /** The resource. */
  readonly resource: FileResource;
  /** A time before the last look at its files, in milliseconds since 1970. */
  checkedAtMs: number;
  /** Whether it was requested since it was put in. */
  isUsed: boolean;
}

/** The limits of a {@linkcode ResourceCache}. */
export interface CacheLimits {
  /** Bytes of content. */
  readonly maxBytes: number;
  /** Number of resources. */
  readonly maxEntries: number;
  /** How long files need no second look: a change shows within this time. */
  readonly freshMs: number;
}

// Bytes of the headers and objects of an entry, apart from the content.
const ENTRY_BYTES = 2_048;

/**
 * Files in memory by the canonical path of their URL.
 *
 * Beyond the limits the oldest entries go first, apart from those requested meanwhile (second chance). A hit
 * costs one look-up and one write of a boolean.
 */
export class ResourceCache {
  readonly #limits: CacheLimits;
  readonly #entries = new Map<string, CachedResource>();
  #bytes = 0;
  // Goes round from eviction to eviction. A new one would first pass the places of all deleted entries: 25 µs for each
  // file when there are more than fit (Deno 2.9.6).
  #hand: MapIterator<[string, CachedResource]> | undefined;

  /** Makes an empty cache. */
  constructor(limits: CacheLimits) {
    this.#limits = limits;
  }

  /** Bytes held, with an allowance for each entry. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Number of resources held. */
  get size(): number {
    return this.#entries.size;
  }

  /** The resource of a path, fresh or not. */
  get(key: string): FileResource | undefined {
    return this.#entries.get(key)?.resource;
  }

  /** The entry of a path, fresh or not, which counts as used. */
  use(key: string): CachedResource | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.isUsed = true;
    return entry;
  }

  /**
   * Whether a resource can be served without looking at its files.
   *
   * Files that are not in memory are looked at each time, and setting the clock back makes nothing fresh.
   */
  isFresh({ resource, checkedAtMs }: CachedResource, nowMs: number): boolean {
    const ageMs = nowMs - checkedAtMs;
    return ageMs >= 0 && ageMs < this.#limits.freshMs && resource.isInMemory;
  }

  /** The resource of a path if it is fresh; it counts as used. */
  getFresh(key: string, nowMs: number): FileResource | undefined {
    const entry = this.use(key);
    return entry !== undefined && this.isFresh(entry, nowMs) ? entry.resource : undefined;
  }

  /**
   * Keeps a resource, in place of an older one of the same path. Too large ones are not kept.
   *
   * @param checkedAtMs a time before its files were looked at, in milliseconds since 1970
   * @returns the resource, kept or not
   */
  set(key: string, resource: FileResource, checkedAtMs: number): FileResource {
    const known = this.#entries.get(key);
    if (known?.resource === resource) {
      known.checkedAtMs = checkedAtMs;
      return resource;
    }
    this.delete(key);
    const bytes = costOf(resource);
    if (bytes > this.#limits.maxBytes) return resource;
    this.#entries.set(key, { resource, checkedAtMs, isUsed: known?.isUsed ?? false });
    this.#bytes += bytes;
    this.#evict();
    return resource;
  }

  /** Forgets a path. */
  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= costOf(entry.resource);
    // An iterator that stands still would hold every older table of the map.
    this.#hand = undefined;
  }

  #evict(): void {
    while (this.#bytes > this.#limits.maxBytes || this.#entries.size > this.#limits.maxEntries) {
      const next = this.#next();
      if (next === undefined) return;
      const [key, entry] = next;
      if (entry.isUsed) {
        entry.isUsed = false;
        continue;
      }
      this.#entries.delete(key);
      this.#bytes -= costOf(entry.resource);
    }
  }

  /** The entry after the one that was looked at last; after the last one the first. */
  #next(): [string, CachedResource] | undefined {
    const next = this.#hand?.next();
    if (next !== undefined && next.done !== true) return next.value;
    this.#hand = this.#entries.entries();
    const first = this.#hand.next();
    return first.done === true ? undefined : first.value;
  }
}

function costOf({ memoryBytes }: FileResource): number {
  return memoryBytes + ENTRY_BYTES;
}

import type { FileResource } from "./file_resource.ts";

/** A resource in the cache. */
export interface CachedResource {
  /** The file. */
  readonly resource: FileResource;
  /** A time before its files were looked at last, in milliseconds since 1970. */
  readonly checkedAtMs: number;
  /** Whether it was asked for since it was put in; set by whoever takes it. */
  isUsed: boolean;
}

/** How much a {@linkcode ResourceCache} may hold. */
export interface CacheLimits {
  /** Bytes of content. */
  readonly maxBytes: number;
  /** Number of resources. */
  readonly maxEntries: number;
}

// A change of a file shows after this time at the latest.
const FRESH_MS = 1_000;

// What headers and objects of an entry take beside the content.
const ENTRY_BYTES = 2_048;

/**
 * Files in memory by the canonical path of their URL.
 *
 * What is beyond the limits goes in the order in which it came, apart from what was asked for meanwhile (second chance):
 * a hit costs one look-up and one write of a boolean.
 */
export class ResourceCache {
  readonly #limits: CacheLimits;
  readonly #entries = new Map<string, CachedResource>();
  #bytes = 0;

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
  get(key: string): CachedResource | undefined {
    return this.#entries.get(key);
  }

  /** Keeps a resource, in place of an older one of the same path. Too large ones are not kept. */
  set(key: string, resource: FileResource, checkedAtMs: number): void {
    const isUsed = this.#entries.get(key)?.isUsed ?? false;
    this.delete(key);
    const bytes = costOf(resource);
    if (bytes > this.#limits.maxBytes) return;
    this.#entries.set(key, { resource, checkedAtMs, isUsed });
    this.#bytes += bytes;
    this.#evict();
  }

  /** Forgets a path. */
  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= costOf(entry.resource);
  }

  #evict(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#bytes <= this.#limits.maxBytes && this.#entries.size <= this.#limits.maxEntries) return;
      this.#entries.delete(key);
      if (entry.isUsed) {
        entry.isUsed = false;
        // Behind all others: the loop meets it again when everything else was in use too.
        this.#entries.set(key, entry);
      } else this.#bytes -= costOf(entry.resource);
    }
  }
}

/** Whether an entry may be served without looking at its files. A clock that was set back makes nothing fresh. */
export function isFresh({ checkedAtMs }: CachedResource, nowMs: number): boolean {
  const ageMs = nowMs - checkedAtMs;
  return ageMs >= 0 && ageMs < FRESH_MS;
}

function costOf({ memoryBytes }: FileResource): number {
  return memoryBytes + ENTRY_BYTES;
}

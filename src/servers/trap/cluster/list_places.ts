import { pieceKeys } from "./list_entry.ts";

interface Place {
  readonly entries: string[];
  pieces: number;
}

/** Positions of requests in the stream, to remove them from it. */
export class ListPlaces {
  readonly #places = new Map<string, Place>();

  /** Remembers an entry of a request. @param pieces the number of its pieces of content */
  add({ id, pieces }: { readonly id: string; readonly pieces: number }, entry: string): void {
    const place = this.#places.get(id);
    if (place === undefined) this.#places.set(id, { entries: [entry], pieces });
    else {
      place.entries.push(entry);
      place.pieces = Math.max(place.pieces, pieces);
    }
  }

  /** Finds the parts of some requests in the store: entries of the stream, and keys of pieces. */
  find(ids: Iterable<string>): { readonly entries: readonly string[]; readonly keys: readonly string[] } {
    const entries: string[] = [];
    const keys: string[] = [];
    for (const id of ids) {
      const place = this.#places.get(id);
      if (place === undefined) continue;
      entries.push(...place.entries);
      keys.push(...pieceKeys(id, place.pieces));
    }
    return { entries, keys };
  }

  /** The requests whose positions are known. */
  ids(): Iterable<string> {
    return this.#places.keys();
  }

  /** Whether the position of a request is known. */
  has(id: string): boolean {
    return this.#places.has(id);
  }

  /** Forgets requests. */
  delete(ids: Iterable<string>): void {
    for (const id of ids) this.#places.delete(id);
  }

  /** Forgets all. */
  clear(): void {
    this.#places.clear();
  }
}

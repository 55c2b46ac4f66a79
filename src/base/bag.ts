/** An item of a {@linkcode Bag}. */
export interface BagItem {
  /** Its place, which only the bag reads and sets. */
  place: number;
}

/**
 * A set of items that come and go quickly, in no order.
 *
 * A Set makes a new table every few dozen changes, and the old table keeps the new one alive with all items in
 * it, until the whole heap is collected: then no item dies young. For forwarded requests that was half of the
 * collector's work (Deno 2.9.6).
 */
export class Bag<Item extends BagItem> implements Iterable<Item> {
  readonly #items: Item[] = [];

  /** The number of items. */
  get size(): number {
    return this.#items.length;
  }

  /** Adds an item, which must not be in any bag. */
  add(item: Item): void {
    item.place = this.#items.length;
    this.#items.push(item);
  }

  /** Removes an item, which must be in this bag. */
  delete(item: Item): void {
    const last = this.#items.pop()!;
    if (last === item) return;
    this.#items[item.place] = last;
    last.place = item.place;
  }

  /** The items that are there now; they may be removed meanwhile. */
  [Symbol.iterator](): IterableIterator<Item> {
    return this.#items.slice().values();
  }
}

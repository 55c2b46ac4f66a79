/** Keeps the first items of an order, from any number that come in any order. */
export class Ranking<Rank, Item extends Rank> {
  /** The kept items, in order. */
  readonly items: Item[] = [];
  readonly #compare: (a: Rank, b: Rank) => number;
  readonly #limit: number;

  /** Makes an empty ranking. @param compare as for a sort; @param limit the most items to keep */
  constructor(compare: (a: Rank, b: Rank) => number, limit: number) {
    this.#compare = compare;
    this.#limit = limit;
  }

  /** Keeps an item if it is among the first; of equal ones those that came first. @param make called only then */
  offer(rank: Rank, make: () => Item): void {
    const last = this.items[this.#limit - 1];
    if (last !== undefined && this.#compare(last, rank) <= 0) return;
    this.items.splice(this.#placeOf(rank), 0, make());
    if (this.items.length > this.#limit) this.items.pop();
  }

  /** The index of a new item: after all that are not greater. */
  #placeOf(rank: Rank): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(this.items[middle]!, rank) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

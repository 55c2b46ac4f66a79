/** Values by key, within a limit of their weight: those that were used last stay. */
export class RecentlyUsed<Value> {
  readonly #limit: number;
  // The last used one is the last.
  readonly #held = new Map<string, { readonly value: Value; readonly weight: number }>();
  #weight = 0;

  /** @param limit of the weight of all values together */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The value of a key, which counts as used. */
  get(key: string): Value | undefined {
    const held = this.#held.get(key);
    if (held === undefined) return undefined;
    this.#held.delete(key);
    this.#held.set(key, held);
    return held.value;
  }

  /** Holds a value, in place of an older one of the same key. @returns false if it is too heavy */
  set(key: string, value: Value, weight: number): boolean {
    this.#delete(key);
    if (weight > this.#limit) return false;
    for (const oldest of this.#held.keys()) {
      if (this.#weight + weight <= this.#limit) break;
      this.#delete(oldest);
    }
    this.#held.set(key, { value, weight });
    this.#weight += weight;
    return true;
  }

  /** Changes the weight of a value that is held. @returns false if it is not, or would be too heavy */
  grow(key: string, value: Value, weight: number): boolean {
    return this.#held.get(key)?.value === value && weight <= this.#limit && this.set(key, value, weight);
  }

  /** Forgets all values. */
  clear(): void {
    this.#held.clear();
    this.#weight = 0;
  }

  #delete(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    this.#weight -= held.weight;
  }
}

/** An object that holds bytes of a client. */
export interface Holder {
  /** Called when others need the bytes: it must give up the client and release them. Must not throw. */
  onEvicted(): void;
}

// With less than this part of the budget held for unfinished clients, waiting helps: others finish and free
// theirs.
const EVICTION_SHARE = 1 / 2;

/**
 * Bytes held for clients, of all kinds together: unfinished heads and content, captures, log entries.
 *
 * Bytes that have been read exist, so they can always be held. Beyond the bound, no more bytes are read until
 * there is room. If unfinished clients fill the budget, none of them could finish, so those that have held
 * longest are evicted.
 */
export class MemoryBudget {
  /** The bytes that may be held before reading stops. */
  readonly maxBytes: number;
  #heldBytes = 0;
  // Holders with a client that has not finished sending, in the order in which they began to hold.
  readonly #unfinished = new Map<Holder, number>();
  #unfinishedBytes = 0;
  // Holders that were evicted, and have not released yet.
  readonly #evicted = new Map<Holder, number>();
  #evictedBytes = 0;
  readonly #finished = new Map<Holder, number>();
  #waiting: (() => void)[] = [];

  /**
   * Makes a budget.
   *
   * @param maxBytes bytes that may be held before reading stops
   */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** The bytes held now. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Whether all reading must pause. */
  get isFull(): boolean {
    return this.#heldBytes >= this.maxBytes;
  }

  /** Whether less than half of it is held. */
  get isPlentiful(): boolean {
    return this.#heldBytes < this.maxBytes / 2;
  }

  /** Holds bytes that will be freed whatever clients do: a log entry, for example. */
  hold(bytes: number): void {
    this.#heldBytes += bytes;
  }

  /** Frees bytes that {@linkcode MemoryBudget.hold} held. */
  free(bytes: number): void {
    this.#heldBytes -= bytes;
    if (this.#waiting.length > 0 && !this.isFull) this.#wake();
  }

  /** Holds more bytes of a client; fewer if the number is negative. */
  holdFor(holder: Holder, bytes: number): void {
    if (this.#finished.has(holder)) {
      this.#finished.set(holder, this.#finished.get(holder)! + bytes);
    } else if (this.#evicted.has(holder)) {
      this.#evicted.set(holder, this.#evicted.get(holder)! + bytes);
      this.#evictedBytes += bytes;
    } else {
      this.#unfinished.set(holder, (this.#unfinished.get(holder) ?? 0) + bytes);
      this.#unfinishedBytes += bytes;
    }
    if (bytes < 0) this.free(-bytes);
    else this.hold(bytes);
  }

  /** The client has finished sending: its bytes are no longer a reason for an eviction. */
  finish(holder: Holder): void {
    const bytes = this.#unfinished.get(holder);
    if (bytes === undefined) return;
    this.#unfinished.delete(holder);
    this.#unfinishedBytes -= bytes;
    this.#finished.set(holder, bytes);
  }

  /** Frees all that is held for a client. */
  release(holder: Holder): void {
    const unfinished = this.#unfinished.get(holder) ?? 0;
    const evicted = this.#evicted.get(holder) ?? 0;
    const finished = this.#finished.get(holder) ?? 0;
    this.#unfinished.delete(holder);
    this.#evicted.delete(holder);
    this.#finished.delete(holder);
    this.#unfinishedBytes -= unfinished;
    this.#evictedBytes -= evicted;
    this.free(unfinished + evicted + finished);
  }

  /** Calls back once when there is room; until then, a long-time holder may be evicted. */
  whenRoom(callback: () => void): void {
    this.#waiting.push(callback);
    while (this.#isStuck()) this.#evictOldest();
  }

  /** Whether the budget stays full after all evicted clients have gone, while no other holder can finish. */
  #isStuck(): boolean {
    return this.#unfinished.size > 0 && this.#heldBytes - this.#evictedBytes >= this.maxBytes &&
      this.#unfinishedBytes > this.maxBytes * EVICTION_SHARE;
  }

  #evictOldest(): void {
    const [holder, bytes] = this.#unfinished.entries().next().value!;
    this.#unfinished.delete(holder);
    this.#unfinishedBytes -= bytes;
    this.#evicted.set(holder, bytes);
    this.#evictedBytes += bytes;
    holder.onEvicted();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }
}

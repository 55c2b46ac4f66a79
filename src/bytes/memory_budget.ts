import { WaitingLine } from "./waiting_line.ts";

/** An object that holds bytes of a client. */
export interface Holder {
  /** Called when others need the bytes: it must give up the client and release them. Must not throw. */
  onEvicted(): void;
}

// With less than this part of the budget held for unfinished clients, waiting helps: others finish and free
// theirs.
const EVICTION_SHARE = 1 / 2;
// With less than this part held for unread responses, they are not the reason for a full budget.
const UNREAD_SHARE = 1 / 4;
// One response must not make all others wait, even if it alone is larger than the budget.
const MAX_ARRAY_SHARE = 1 / 8;
// Responses up to this size are copies of their own. Larger arrays may be those of a cache.
const MAX_COPIED_BYTES = 16_384;

/** An array that clients have not taken yet. */
interface UnreadArray {
  readonly bytes: number;
  clients: number;
}

/**
 * Bytes held for clients, of all kinds together: unfinished heads and content, unread responses, captures, log
 * entries.
 *
 * Bytes that have been read exist, so they can always be held. Beyond the bound, no more bytes are read until
 * there is room. If unfinished clients fill the budget, none of them could finish, so those that have held
 * longest are evicted.
 */
export class MemoryBudget {
  /** The bytes that may be held before reading stops. */
  readonly maxBytes: number;
  // All held bytes apart from unread responses.
  #otherBytes = 0;
  // Holders with a client that has not finished sending, in the order in which they began to hold.
  readonly #unfinished = new Map<Holder, number>();
  #unfinishedBytes = 0;
  readonly #unreadArrays = new Map<ArrayBufferLike, UnreadArray>();
  #unreadBytes = 0;
  // Holders that were evicted, and have not released yet.
  readonly #evicted = new Map<Holder, number>();
  #evictedBytes = 0;
  readonly #finished = new Map<Holder, number>();
  // Made when a client first waits.
  #waitingForRoom: WaitingLine | undefined;
  #waitingForReaders: WaitingLine | undefined;

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
    return this.#otherBytes + this.#unreadBytes;
  }

  /** Whether all reading must pause. */
  get isFull(): boolean {
    return this.heldBytes >= this.maxBytes;
  }

  /** Whether less than half of it is held. */
  get isPlentiful(): boolean {
    return this.heldBytes < this.maxBytes / 2;
  }

  /** Whether it is full, and unread responses are a large part of it: new ones must wait. */
  get isFullOfUnread(): boolean {
    return this.#unreadBytes >= this.maxBytes * UNREAD_SHARE && this.isFull;
  }

  /** Holds bytes that will be freed whatever clients do: a log entry, for example. */
  hold(bytes: number): void {
    this.#otherBytes += bytes;
  }

  /** Frees bytes that {@linkcode MemoryBudget.hold} held. */
  free(bytes: number): void {
    this.#otherBytes -= bytes;
    this.#waitingForRoom?.wake();
    this.#waitingForReaders?.wake();
  }

  /**
   * Holds bytes that a client has not taken yet. A large array counts once, however many clients wait for it.
   *
   * @returns for {@linkcode MemoryBudget.freeUnread}: their number, or the large array in which they lie
   */
  holdUnread(bytes: Uint8Array): number | ArrayBufferLike {
    // Asking for `buffer` costs 20 ns on Deno 2.9.6.
    const unread = bytes.length <= MAX_COPIED_BYTES ? bytes.length : bytes.buffer;
    this.#unreadBytes += typeof unread === "number" ? unread : this.#shareArray(unread);
    return unread;
  }

  /** Frees bytes that {@linkcode MemoryBudget.holdUnread} held: the client has taken them, or has gone. */
  freeUnread(unread: number | ArrayBufferLike): void {
    this.#unreadBytes -= typeof unread === "number" ? unread : this.#leaveArray(unread);
    this.#waitingForRoom?.wake();
    this.#waitingForReaders?.wake();
  }

  /** One more client waits for an array. @returns the bytes that are held for it in addition */
  #shareArray(buffer: ArrayBufferLike): number {
    const known = this.#unreadArrays.get(buffer);
    if (known !== undefined) {
      known.clients++;
      return 0;
    }
    const bytes = Math.min(buffer.byteLength, this.maxBytes * MAX_ARRAY_SHARE);
    this.#unreadArrays.set(buffer, { bytes, clients: 1 });
    return bytes;
  }

  /** One client less waits for an array. @returns the bytes that are no longer held */
  #leaveArray(buffer: ArrayBufferLike): number {
    const known = this.#unreadArrays.get(buffer)!;
    known.clients--;
    if (known.clients > 0) return 0;
    this.#unreadArrays.delete(buffer);
    return known.bytes;
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
    this.#waitingForRoom ??= new WaitingLine(() => !this.isFull);
    this.#waitingForRoom.add(callback);
    while (this.#isStuck()) this.#evictOldest();
  }

  /** Calls back once when unread responses no longer fill the budget. */
  whenUnreadTaken(callback: () => void): void {
    this.#waitingForReaders ??= new WaitingLine(() => !this.isFullOfUnread);
    this.#waitingForReaders.add(callback);
  }

  /** Whether the budget stays full after all evicted clients have gone, while no other holder can finish. */
  #isStuck(): boolean {
    return this.#unfinished.size > 0 && this.heldBytes - this.#evictedBytes >= this.maxBytes &&
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
}

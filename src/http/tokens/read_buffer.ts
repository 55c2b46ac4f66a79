import { LARGE_BYTES } from "../../bytes/buffer_pool.ts";
import type { ReadBudget } from "../../bytes/byte_budget.ts";
import { freeBytes } from "../../bytes/free_bytes.ts";
import { HeldHead } from "./head/held_head.ts";
import { decodeLatin1 } from "../../bytes/latin1.ts";

// Small while a connection may be idle, because ten thousand of them may wait with a buffer each.
const SMALL_BYTES = 2_048;
const GROWTH = 4;
// If less than this part of the buffer is filled, it is larger than necessary.
const LITTLE = 1 / 8;

// The budget after the close: a later read belongs to an abandoned handler, and its buffer must not grow.
const NOTHING_LEFT: ReadBudget = { take: () => false };

/**
 * The buffer of one connection, large while reads fill it, small when little comes; and the head that lies in
 * it.
 */
export class ReadBuffer {
  /** The buffer that the next read fills from its start. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(SMALL_BYTES);
  /** The number of bytes of the last read. */
  filled = 0;
  #budget: ReadBudget;
  readonly #heldHead = new HeldHead();
  // The array of the last read, whose bytes may be looked at until the next read is done: usually `bytes`, but a
  // resize may have replaced it since, or the read has brought its own.
  #read: Uint8Array<ArrayBuffer> = this.bytes;

  /**
   * @param budget for the bytes of buffers beyond their smallest size; if it is used up, they keep their size
   */
  constructor(budget: ReadBudget) {
    this.#budget = budget;
  }

  /**
   * Sizes the buffer for the next read by the result of the last one.
   *
   * @param mayGrow whether a read that filled it calls for a larger one
   */
  fit(mayGrow: boolean): void {
    const size = this.bytes.length;
    const { filled } = this;
    this.filled = 0;
    if (filled === size && mayGrow) this.#resize(Math.min(size * GROWTH, LARGE_BYTES));
    if (filled < size * LITTLE) this.#resize(SMALL_BYTES);
  }

  /**
   * Takes the result of a read.
   *
   * @param count the number of bytes
   * @param read the array that holds them; another one than `bytes` is freed after its last use
   */
  load(count: number, read: Uint8Array<ArrayBuffer> = this.bytes): void {
    if (this.#read !== this.bytes) freeBytes(this.#read);
    this.#read = read;
    this.filled = count;
  }

  /** Returns the bytes taken from the budget. May be called twice. */
  close(): void {
    this.#budget.take(SMALL_BYTES - this.bytes.length);
    this.#budget = NOTHING_LEFT;
  }

  /** Gives back the memory at once, because the bytes are no longer needed. May be called twice. */
  free(): void {
    this.close();
    this.load(0);
    // The length of a freed array is zero.
    if (this.bytes.length > 0) freeBytes(this.bytes);
  }

  /**
   * Keeps the bytes of an unfinished head before the buffer is used again. Offsets count from the first byte
   * of the connection.
   *
   * @param headStart offset of the head
   * @param readBytes offset after the last byte read
   */
  holdHead(headStart: number, readBytes: number): void {
    const offset = Math.max(headStart, readBytes - this.filled);
    this.#heldHead.hold(this.#span(headStart, Infinity, readBytes), offset);
  }

  /** The bytes of a head from `start` to `end`, held ones included, as latin1; forgets the held ones. */
  takeHead(start: number, end: number, readBytes: number): string {
    return this.#heldHead.take(start) + decodeLatin1(this.#span(start, end, readBytes));
  }

  #span(start: number, end: number, readBytes: number): Uint8Array {
    const bufferStart = readBytes - this.filled;
    const from = Math.max(0, start - bufferStart);
    return this.#read.subarray(from, Math.max(from, Math.min(this.filled, end - bufferStart)));
  }

  #resize(size: number): void {
    const more = size - this.bytes.length;
    if (more !== 0 && this.#budget.take(more)) this.bytes = new Uint8Array(size);
  }
}

// Cuts lines out of pushed bytes: a line within one push is used in place, one that spans pushes is gathered.

import { LF } from "../../bytes/ascii.ts";
import { freeBytes } from "../../bytes/free_bytes.ts";

/** The result of {@linkcode LineReader.next}: a line, the end of the bytes, or a line beyond its limit. */
export type LineResult = "line" | "more" | "too-long";

/**
 * A cursor over pushed bytes that gives lines and runs of bytes, with absolute offsets.
 *
 * Work is linear in the bytes pushed, in every split: each byte is searched once and copied at most twice.
 */
export class LineReader {
  /** Bytes of the current line: the pushed array itself, or the gathered copy. */
  line: Uint8Array = EMPTY;
  /** Index in `line` of the line's first byte. */
  start = 0;
  /** Index in `line` of the line's LF. */
  lineFeed = 0;
  /** Offset of the line's first byte from the first byte ever pushed, also for a line that is too long. */
  lineOffset = 0;
  /** The array that was pushed last. */
  pushed: Uint8Array = EMPTY;
  /** Index in `pushed` after the last byte that counts. */
  limit = 0;
  /** Index in `pushed` of the next byte to be read; a caller that reads by other means sets it. */
  position = 0;

  #chunkOffset = 0;
  #carry: Uint8Array<ArrayBuffer> = EMPTY;
  #carryLength = 0;

  /** Offset of the next byte to be read. */
  get offset(): number {
    return this.#chunkOffset + this.position;
  }

  /** Offset of the byte at an index of the line. */
  offsetOf(index: number): number {
    return this.lineOffset + index - this.start;
  }

  /** The number of bytes pushed. */
  get pushedBytes(): number {
    return this.#chunkOffset + this.limit;
  }

  /** Offset of the first byte of the next line, or of the unfinished one. */
  get nextLineOffset(): number {
    return this.offset - this.#carryLength;
  }

  /** The number of gathered bytes of an unfinished line. */
  get partialLength(): number {
    return this.#carryLength;
  }

  /** The bytes of an unfinished line so far. */
  get partial(): Uint8Array {
    return this.#carry.subarray(0, this.#carryLength);
  }

  /** Whether all pushed bytes have been read. */
  get isDrained(): boolean {
    return this.position === this.limit;
  }

  /** Takes the next bytes, the first `length` of an array. All earlier bytes must have been read. */
  push(bytes: Uint8Array, length: number): void {
    this.#chunkOffset += this.limit;
    this.pushed = bytes;
    this.limit = length;
    this.position = 0;
  }

  /** Drops the array that was pushed last, which must have been read. */
  release(): void {
    this.push(EMPTY, 0);
    this.line = EMPTY;
  }

  /** Frees the gathered bytes, because nothing is read any longer. */
  close(): void {
    this.#freeCarry();
    this.#carry = EMPTY;
    this.#carryLength = 0;
  }

  /**
   * Finds the next line.
   *
   * @param maxBytes the longest line allowed, with its LF; of a longer one that many bytes stay in `partial`
   */
  next(maxBytes: number): LineResult {
    const from = this.position;
    const lineFeed = findLineFeed(this.pushed, from, this.limit);
    const end = lineFeed < 0 ? this.limit : lineFeed + 1;
    const isTooLong = this.#carryLength + end - from > (lineFeed < 0 ? maxBytes - 1 : maxBytes);
    this.lineOffset = this.nextLineOffset;
    if (isTooLong) {
      this.#gather(from, Math.min(end, from + maxBytes - this.#carryLength), maxBytes);
      return "too-long";
    }
    this.position = end;
    if (lineFeed < 0) {
      this.#gather(from, end, maxBytes);
      return "more";
    }
    if (this.#carryLength === 0) {
      this.line = this.pushed;
      this.start = from;
      this.lineFeed = lineFeed;
    } else {
      this.#gather(from, end, maxBytes);
      this.line = this.#carry;
      this.start = 0;
      this.lineFeed = this.#carryLength - 1;
      this.#carryLength = 0;
      // One long line must not cost the connection its room for ever.
      if (this.#carry.length > MAX_KEPT_BYTES) this.#carry = EMPTY;
    }
    return "line";
  }

  /** Takes at most `maxBytes` of the pushed bytes, as a view; empty if there are none. */
  take(maxBytes: number): Uint8Array {
    const start = this.position;
    this.position = Math.min(this.limit, start + maxBytes);
    return this.pushed.subarray(start, this.position);
  }

  /** The next byte, or -1 when there is none. */
  takeByte(): number {
    return this.position < this.limit ? this.pushed[this.position++]! : -1;
  }

  #gather(from: number, end: number, maxBytes: number): void {
    const length = this.#carryLength + end - from;
    if (length > this.#carry.length) {
      const grown = new Uint8Array(Math.min(maxBytes, Math.max(128, length * 2)));
      grown.set(this.#carry.subarray(0, this.#carryLength));
      this.#freeCarry();
      this.#carry = grown;
    }
    this.#carry.set(this.pushed.subarray(from, end), this.#carryLength);
    this.#carryLength = length;
  }

  #freeCarry(): void {
    // A short array is cheaper to leave to the collector.
    if (this.#carry.length > MAX_KEPT_BYTES) freeBytes(this.#carry);
  }
}

/** No bytes. */
export const EMPTY: Uint8Array<ArrayBuffer> = new Uint8Array(0);

// Up to this size an array is kept for the next line that spans pushes.
const MAX_KEPT_BYTES = 1_024;

// Most lines of a head are shorter than this; for them a loop is faster than the call of indexOf.
const LOOPED_BYTES = 64;

/** The index of the next LF, or -1. */
function findLineFeed(bytes: Uint8Array, from: number, end: number): number {
  const loopEnd = Math.min(end, from + LOOPED_BYTES);
  for (let i = from; i < loopEnd; i++) {
    if (bytes[i] === LF) return i;
  }
  if (loopEnd === end) return -1;
  // After the end there may be an LF of an earlier use of the array.
  const found = bytes.indexOf(LF, loopEnd);
  return found < end ? found : -1;
}

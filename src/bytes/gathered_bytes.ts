import { freeBytes } from "./free_bytes.ts";
import { unsetBytes } from "./unset_bytes.ts";

// Pieces of one size take the place of those that were freed. Arrays that double leave holes in the memory of
// the process that no larger one fits into: 1,000 uploads of 1 MiB took twice the bytes held (Deno 2.9.6).
const MAX_PIECE_BYTES = 16_384;
const MIN_PIECE_BYTES = 1_024;
// An array for all bytes begins with this size; a smaller rest at its end is not worth a read of its own.
const MIN_UNITED_BYTES = 1_048_576;
const MIN_ROOM_BYTES = 65_536;

/** Bytes that come bit by bit and become one array at the end. None is copied before. */
export class GatheredBytes {
  /** The number of bytes. */
  length = 0;
  /** The number of bytes that there is room for: the memory in use. */
  capacity = 0;
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];
  // Bytes free at the end of the last piece.
  #room = 0;
  // Whether the first piece is an array for all bytes, with room that was handed out.
  #isUnited = false;

  /**
   * Adds bytes: a copy, unless they were written into the room that {@linkcode GatheredBytes.roomFor} gave.
   *
   * @param mostBytes the most bytes that there can be in the end, if known: that much room is enough
   */
  append(bytes: Uint8Array, mostBytes: number = Infinity): void {
    for (let from = 0; from < bytes.length;) {
      if (this.#room === 0) this.#addPiece(bytes.length - from, mostBytes - this.length);
      const piece = this.#pieces[this.#pieces.length - 1]!;
      const part = bytes.subarray(from, from + this.#room);
      if (part.buffer !== piece.buffer) piece.set(part, piece.length - this.#room);
      this.#room -= part.length;
      this.length += part.length;
      from += part.length;
    }
  }

  /**
   * Room for the next bytes, which may be written there before they are added. All bytes are in one array from
   * now on, so that {@linkcode GatheredBytes.take} copies nothing.
   *
   * @param mostBytes the most bytes that there can be in the end
   */
  roomFor(mostBytes: number): Uint8Array<ArrayBuffer> {
    if (this.#room < MIN_ROOM_BYTES && this.length + this.#room < mostBytes) {
      this.#unite(Math.min(mostBytes, Math.max(MIN_UNITED_BYTES, this.length * 2)));
    }
    const [piece] = this.#pieces as [Uint8Array<ArrayBuffer>];
    return this.#isUnited ? piece.subarray(this.length) : new Uint8Array(0);
  }

  #unite(size: number): void {
    const united = unsetBytes(size);
    let at = 0;
    for (const piece of this) {
      united.set(piece, at);
      at += piece.length;
    }
    this.free();
    this.#pieces.push(united);
    this.length = at;
    this.capacity = size;
    this.#room = size - at;
    this.#isUnited = true;
  }

  /**
   * All bytes in one array, which now belongs to the caller; nothing stays here. After
   * {@linkcode GatheredBytes.roomFor} more room may follow them in its buffer, which is cleared.
   */
  take(): Uint8Array<ArrayBuffer> {
    const [first] = this.#pieces;
    const isOneArray = this.#pieces.length === 1 && (this.#room === 0 || this.#isUnited);
    // Room that was not used may hold anything of the process: whoever sends the buffer must not send that.
    if (isOneArray) first!.fill(0, this.length);
    const bytes = isOneArray ? first!.subarray(0, this.length) : this.copy();
    if (isOneArray) this.#pieces.length = 0;
    this.free();
    return bytes;
  }

  /** A copy of the first bytes. @param length how many; default all */
  copy(length: number = this.length): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const piece of this) {
      const part = piece.subarray(0, length - at);
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /** The bytes, piece by piece: views that are valid until the next change. */
  *[Symbol.iterator](): IterableIterator<Uint8Array> {
    let left = this.length;
    for (const piece of this.#pieces) {
      yield piece.subarray(0, left);
      left -= piece.length;
    }
  }

  /** Forgets all bytes, and gives their memory back at once. */
  free(): void {
    const pieces = this.#pieces.splice(0);
    // A read may still be filling the room of such an array: it is left to the collector.
    if (this.#isUnited) pieces.shift();
    for (const piece of pieces) freeBytes(piece);
    this.#isUnited = false;
    this.length = 0;
    this.capacity = 0;
    this.#room = 0;
  }

  #addPiece(needed: number, possible: number): void {
    // The first bytes are often all of them; later the room doubles.
    const wanted = this.length === 0 ? needed : Math.max(needed, this.length, MIN_PIECE_BYTES);
    const size = Math.min(wanted, MAX_PIECE_BYTES, Math.max(possible, 1));
    this.#pieces.push(new Uint8Array(size));
    this.#room = size;
    this.capacity += size;
  }
}

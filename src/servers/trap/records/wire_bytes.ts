import { createHash, type Hash } from "node:crypto";
import { GatheredBytes } from "../../../bytes/gathered_bytes.ts";
import { joinBytes } from "../../../bytes/join_bytes.ts";

/** The bytes of one read. */
export interface WirePiece {
  /** The time, in microseconds since 1970. */
  readonly atMicros: number;
  /** The number of bytes. */
  readonly bytes: number;
}

/** Bytes of a message: the first ones or all, with the facts about the rest. */
export interface KeptBytes {
  /** The first bytes, or all. */
  readonly kept: Uint8Array;
  /** The number of kept bytes. */
  readonly keptBytes: number;
  /** The number of bytes that came. */
  readonly length: number;
  /** Whether some bytes are not kept. */
  readonly isCut: boolean;
  /** The reads in which they came. */
  readonly pieces: readonly WirePiece[];
  /** SHA-256 of all bytes that came, in hexadecimal digits. */
  readonly sha256: string;
}

// Larger messages stay in pieces until a caller needs all their bytes: when a thousand clients leave at once,
// an array for each would need the memory of their pieces once more.
const MAX_COMPACTED_BYTES = 65_536;

// A body that comes byte by byte must not cost more than its bytes: further pieces are added to the last one.
const MAX_PIECES = 256;

/** Bytes from the wire: all of them are counted and hashed, and the first ones kept. */
export class WireBytes implements KeptBytes {
  // Bytes in one array, and the bytes that came after them.
  #bytes: Uint8Array;
  // Most messages come in one read: then there are none, and one object less in each request that is kept.
  #gathered: GatheredBytes | undefined;
  #length: number;
  #maxKeptBytes = Infinity;
  // Needed only if some bytes are not kept.
  #hash: Hash | undefined;
  readonly #pieces: WirePiece[];

  /** Begins with bytes. @param bytes not copied @param pieces taken over */
  constructor(bytes: Uint8Array, pieces: WirePiece[]) {
    this.#bytes = bytes;
    this.#length = bytes.length;
    this.#pieces = pieces;
  }

  // Views of them stay valid until they are cut.
  get kept(): Uint8Array {
    this.#compact();
    return this.#bytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Whether the kept bytes have a limit. */
  get isLimited(): boolean {
    return this.#maxKeptBytes < Infinity;
  }

  get isCut(): boolean {
    return this.keptBytes < this.#length;
  }

  get keptBytes(): number {
    return this.#bytes.length + (this.#gathered?.length ?? 0);
  }

  /** The first bytes. @param maxBytes how many, if this many are kept */
  beginning(maxBytes: number): Uint8Array {
    if (this.#gathered === undefined || this.#bytes.length >= maxBytes) {
      return this.#bytes.subarray(0, maxBytes);
    }
    return joinBytes([
      this.#bytes,
      this.#gathered.copy(Math.min(maxBytes, this.keptBytes) - this.#bytes.length),
    ]);
  }

  /** The kept bytes, piece by piece: views that are valid until the next change. */
  *[Symbol.iterator](): IterableIterator<Uint8Array> {
    yield this.#bytes;
    if (this.#gathered !== undefined) yield* this.#gathered;
  }

  get pieces(): readonly WirePiece[] {
    return this.#pieces;
  }

  get sha256(): string {
    return (this.#hash === undefined ? this.#hashKept() : this.#hash.copy()).digest("hex");
  }

  #hashKept(): Hash {
    const hash = createHash("sha256");
    for (const piece of this) hash.update(piece);
    return hash;
  }

  /** Adds bytes of one read, copied as far as they are kept. */
  append(bytes: Uint8Array, atMicros: number): void {
    if (bytes.length === 0) return;
    this.#notePiece(bytes.length, atMicros);
    const room = Math.max(0, this.#maxKeptBytes - this.keptBytes);
    if (room < bytes.length) this.#hash ??= this.#hashKept();
    this.#hash?.update(bytes);
    this.#length += bytes.length;
    if (room > 0) (this.#gathered ??= new GatheredBytes()).append(bytes.subarray(0, room));
  }

  /** Keeps no more than this many bytes from now on, and forgets the bytes beyond them. */
  limit(maxKeptBytes: number): void {
    this.#maxKeptBytes = maxKeptBytes;
    if (this.keptBytes <= maxKeptBytes) return;
    this.#hash ??= this.#hashKept();
    const first = this.#bytes.slice(0, maxKeptBytes);
    const later = this.#gathered?.copy(maxKeptBytes - first.length);
    this.#bytes = later === undefined ? first : joinBytes([first, later]);
    this.#gathered?.free();
    this.#gathered = undefined;
  }

  /** The kept bytes in one array: a copy if they are in pieces, which they stay. */
  join(): Uint8Array {
    return this.#gathered === undefined ? this.#bytes : this.beginning(this.keptBytes);
  }

  /** Probably no more bytes come: a few bytes become one array. */
  finish(): void {
    if (this.keptBytes <= MAX_COMPACTED_BYTES) this.#compact();
  }

  /** Moves the later bytes into the array of the earlier ones. */
  #compact(): void {
    if (this.#gathered === undefined) return;
    const later = this.#gathered.take();
    this.#gathered = undefined;
    this.#bytes = this.#bytes.length === 0 ? later : joinBytes([this.#bytes, later]);
  }

  #notePiece(bytes: number, atMicros: number): void {
    const last = this.#pieces.at(-1);
    if (last === undefined || (this.#pieces.length < MAX_PIECES && last.atMicros !== atMicros)) {
      this.#pieces.push({ atMicros, bytes });
    } else {
      this.#pieces[this.#pieces.length - 1] = { atMicros, bytes: last.bytes + bytes };
    }
  }
}

/** Cuts kept bytes down to a limit. */
export function cutBytes(bytes: KeptBytes, maxKeptBytes: number): KeptBytes {
  if (bytes.keptBytes <= maxKeptBytes) return bytes;
  if (bytes instanceof WireBytes) {
    bytes.limit(maxKeptBytes);
    return bytes;
  }
  return { ...bytes, kept: bytes.kept.slice(0, maxKeptBytes), keptBytes: maxKeptBytes, isCut: true };
}

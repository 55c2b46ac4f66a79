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

const NO_BYTES = new Uint8Array(0);

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
  #maxKeptBytes: number | undefined;
  // Needed only if some bytes are not kept.
  #hash: Hash | undefined;
  // The time of the first read, and all reads when there are several: most messages have one.
  #firstMicros: number;
  #pieces: WirePiece[] | undefined;

  /** Begins with the bytes of one read, or without any. @param bytes not copied */
  constructor(bytes: Uint8Array = NO_BYTES, atMicros: number = 0) {
    this.#bytes = bytes;
    this.#length = bytes.length;
    this.#firstMicros = atMicros;
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
    return this.#maxKeptBytes !== undefined;
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
    return this.#pieces ?? this.#firstPiece();
  }

  #firstPiece(): WirePiece[] {
    return this.#length === 0 ? [] : [{ atMicros: this.#firstMicros, bytes: this.#length }];
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
    if (this.#length === 0) this.#firstMicros = atMicros;
    else this.#notePiece(bytes.length, atMicros);
    const room = Math.max(0, (this.#maxKeptBytes ?? Infinity) - this.keptBytes);
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
    const pieces = this.#pieces ??= this.#firstPiece();
    const last = pieces.at(-1)!;
    if (pieces.length < MAX_PIECES && last.atMicros !== atMicros) pieces.push({ atMicros, bytes });
    else pieces[pieces.length - 1] = { atMicros, bytes: last.bytes + bytes };
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

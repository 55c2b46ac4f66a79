import { createHash, type Hash } from "node:crypto";
import { freeBytes } from "../../../bytes/free_bytes.ts";

/** The bytes of one read. */
export interface WirePiece {
  /** When, in microseconds since 1970. */
  readonly atMicros: number;
  /** How many bytes. */
  readonly bytes: number;
}

/** Bytes of a message: the first ones, or all, and what is known of the rest. */
export interface KeptBytes {
  /** The first bytes, or all. */
  readonly kept: Uint8Array;
  /** How many bytes came. */
  readonly length: number;
  /** Whether not all of them are kept. */
  readonly isCut: boolean;
  /** The reads in which they came. */
  readonly pieces: readonly WirePiece[];
  /** SHA-256 of all bytes that came, in hexadecimal digits. */
  readonly sha256: string;
}

// A body that comes byte by byte must not cost more than its bytes: further pieces count as one with the last.
const MAX_PIECES = 256;
const MIN_CAPACITY = 1_024;

/** Bytes as they came from the wire: all of them are counted and hashed, the first ones kept. */
export class WireBytes implements KeptBytes {
  #bytes: Uint8Array;
  #keptLength: number;
  #length: number;
  #maxKeptBytes = Infinity;
  #hasGrown = false;
  // Needed only where not all bytes are kept.
  #hash: Hash | undefined;
  readonly #pieces: WirePiece[];

  /** Begins with bytes. @param bytes not copied */
  constructor(bytes: Uint8Array, pieces: readonly WirePiece[]) {
    this.#bytes = bytes;
    this.#keptLength = bytes.length;
    this.#length = bytes.length;
    this.#pieces = [...pieces];
  }

  // A view that is valid until the next change.
  get kept(): Uint8Array {
    return this.#keptLength === this.#bytes.length ? this.#bytes : this.#bytes.subarray(0, this.#keptLength);
  }

  get length(): number {
    return this.#length;
  }

  /** Whether a limit has been set for what is kept. */
  get isLimited(): boolean {
    return this.#maxKeptBytes < Infinity;
  }

  get isCut(): boolean {
    return this.#keptLength < this.#length;
  }

  get pieces(): readonly WirePiece[] {
    return this.#pieces;
  }

  get sha256(): string {
    const hash = this.#hash === undefined ? createHash("sha256").update(this.kept) : this.#hash.copy();
    return hash.digest("hex");
  }

  /** Adds bytes of one read, copied as far as they are kept. */
  append(bytes: Uint8Array, atMicros: number): void {
    if (bytes.length === 0) return;
    this.#notePiece(bytes.length, atMicros);
    const kept = bytes.subarray(0, Math.max(0, this.#maxKeptBytes - this.#keptLength));
    if (kept.length < bytes.length) this.#hash ??= createHash("sha256").update(this.kept);
    this.#hash?.update(bytes);
    this.#length += bytes.length;
    if (kept.length === 0) return;
    this.#makeRoom(kept.length);
    this.#bytes.set(kept, this.#keptLength);
    this.#keptLength += kept.length;
  }

  /** Keeps no more than this many bytes from now on, and forgets what is beyond them. */
  limit(maxKeptBytes: number): void {
    this.#maxKeptBytes = maxKeptBytes;
    if (this.#keptLength <= maxKeptBytes) return;
    this.#hash ??= createHash("sha256").update(this.kept);
    this.#replace(this.#bytes.slice(0, maxKeptBytes));
    this.#hasGrown = false;
    this.#keptLength = maxKeptBytes;
  }

  /** Gives back what was reserved for bytes that did not come. From now on views of the bytes stay valid. */
  compact(): void {
    if (this.#keptLength < this.#bytes.length) this.#replace(this.#bytes.slice(0, this.#keptLength));
    this.#hasGrown = false;
  }

  #notePiece(bytes: number, atMicros: number): void {
    const last = this.#pieces.at(-1);
    if (last === undefined || (this.#pieces.length < MAX_PIECES && last.atMicros !== atMicros)) {
      this.#pieces.push({ atMicros, bytes });
    } else {
      this.#pieces[this.#pieces.length - 1] = { atMicros, bytes: last.bytes + bytes };
    }
  }

  #makeRoom(more: number): void {
    const needed = this.#keptLength + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(MIN_CAPACITY, needed, Math.min(needed * 2, this.#maxKeptBytes)));
    grown.set(this.kept);
    this.#replace(grown);
    this.#hasGrown = true;
  }

  #replace(bytes: Uint8Array): void {
    // Only bytes that grew here are surely used by no one else.
    if (this.#hasGrown) freeBytes(this.#bytes as Uint8Array<ArrayBuffer>);
    this.#bytes = bytes;
  }
}

/** Cuts kept bytes down to a limit. */
export function cutBytes(bytes: KeptBytes, maxKeptBytes: number): KeptBytes {
  if (bytes.kept.length <= maxKeptBytes) return bytes;
  if (bytes instanceof WireBytes) {
    bytes.limit(maxKeptBytes);
    return bytes;
  }
  return { ...bytes, kept: bytes.kept.slice(0, maxKeptBytes), isCut: true };
}

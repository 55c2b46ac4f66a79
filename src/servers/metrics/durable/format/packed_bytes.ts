// Numbers packed into bytes for storage: integers take as many bytes as they need, seven bits in each.

import { growBytes } from "../../../../bytes/grow_bytes.ts";

const MORE = 0x80;

/** Integers up to this magnitude can be packed with their sign. */
export const MAX_PACKED_INTEGER = 2 ** 52 - 1;

/** Packs numbers one after another. */
export class PackedWriter {
  #bytes = new Uint8Array(1_024);
  #length = 0;

  /** The bytes packed so far; valid until the next change. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Starts over. */
  clear(): void {
    this.#length = 0;
  }

  /** Packs a number from 0 to 255. */
  addByte(byte: number): void {
    if (this.#length === this.#bytes.length) {
      this.#bytes = growBytes(this.#bytes, this.#length, this.#length + 1);
    }
    this.#bytes[this.#length++] = byte;
  }

  /** Packs an integer from 0 to 2^53-1. */
  addCount(count: number): void {
    let rest = count;
    while (rest >= MORE) {
      this.addByte(rest % MORE + MORE);
      rest = Math.floor(rest / MORE);
    }
    this.addByte(rest);
  }

  /** Packs an integer up to {@linkcode MAX_PACKED_INTEGER} in magnitude; small ones of either sign stay short. */
  addInteger(value: number): void {
    this.addCount(value < 0 ? -2 * value - 1 : 2 * value);
  }
}

/** Unpacks the bytes of a {@linkcode PackedWriter}. */
export class PackedReader {
  #bytes: Uint8Array;
  #position: number;
  #end: number;

  /** Begins to unpack. @param start offset of the first byte to unpack */
  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = bytes.length;
  }

  /** Begins to unpack other bytes. @param end offset after the last byte to unpack */
  begin(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = end;
  }

  /** Whether all bytes were unpacked. */
  get isAtEnd(): boolean {
    return this.#position === this.#end;
  }

  /** Unpacks a number from 0 to 255. @throws {RangeError} after the last byte */
  readByte(): number {
    if (this.#position >= this.#end) throw new RangeError("Cannot unpack a number: the bytes have ended");
    return this.#bytes[this.#position++]!;
  }

  /** Unpacks an integer from 0 to 2^53-1. @throws {RangeError} after the last byte */
  readCount(): number {
    let count = 0;
    for (let scale = 1;; scale *= MORE) {
      const byte = this.readByte();
      count += (byte % MORE) * scale;
      if (byte < MORE) return count;
    }
  }

  /** Unpacks an integer of either sign. @throws {RangeError} after the last byte */
  readInteger(): number {
    const packed = this.readCount();
    return packed % 2 === 0 ? packed / 2 : -(packed + 1) / 2;
  }
}

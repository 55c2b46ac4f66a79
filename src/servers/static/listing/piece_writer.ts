// Larger than most pieces, so that few are copied.
const FIRST_BYTES = 65_536;
// The most bytes of UTF-8 for a unit of UTF-16.
const BYTES_OF_A_UNIT = 3;

const encoder = new TextEncoder();

/** Bytes that are joined. */
export class PieceWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  /** The bytes written since the last clear; valid until the next one. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** How many bytes were written since the last clear. */
  get length(): number {
    return this.#length;
  }

  /** Forgets the written bytes, and keeps the room. */
  clear(): void {
    this.#length = 0;
  }

  /** Adds bytes. */
  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Adds bytes that were written before. */
  again(start: number, end: number): void {
    this.#reserve(end - start);
    this.#bytes.copyWithin(this.#length, start, end);
    this.#length += end - start;
  }

  /** Adds a whole number in decimal, with zeros in front. @param count of digits */
  digits(value: number, count: number): void {
    this.#reserve(count);
    let rest = value;
    for (let at = this.#length + count - 1; at >= this.#length; at--) {
      this.#bytes[at] = 0x30 + rest % 10;
      rest = Math.floor(rest / 10);
    }
    this.#length += count;
  }

  /** Adds a text in UTF-8. A call of the encoder costs more than a short text of ASCII. */
  text(text: string): void {
    this.#reserve(BYTES_OF_A_UNIT * text.length);
    const bytes = this.#bytes;
    let at = this.#length;
    let i = 0;
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) break;
      bytes[at++] = code;
    }
    const rest = i === text.length ? 0 : encoder.encodeInto(text.slice(i), bytes.subarray(at)).written;
    this.#length = at + rest;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.written);
    this.#bytes = larger;
  }
}

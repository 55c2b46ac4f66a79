import { growBytes } from "../../../bytes/grow_bytes.ts";
import { EMPTY } from "../line_reader.ts";
import { decodeLatin1 } from "../../../bytes/latin1.ts";

/**
 * Keeps the beginning of a head whose bytes come in several reads, because the buffer of a read is reused.
 */
export class HeldHead {
  // One array that grows, because a head that comes byte by byte would otherwise cost an array for each byte.
  #bytes: Uint8Array = EMPTY;
  #length = 0;
  #offset = 0;

  /** Adds bytes. @param offset of the first one; bytes that do not follow the held ones replace them */
  hold(bytes: Uint8Array, offset: number): void {
    if (offset !== this.#offset + this.#length) {
      this.#offset = offset;
      this.#length = 0;
    }
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) this.#bytes = growBytes(this.#bytes, this.#length, length);
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
  }

  /**
   * Gives the held bytes from an offset on, as latin1, and forgets them. An empty line in front is left out.
   */
  take(offset: number): string {
    if (this.#length === 0) return "";
    const text = decodeLatin1(this.#bytes.subarray(Math.max(0, offset - this.#offset), this.#length));
    this.#bytes = EMPTY;
    this.#length = 0;
    return text;
  }
}

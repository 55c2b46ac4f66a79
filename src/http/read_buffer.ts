import { HeldHead } from "./held_head.ts";
import { decodeLatin1 } from "./text_window.ts";

// Small while a connection may be idle: ten thousand of them wait with a buffer each. Grows when reads fill it.
const IDLE_BUFFER_BYTES = 2_048;
const MAX_BUFFER_BYTES = 65_536;

/** The buffer that a connection's bytes are read into again and again, and the head that lies in it. */
export class ReadBuffer {
  #bytes = new Uint8Array(IDLE_BUFFER_BYTES);
  #length = 0;
  readonly #heldHead = new HeldHead();

  /** The buffer. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Says how many bytes have been read into it. */
  fill(count: number): void {
    this.#length = count;
  }

  /** Gets it ready for the next read, small for one that may be long in coming. @param mayRest whether it may */
  prepare(mayRest: boolean): Uint8Array {
    const size = this.#bytes.length;
    if (mayRest) {
      if (size > IDLE_BUFFER_BYTES && this.#length < IDLE_BUFFER_BYTES) {
        this.#bytes = new Uint8Array(IDLE_BUFFER_BYTES);
      }
    } else if (this.#length === size && size < MAX_BUFFER_BYTES) {
      this.#bytes = new Uint8Array(Math.min(size * 4, MAX_BUFFER_BYTES));
    }
    this.#length = 0;
    return this.#bytes;
  }

  /**
   * Keeps the bytes of an unfinished head before the buffer is used again. Offsets count from the first byte of the
   * connection.
   *
   * @param headStart offset of the head
   * @param readBytes offset behind the last byte read
   */
  holdHead(headStart: number, readBytes: number): void {
    const offset = Math.max(headStart, readBytes - this.#length);
    this.#heldHead.hold(this.#span(headStart, Infinity, readBytes), offset);
  }

  /** The bytes of a head from `start` to `end`, with what was held of it, as latin1; forgets what was held. */
  takeHead(start: number, end: number, readBytes: number): string {
    return this.#heldHead.take(start) + decodeLatin1(this.#span(start, end, readBytes));
  }

  #span(start: number, end: number, readBytes: number): Uint8Array {
    const bufferStart = readBytes - this.#length;
    const from = Math.max(0, start - bufferStart);
    return this.#bytes.subarray(from, Math.max(from, Math.min(this.#length, end - bufferStart)));
  }
}

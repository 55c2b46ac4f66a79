import { ByteSlab } from "../records/byte_slab.ts";
import { WireBytes } from "../records/wire_bytes.ts";

const NO_BYTES = new Uint8Array(0);

/**
 * Keeps the bytes of one connection, and divides them between messages: each gets all bytes after the one
 * before.
 *
 * The bytes of the last read stay in the buffer of their reader until the next read. A message in one piece
 * is copied once, and the end of a long message is hashed in place.
 */
export class Tape {
  #message = new WireBytes();
  // Offset of the message's first byte from the first byte of the connection.
  #start = 0;
  #buffer: Uint8Array = NO_BYTES;
  #from = 0;
  #to = 0;
  #atMicros = 0;
  readonly #slab: ByteSlab;

  /** Begins a tape. @param slab memory for small messages, shared by all tapes of a server */
  constructor(slab: ByteSlab = new ByteSlab()) {
    this.#slab = slab;
  }

  /** Offset of the current message from the first byte of the connection. */
  get start(): number {
    return this.#start;
  }

  /** The current message, as far as its bytes have been copied. */
  get pending(): WireBytes {
    return this.#message;
  }

  /** Bytes after the last message that was taken. */
  get pendingBytes(): number {
    return this.#message.length + this.#to - this.#from;
  }

  /** Records a read. @param count how many bytes at the beginning of the buffer are new */
  record(buffer: Uint8Array, count: number, atMicros: number): void {
    this.absorb();
    this.#buffer = buffer;
    this.#from = 0;
    this.#to = count;
    this.#atMicros = atMicros;
  }

  /** Copies the bytes in the buffer of the reader, which is about to use it again. */
  absorb(): void {
    if (this.#from === this.#to) return;
    this.#message.append(this.#buffer.subarray(this.#from, this.#to), this.#atMicros);
    this.#buffer = NO_BYTES;
    this.#from = 0;
    this.#to = 0;
  }

  /** Keeps no more than this many bytes of the current message. */
  limit(maxKeptBytes: number): void {
    this.#message.limit(maxKeptBytes);
  }

  /**
   * Ends the current message.
   *
   * @param end offset after its last byte, counted from the first byte of the connection
   */
  take(end: number): WireBytes {
    const message = this.#message;
    const from = this.#from;
    this.#from += end - this.#start - message.length;
    this.#start = end;
    if (message.length > 0 || message.isLimited) {
      message.append(this.#buffer.subarray(from, this.#from), this.#atMicros);
      message.finish();
      this.#message = new WireBytes();
      return message;
    }
    const bytes = this.#slab.copy(this.#buffer, from, this.#from);
    return new WireBytes(bytes, this.#atMicros);
  }

  /** Ends the current message with all bytes that have arrived. */
  takeAll(): WireBytes {
    return this.take(this.#start + this.pendingBytes);
  }

  /** Continues the message that was taken last: all bytes after it, present and future, belong to it. */
  reopen(message: WireBytes): void {
    this.absorb();
    const behind = this.#message;
    const { kept } = behind;
    for (let at = 0, i = 0; i < behind.pieces.length; i++) {
      const { bytes, atMicros } = behind.pieces[i]!;
      message.append(kept.subarray(at, at += bytes), atMicros);
    }
    this.#start -= message.length - behind.length;
    this.#message = message;
  }
}

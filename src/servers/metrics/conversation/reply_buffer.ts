import { growBytes } from "../../../bytes/grow_bytes.ts";

import { MAX_NUMBER_BYTES, writeInteger, writePythonFloat } from "../protocol/number_writer.ts";
import type { KeySink, RowSink } from "../store.ts";

const SPACE = 0x20;
const LF = 0x0a;

const FIRST_BYTES = 256;

// Replies are sent when this much has gathered, so that many small ones leave in few writes. It is a little less than
// a power of two: there is room for the row that reaches it.
const FULL_BYTES = 258_048;

// A row may be a little longer than a line.
const MAX_KEPT_BYTES = 524_288;

const MAX_SPARE = 32;

const OK = new TextEncoder().encode("ok\n\n");

/** The replies of a connection that wait to be sent, in order. */
export class ReplyBuffer implements RowSink, KeySink {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;
  #keptLength = 0;
  #limit = FULL_BYTES;

  /** How many bytes wait. */
  get length(): number {
    return this.#length;
  }

  /** Whether no further row is wanted for now. */
  get isFull(): boolean {
    return this.#length >= this.#limit;
  }

  /** Whether enough has gathered to be sent before more comes. */
  get isReadyToSend(): boolean {
    return this.#length >= FULL_BYTES;
  }

  /** The bytes that wait; valid until the next change. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets everything that waited; memory that one long row needed is let go. */
  clear(): void {
    this.#length = 0;
    this.#keptLength = 0;
    if (this.#bytes.length > MAX_KEPT_BYTES) this.#bytes = new Uint8Array(FIRST_BYTES);
  }

  /** Forgets everything that waited, and lets the memory go. */
  release(): void {
    this.clear();
    this.#bytes = new Uint8Array(FIRST_BYTES);
  }

  /** Wants only so many further bytes of rows, and never more than are sent together. */
  limitGrowth(bytes: number): void {
    this.#limit = Math.min(this.#length + bytes, FULL_BYTES);
  }

  /** Forgets the end of what waits. @param length how many bytes stay */
  truncate(length: number): void {
    this.#length = length;
  }

  /** Makes the replies so far final: what they promise is done. */
  keep(): void {
    this.#keptLength = this.#length;
  }

  /** Puts a refusal in the place of each `ok` since {@linkcode ReplyBuffer.keep}. @param reason one line of ASCII */
  refuseNotKept(reason: string): void {
    const replies = this.#bytes.slice(this.#keptLength, this.#length);
    this.#length = this.#keptLength;
    for (let start = 0; start < replies.length;) {
      let end = start + 2;
      while (replies[end - 2] !== LF || replies[end - 1] !== LF) end++;
      if (replies[start] === OK[0]) this.addError(reason);
      else this.#add(replies.subarray(start, end));
      start = end;
    }
    this.keep();
  }

  /** Adds the reply to a put. */
  addOk(): void {
    const at = this.#reserve(OK.length);
    const bytes = this.#bytes;
    bytes[at] = OK[0]!;
    bytes[at + 1] = OK[1]!;
    bytes[at + 2] = LF;
    bytes[at + 3] = LF;
    this.#length = at + 4;
  }

  /** Adds a refusal. @param reason one line of ASCII */
  addError(reason: string): void {
    this.#addText(`error\n${reason}\n\n`);
  }

  /** Begins the reply to a get; rows follow. */
  beginRows(): void {
    this.#addText("ok\n");
  }

  /** Ends the reply to a get. */
  endRows(): void {
    this.#addText("\n");
  }

  /** Adds one row: key, value and timestamp. */
  addRow(key: Uint8Array, keyStart: number, keyEnd: number, value: number, timestamp: number): void {
    let at = this.#reserve(keyEnd - keyStart + 2 * MAX_NUMBER_BYTES);
    const bytes = this.#bytes;
    for (let position = keyStart; position < keyEnd; position++) bytes[at++] = key[position]!;
    bytes[at++] = SPACE;
    at = writePythonFloat(bytes, at, value);
    bytes[at++] = SPACE;
    at = writeInteger(bytes, at, timestamp);
    bytes[at++] = LF;
    this.#length = at;
  }

  /** Adds one key as a row. */
  addKey(key: Uint8Array, keyStart: number, keyEnd: number): void {
    this.#add(key.subarray(keyStart, keyEnd));
    this.#bytes[this.#reserve(1)] = LF;
    this.#length++;
  }

  #add(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
    this.#length = at + bytes.length;
  }

  #addText(text: string): void {
    let at = this.#reserve(text.length);
    for (let index = 0; index < text.length; index++) this.#bytes[at++] = text.charCodeAt(index);
    this.#length = at;
  }

  #reserve(count: number): number {
    const needed = this.#length + count;
    if (needed > this.#bytes.length) this.#bytes = growBytes(this.#bytes, this.#length, needed);
    return this.#length;
  }
}

/** Reply buffers for the clients that are being served at the moment. */
export class ReplyPool {
  readonly #spare: ReplyBuffer[] = [];

  /** An empty buffer, the taker's own until it is given back. */
  take(): ReplyBuffer {
    return this.#spare.pop() ?? new ReplyBuffer();
  }

  /** Takes a buffer back, and forgets what is in it. */
  give(replies: ReplyBuffer): void {
    replies.clear();
    if (this.#spare.length < MAX_SPARE) this.#spare.push(replies);
  }
}

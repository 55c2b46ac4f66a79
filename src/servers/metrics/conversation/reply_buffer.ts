import { growBytes } from "../../../bytes/grow_bytes.ts";

import { MAX_NUMBER_BYTES, writeInteger, writePythonFloat } from "../protocol/number_writer.ts";
import type { KeySink, RowSink } from "../store.ts";

const SPACE = 0x20;
const LF = 0x0a;

const FIRST_BYTES = 256;

// Replies are sent when this much has gathered, so that many small ones leave in few writes. It is a little
// less than a power of two, so that there is room for the row that reaches it.
const FULL_BYTES = 258_048;

// A row may be a little longer than a line.
const MAX_KEPT_BYTES = 524_288;

// Some hundred clients with a put each in one turn find a buffer each.
const MAX_SPARE = 256;
const MAX_LARGE_SPARE = 32;
const LARGE_BYTES = 4_096;

const OK = new TextEncoder().encode("ok\n\n");

/** The replies of a connection that wait to be sent, in order. */
export class ReplyBuffer implements RowSink, KeySink {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;
  #keptLength = 0;
  #limit = FULL_BYTES;

  /** The number of waiting bytes. */
  get length(): number {
    return this.#length;
  }

  /** Whether it occupies much memory. */
  get isLarge(): boolean {
    return this.#bytes.length > LARGE_BYTES;
  }

  /** Whether it takes no further row for now. */
  get isFull(): boolean {
    return this.#length >= this.#limit;
  }

  /** Whether enough has gathered to be sent before more comes. */
  get isReadyToSend(): boolean {
    return this.#length >= FULL_BYTES;
  }

  /** The waiting bytes; valid until the next change. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Drops all waiting bytes, and frees the memory of one long row. */
  clear(): void {
    this.#length = 0;
    this.#keptLength = 0;
    if (this.#bytes.length > MAX_KEPT_BYTES) this.#bytes = new Uint8Array(FIRST_BYTES);
  }

  /** Drops all waiting bytes, and frees the memory. */
  release(): void {
    this.clear();
    this.#bytes = new Uint8Array(FIRST_BYTES);
  }

  /** Takes only this many further bytes of rows, and never more than are sent together. */
  limitGrowth(bytes: number): void {
    this.#limit = Math.min(this.#length + bytes, FULL_BYTES);
  }

  /** Drops the end of the waiting bytes. @param length the number of bytes that stay */
  truncate(length: number): void {
    this.#length = length;
  }

  /** Makes the replies so far final: the puts that they promise are done. */
  keep(): void {
    this.#keptLength = this.#length;
  }

  /** Replaces each `ok` since {@linkcode ReplyBuffer.keep} with a refusal. @param reason one line of ASCII */
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

/** Reply buffers for the clients that are served right now. */
export class ReplyPool {
  readonly #spare: ReplyBuffer[] = [];

  /** An empty buffer; it belongs to the taker until it is given back. */
  take(): ReplyBuffer {
    return this.#spare.pop() ?? new ReplyBuffer();
  }

  /** Takes back a buffer, and drops its content. */
  give(replies: ReplyBuffer): void {
    replies.clear();
    if (this.#spare.length < (replies.isLarge ? MAX_LARGE_SPARE : MAX_SPARE)) this.#spare.push(replies);
  }
}

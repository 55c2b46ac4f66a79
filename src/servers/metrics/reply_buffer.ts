import { MAX_NUMBER_BYTES, writeInteger, writePythonFloat } from "./number_writer.ts";
import type { RowSink } from "./store.ts";

const SPACE = 0x20;
const LF = 0x0a;

const FIRST_BYTES = 4_096;

// Replies are sent when this much has gathered: it bounds what a client that does not read can make the server hold.
const FULL_BYTES = 262_144;

const OK = new TextEncoder().encode("ok\n\n");

/** The replies of a connection that wait to be sent, one behind the other. */
export class ReplyBuffer implements RowSink {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;
  #keptLength = 0;
  #notKeptCount = 0;

  /** How many bytes wait. */
  get length(): number {
    return this.#length;
  }

  /** Whether it is time to send. */
  get isFull(): boolean {
    return this.#length >= FULL_BYTES;
  }

  /** The bytes that wait; valid until the next change. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets everything that waited. */
  clear(): void {
    this.#length = 0;
    this.keep();
  }

  /** Makes the replies so far final: what they promise is done. */
  keep(): void {
    this.#keptLength = this.#length;
    this.#notKeptCount = 0;
  }

  /** Puts a refusal in the place of each reply since {@linkcode ReplyBuffer.keep}. @param reason one line of ASCII */
  replaceNotKept(reason: string): void {
    const count = this.#notKeptCount;
    this.#length = this.#keptLength;
    for (let index = 0; index < count; index++) this.addError(reason);
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
    this.#notKeptCount++;
  }

  /** Adds a refusal. @param reason one line of ASCII */
  addError(reason: string): void {
    this.#addText(`error\n${reason}\n\n`);
    this.#notKeptCount++;
  }

  /** Begins the reply to a get; rows follow. */
  beginRows(): void {
    this.#addText("ok\n");
    this.#notKeptCount++;
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

  #addText(text: string): void {
    let at = this.#reserve(text.length);
    for (let index = 0; index < text.length; index++) this.#bytes[at++] = text.charCodeAt(index);
    this.#length = at;
  }

  #reserve(count: number): number {
    const needed = this.#length + count;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    return this.#length;
  }
}

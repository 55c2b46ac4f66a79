// The grammar of the protocol: the command in a line. Words are separated by runs of spaces and tabs.

import { isKey } from "./key_rules.ts";
import { PythonFloatReader } from "./python_float.ts";
import { PythonIntReader } from "./python_int.ts";
import type { PutCommand, TimeSpan } from "../store.ts";
import { isSpace } from "./white_space.ts";

const SPACE = 0x20;
const STAR = 0x2a;
const LOWER_E = 0x65;
const LOWER_G = 0x67;
const LOWER_P = 0x70;
const LOWER_T = 0x74;
const LOWER_U = 0x75;
const FIRST_NON_ASCII = 0x80;

/** The kind of a line: a command, nothing but space, or neither. */
export type CommandKind = "put" | "get" | "delete" | "keys" | "blank" | "wrong";

const OTHER_COMMANDS: readonly { readonly word: Uint8Array; readonly kind: "delete" | "keys" }[] = [
  { word: new TextEncoder().encode("delete"), kind: "delete" },
  { word: new TextEncoder().encode("keys"), kind: "keys" },
];

/**
 * Reads commands. The fields hold the parts of the last one, so that a line costs no object.
 *
 * ```text
 * put KEY VALUE TIMESTAMP
 * get NAME [FROM UNTIL]
 * delete NAME [FROM UNTIL]
 * keys PATTERN
 * ```
 */
export class CommandReader implements PutCommand, TimeSpan {
  /** The array that holds the line. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Offset of the first byte of the key, or of the name of keys, after every command. */
  keyStart = 0;
  /** Offset after its last byte. */
  keyEnd = 0;
  /** The value of a `put`. */
  value = 0;
  /** The timestamp of a `put` in seconds. */
  timestamp = 0;
  /** The first second of a `get` or `delete`; -Infinity if the line has none. */
  from: number = -Infinity;
  /** The last second of a `get` or `delete`; Infinity if the line has none. */
  until: number = Infinity;
  readonly #floats = new PythonFloatReader();
  readonly #integers = new PythonIntReader();
  #position = 0;
  #end = 0;

  /**
   * Reads a line and fills the fields.
   *
   * @param start offset of the line's first byte
   * @param end offset after its last byte, without the line's end
   */
  read(bytes: Uint8Array, start: number, end: number): CommandKind {
    this.bytes = bytes;
    this.#position = start;
    this.#end = end;
    const first = this.#skipSpace();
    if (first === end) return "blank";
    if (bytes[first + 2] === LOWER_T && end - first >= 4 && isSpace(bytes[first + 3]!)) {
      this.#position = first + 3;
      if (bytes[first] === LOWER_P && bytes[first + 1] === LOWER_U) return this.#readPut();
      if (bytes[first] === LOWER_G && bytes[first + 1] === LOWER_E) return this.#readNameAndSpan("get");
    }
    return this.#readOther(first);
  }

  #readPut(): CommandKind {
    if (!this.#readKey() || this.#isStar()) return "wrong";
    if (!this.#readValue()) return "wrong";
    if (!this.#readInteger() || this.#skipSpace() !== this.#end) return "wrong";
    this.timestamp = this.#integers.value;
    return "put";
  }

  #readOther(first: number): CommandKind {
    const wordEnd = this.#skipWord();
    for (const { word, kind } of OTHER_COMMANDS) {
      if (wordEnd - first !== word.length) continue;
      if (!word.every((byte, index) => this.bytes[first + index] === byte)) continue;
      if (kind === "delete") return this.#readNameAndSpan(kind);
      return this.#readKey() && this.#skipSpace() === this.#end ? kind : "wrong";
    }
    return "wrong";
  }

  #readNameAndSpan(kind: "get" | "delete"): CommandKind {
    this.from = -Infinity;
    this.until = Infinity;
    if (!this.#readKey()) return "wrong";
    if (this.#skipSpace() === this.#end) return kind;
    if (!this.#readInteger()) return "wrong";
    this.from = this.#integers.value;
    if (!this.#readInteger() || this.#skipSpace() !== this.#end) return "wrong";
    this.until = this.#integers.value;
    return kind;
  }

  #readValue(): boolean {
    const end = this.#floats.read(this.bytes, this.#skipSpace(), this.#end);
    this.value = this.#floats.value;
    this.#position = end;
    return end >= 0;
  }

  #readInteger(): boolean {
    const end = this.#integers.read(this.bytes, this.#skipSpace(), this.#end);
    this.#position = end;
    return end >= 0;
  }

  #readKey(): boolean {
    const bytes = this.bytes;
    const start = this.#skipSpace();
    let position = start;
    let seen = 0;
    while (position < this.#end && bytes[position]! > SPACE) seen |= bytes[position++]!;
    this.keyStart = start;
    this.keyEnd = position;
    this.#position = position;
    if (position === start || (position < this.#end && !isSpace(bytes[position]!))) return false;
    return seen < FIRST_NON_ASCII || isKey(bytes, start, position);
  }

  #isStar(): boolean {
    return this.keyEnd - this.keyStart === 1 && this.bytes[this.keyStart] === STAR;
  }

  #skipSpace(): number {
    let position = this.#position;
    while (position < this.#end && isSpace(this.bytes[position]!)) position++;
    return this.#position = position;
  }

  #skipWord(): number {
    let position = this.#position;
    while (position < this.#end && !isSpace(this.bytes[position]!)) position++;
    return this.#position = position;
  }
}

// The grammar of the protocol: what a line asks for. Words are separated by runs of spaces and tabs.

import { isKey } from "./key_rules.ts";
import { parsePythonFloat } from "./python_float.ts";
import { parsePythonInt } from "./python_int.ts";
import type { PutCommand } from "../store.ts";

const TAB = 0x09;
const SPACE = 0x20;
const STAR = 0x2a;
const LOWER_E = 0x65;
const LOWER_G = 0x67;
const LOWER_P = 0x70;
const LOWER_T = 0x74;
const LOWER_U = 0x75;
const FIRST_NON_ASCII = 0x80;

/** What a line is: a command, nothing but space, or neither. */
export type CommandKind = "put" | "get" | "get-all" | "blank" | "wrong";

/** Reads commands; the fields hold the parts of the last one, so that a line costs no object. */
export class CommandReader implements PutCommand {
  /** The array that holds the line. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Offset of the key's first byte, after `put` and `get`. */
  keyStart = 0;
  /** Offset behind the key's last byte, after `put` and `get`. */
  keyEnd = 0;
  /** The value of a `put`. */
  value = 0;
  /** The timestamp of a `put` in seconds. */
  timestamp = 0;
  #position = 0;
  #end = 0;

  /**
   * Reads a line and fills the fields.
   *
   * @param start offset of the line's first byte
   * @param end offset behind its last byte, the line's end not counted
   */
  read(bytes: Uint8Array, start: number, end: number): CommandKind {
    this.bytes = bytes;
    this.#position = start;
    this.#end = end;
    const first = this.#skipSpace();
    if (first === end) return "blank";
    if (bytes[first + 2] !== LOWER_T || end - first < 4 || !isSpace(bytes[first + 3]!)) return "wrong";
    this.#position = first + 3;
    if (bytes[first] === LOWER_P && bytes[first + 1] === LOWER_U) return this.#readPut();
    if (bytes[first] === LOWER_G && bytes[first + 1] === LOWER_E) return this.#readGet();
    return "wrong";
  }

  #readPut(): CommandKind {
    if (!this.#readKey() || this.#isStar()) return "wrong";
    const valueStart = this.#skipSpace();
    const value = parsePythonFloat(this.bytes, valueStart, this.#skipWord());
    if (value === undefined) return "wrong";
    const timestampStart = this.#skipSpace();
    const timestamp = parsePythonInt(this.bytes, timestampStart, this.#skipWord());
    if (timestamp === undefined || this.#skipSpace() !== this.#end) return "wrong";
    this.value = value;
    this.timestamp = timestamp;
    return "put";
  }

  #readGet(): CommandKind {
    if (!this.#readKey() || this.#skipSpace() !== this.#end) return "wrong";
    return this.#isStar() ? "get-all" : "get";
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

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

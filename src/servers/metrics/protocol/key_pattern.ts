// Decides which keys match a name with wildcards: `*` is any run of bytes without a dot, `{a,b}` one of the
// alternatives, which may hold wildcards themselves. A brace without its partner is an ordinary byte. In
// Graphite's patterns `?` is any one character, `[a-z]` one of a class, `[!a-z]` one of all others; a class
// lists ASCII characters.

import type { ByteRange } from "../store.ts";

const STAR = 0x2a;
const COMMA = 0x2c;
const DOT = 0x2e;
const EXCLAMATION = 0x21;
const DASH = 0x2d;
const QUESTION = 0x3f;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

// Longer names match a long key too slowly, because the work for one key can be the product of both lengths.
const MAX_PATTERN_BYTES = 4_096;

// The steps of a pattern that do more than match one byte.
const RUN = -1;
const SPLIT = -2;
const JUMP = -3;
const END = -4;
const CLASS = -5;
// The rest of a character that has several bytes.
const TAIL = -6;

/** The available wildcards: those of the line protocol, or all of Graphite's. */
export type PatternSyntax = "lines" | "graphite";

/** Whether a name has a wildcard; a key may have one too, and then `get` and `delete` mean that key. */
export function hasWildcard({ bytes, start, end }: ByteRange): boolean {
  for (let position = start; position < end; position++) {
    if (bytes[position] === STAR || bytes[position] === OPEN) return true;
  }
  return false;
}

/** Whether a name is `*` alone, which stands for all keys, with dots or without. */
export function meansAll({ bytes, start, end }: ByteRange): boolean {
  return end - start === 1 && bytes[start] === STAR;
}

/**
 * A name with wildcards, prepared for comparing keys.
 *
 * All alternatives advance together, byte by byte (Thompson 1968), so that nothing is ever tried twice,
 * whatever the pattern.
 */
export class KeyPattern {
  // An expected byte, or one of the constants above.
  readonly #steps: number[] = [];
  // The step after a split or a jump.
  readonly #targets: number[][] = [];
  readonly #classes: ByteClass[] = [];
  readonly #prefixLength: number;
  readonly #marks: Uint32Array;
  #mark = 0;
  // Two lists of steps with fixed room: emptying an array costs more than a byte's work (Deno 2.9.6).
  #active: Uint16Array;
  #next: Uint16Array;
  #nextCount = 0;

  /** Makes a pattern of a name; the bytes are copied. @throws {RangeError} when it is longer than 4,096 bytes */
  constructor(name: ByteRange, syntax: PatternSyntax = "lines") {
    if (name.end - name.start > MAX_PATTERN_BYTES) {
      throw new RangeError(`Cannot read a pattern: expected at most ${MAX_PATTERN_BYTES} bytes`);
    }
    this.#compile(name.bytes.slice(name.start, name.end), syntax);
    this.#prefixLength = this.#steps.findIndex((step) => step < 0);
    const count = this.#steps.length;
    this.#marks = new Uint32Array(count);
    this.#active = new Uint16Array(count);
    this.#next = new Uint16Array(count);
  }

  /** Whether the pattern matches a key. */
  matches(bytes: Uint8Array, start: number, end: number): boolean {
    const prefixEnd = start + this.#prefixLength;
    if (prefixEnd > end) return false;
    for (let position = start; position < prefixEnd; position++) {
      if (bytes[position] !== this.#steps[position - start]) return false;
    }
    this.#beginList();
    this.#reach(this.#prefixLength);
    for (let position = prefixEnd; position < end; position++) {
      if (!this.#advance(bytes[position]!)) return false;
    }
    return this.#marks[this.#steps.length - 1] === this.#mark;
  }

  #advance(byte: number): boolean {
    const active = this.#next;
    const count = this.#nextCount;
    this.#next = this.#active;
    this.#active = active;
    this.#beginList();
    for (let index = 0; index < count; index++) {
      const at = active[index]!;
      const step = this.#steps[at]!;
      if (step === byte) this.#reach(at + 1);
      else if (step === RUN && byte !== DOT) this.#reach(at);
      else if (step === CLASS && this.#classes[at]!.has(byte)) this.#reach(at + 1);
      else if (step === TAIL && isContinuation(byte)) this.#reach(at);
    }
    return this.#nextCount > 0;
  }

  #beginList(): void {
    this.#nextCount = 0;
    this.#mark++;
    if (this.#mark < 2 ** 32) return;
    this.#marks.fill(0);
    this.#mark = 1;
  }

  // Adds a step, and the steps that are reached from it without a byte.
  #reach(at: number): void {
    if (this.#marks[at] === this.#mark) return;
    this.#marks[at] = this.#mark;
    const step = this.#steps[at]!;
    if (step === SPLIT || step === JUMP) {
      for (const target of this.#targets[at]!) this.#reach(target);
      return;
    }
    this.#next[this.#nextCount++] = at;
    if (step === RUN || step === TAIL) this.#reach(at + 1);
  }

  #compile(name: Uint8Array, syntax: PatternSyntax): void {
    const partners = findPartners(name);
    const open: { readonly split: number; readonly jumps: number[] }[] = [];
    for (let index = 0; index < name.length; index++) {
      const byte = name[index]!;
      const byteClass = syntax === "graphite" ? readClass(name, index) : undefined;
      if (byteClass !== undefined) {
        this.#classes[this.#emit(CLASS)] = byteClass;
        this.#emit(TAIL);
        index = byteClass.end - 1;
        continue;
      }
      const inner = open.at(-1);
      if (byte === OPEN && partners.has(index)) {
        open.push({ split: this.#emit(SPLIT), jumps: [] });
        this.#targets[this.#steps.length - 1] = [this.#steps.length];
      } else if (byte === COMMA && inner !== undefined) {
        inner.jumps.push(this.#emit(JUMP));
        this.#targets[inner.split]!.push(this.#steps.length);
      } else if (byte === CLOSE && partners.has(index)) {
        for (const jump of open.pop()!.jumps) this.#targets[jump] = [this.#steps.length];
      } else if (byte !== STAR) {
        this.#emit(byte);
      } else if (index === 0 || name[index - 1] !== STAR) {
        this.#emit(RUN);
      }
    }
    this.#emit(END);
  }

  #emit(step: number): number {
    return this.#steps.push(step) - 1;
  }
}

/** The characters that may stand at one place, by their first byte. */
interface ByteClass {
  has(byte: number): boolean;
  /** The offset after the class in its pattern. */
  readonly end: number;
}

/** The class that begins at an offset: `?` or brackets; undefined if none does. */
function readClass(name: Uint8Array, start: number): ByteClass | undefined {
  const isFirstByte = (byte: number): boolean => byte !== DOT && !isContinuation(byte);
  if (name[start] === QUESTION) return { has: isFirstByte, end: start + 1 };
  if (name[start] !== BRACKET) return undefined;
  const isNegated = name[start + 1] === EXCLAMATION;
  const first = start + (isNegated ? 2 : 1);
  // A bracket right at the start is a member.
  const close = name.indexOf(BRACKET_END, first + 1);
  if (close < 0) return undefined;
  const members = readMembers(name.subarray(first, close));
  return { has: (byte) => isFirstByte(byte) && members.has(byte) !== isNegated, end: close + 1 };
}

function readMembers(text: Uint8Array): ReadonlySet<number> {
  const members = new Set<number>();
  for (let index = 0; index < text.length; index++) {
    const isRange = text[index + 1] === DASH && index + 2 < text.length;
    const last = text[isRange ? index + 2 : index]!;
    for (let byte = text[index]!; byte <= last; byte++) members.add(byte);
    if (isRange) index += 2;
  }
  return members;
}

// A byte of UTF-8 that is not the first of its character.
function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

// Offsets of the braces that have a partner.
function findPartners(name: Uint8Array): ReadonlySet<number> {
  const partners = new Set<number>();
  const open: number[] = [];
  for (const [index, byte] of name.entries()) {
    if (byte === OPEN) open.push(index);
    if (byte !== CLOSE) continue;
    const partner = open.pop();
    if (partner !== undefined) partners.add(partner).add(index);
  }
  return partners;
}

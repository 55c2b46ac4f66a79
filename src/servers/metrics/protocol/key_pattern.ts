// Which keys a name with wildcards means: `*` is any run of bytes without a dot, `{a,b}` one of the alternatives, which
// may hold wildcards themselves. A brace without its partner is an ordinary byte.

import type { ByteRange } from "../store.ts";

const STAR = 0x2a;
const COMMA = 0x2c;
const DOT = 0x2e;
const OPEN = 0x7b;
const CLOSE = 0x7d;

// Longer names match a long key too slowly: the work for one key is at most the product of both lengths.
const MAX_PATTERN_BYTES = 4_096;

// The steps of a pattern that do more than match one byte.
const RUN = -1;
const SPLIT = -2;
const JUMP = -3;
const END = -4;

/** Whether a name has a wildcard; a key may have one too, and then the name means that key to `get` and `delete`. */
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
 * A name with wildcards, made ready to be compared with keys.
 *
 * All alternatives advance together, byte by byte (Thompson 1968): nothing is ever tried twice, whatever the client
 * has written.
 */
export class KeyPattern {
  // A byte that is wanted, or one of the constants above.
  readonly #steps: number[] = [];
  // The step after a split or a jump.
  readonly #targets: number[][] = [];
  readonly #prefixLength: number;
  readonly #marks: Uint32Array;
  #mark = 0;
  #active: number[] = [];
  #next: number[] = [];

  /** Makes a pattern of a name; the bytes are copied. @throws {RangeError} when it is longer than 4,096 bytes */
  constructor(name: ByteRange) {
    if (name.end - name.start > MAX_PATTERN_BYTES) {
      throw new RangeError(`Cannot read a pattern: expected at most ${MAX_PATTERN_BYTES} bytes`);
    }
    this.#compile(name.bytes.slice(name.start, name.end));
    this.#prefixLength = this.#steps.findIndex((step) => step < 0);
    this.#marks = new Uint32Array(this.#steps.length);
  }

  /** Whether the pattern means a key. */
  matches(bytes: Uint8Array, start: number, end: number): boolean {
    const prefixEnd = start + this.#prefixLength;
    if (prefixEnd > end) return false;
    for (let position = start; position < prefixEnd; position++) {
      if (bytes[position] !== this.#steps[position - start]) return false;
    }
    this.#next.length = 0;
    this.#beginList();
    this.#reach(this.#prefixLength);
    for (let position = prefixEnd; position < end; position++) {
      [this.#active, this.#next] = [this.#next, this.#active];
      if (!this.#advance(bytes[position]!)) return false;
    }
    return this.#next.includes(this.#steps.length - 1);
  }

  #advance(byte: number): boolean {
    this.#next.length = 0;
    this.#beginList();
    for (const at of this.#active) {
      const step = this.#steps[at]!;
      if (step === byte) this.#reach(at + 1);
      else if (step === RUN && byte !== DOT) this.#reach(at);
    }
    return this.#next.length > 0;
  }

  #beginList(): void {
    this.#mark++;
    if (this.#mark < 2 ** 32) return;
    this.#marks.fill(0);
    this.#mark = 1;
  }

  // Adds a step, and those that are reached from it without a byte.
  #reach(at: number): void {
    if (this.#marks[at] === this.#mark) return;
    this.#marks[at] = this.#mark;
    const step = this.#steps[at]!;
    if (step === SPLIT || step === JUMP) {
      for (const target of this.#targets[at]!) this.#reach(target);
      return;
    }
    this.#next.push(at);
    if (step === RUN) this.#reach(at + 1);
  }

  #compile(name: Uint8Array): void {
    const partners = findPartners(name);
    const open: { readonly split: number; readonly jumps: number[] }[] = [];
    for (const [index, byte] of name.entries()) {
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

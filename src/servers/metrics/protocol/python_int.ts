import { isSpace } from "./white_space.ts";

const PLUS = 0x2b;
const MINUS = 0x2d;
const UNDERSCORE = 0x5f;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * Reads an integer in the grammar of Python's `int()` (ASCII digits, no surrounding space): `-3`, `+4`, `007`, `1_0`.
 *
 * @param end offset after the last byte of the word
 * @returns the number, or undefined when the word is not an integer, or beyond 2^53-1 in magnitude
 */
export function parsePythonInt(bytes: Uint8Array, start: number, end: number): number | undefined {
  const reader = new PythonIntReader();
  return reader.read(bytes, start, end) === end ? reader.value : undefined;
}

/** Reads integers as {@linkcode parsePythonInt} does; the number is a field, as in `PythonFloatReader`. */
export class PythonIntReader {
  /** The integer read last. */
  value = 0;

  /**
   * Reads a word, which ends before a space or a tab, or with the bytes.
   *
   * @param end offset after the last byte
   * @returns offset after the word; -1 if it is no integer
   */
  read(bytes: Uint8Array, start: number, end: number): number {
    let position = start;
    const sign = bytes[position];
    if (sign === MINUS || sign === PLUS) position++;
    let value = 0;
    let isAfterDigit = false;
    for (; position < end; position++) {
      const byte = bytes[position]!;
      if (byte >= ZERO && byte <= NINE) {
        value = value * 10 + (byte - ZERO);
        if (value > Number.MAX_SAFE_INTEGER) return -1;
        isAfterDigit = true;
      } else if (byte === UNDERSCORE && isAfterDigit) {
        isAfterDigit = false;
      } else if (isSpace(byte)) break;
      else return -1;
    }
    if (!isAfterDigit) return -1;
    // Not -0: an integer has one zero.
    this.value = sign === MINUS && value !== 0 ? -value : value;
    return position;
  }
}

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
  let position = start;
  const sign = bytes[position];
  if (sign === MINUS || sign === PLUS) position++;
  let value = 0;
  let isAfterDigit = false;
  for (; position < end; position++) {
    const byte = bytes[position]!;
    if (byte >= ZERO && byte <= NINE) {
      value = value * 10 + (byte - ZERO);
      if (value > Number.MAX_SAFE_INTEGER) return undefined;
      isAfterDigit = true;
    } else if (byte === UNDERSCORE && isAfterDigit) {
      isAfterDigit = false;
    } else {
      return undefined;
    }
  }
  if (!isAfterDigit) return undefined;
  // Not -0: an integer has one zero.
  return sign === MINUS && value !== 0 ? -value : value;
}

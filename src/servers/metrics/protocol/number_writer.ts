// Writes numbers as ASCII straight into bytes, because a string for each number of a large reply would cost
// more than the row.

import { formatPythonFloat } from "./python_float.ts";

const ZERO = 0x30;
const MINUS = 0x2d;
const DOT = 0x2e;

/** No number that this file writes is longer than this. */
export const MAX_NUMBER_BYTES = 32;

const BILLION = 1_000_000_000;
const MAX_INT32 = 2 ** 31 - 1;

// A decimal of at most 15 digits is the only one of that length that reads as its double. So one that is
// found by scaling is the shortest there is, and thus the output of repr.
const MAX_UNIQUE_DECIMAL = 1e15;
const MIN_WITHOUT_EXPONENT = 1e-4;
const MAX_FRACTION_DIGITS = 6;
const SCALES: readonly number[] = Array.from(
  { length: MAX_FRACTION_DIGITS + 1 },
  (_, digits) => 10 ** digits,
);

/** Writes an integer up to 2^53-1 in magnitude. @returns the offset after it */
export function writeInteger(target: Uint8Array, at: number, value: number): number {
  if (value >= 0) return writeDigits(target, at, value);
  target[at] = MINUS;
  return writeDigits(target, at + 1, -value);
}

/** Writes a float in the form of {@linkcode formatPythonFloat}. @returns the offset after it */
export function writePythonFloat(target: Uint8Array, at: number, value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude >= MIN_WITHOUT_EXPONENT && magnitude < MAX_UNIQUE_DECIMAL) {
    for (let digits = 0; digits <= MAX_FRACTION_DIGITS; digits++) {
      const scaled = Math.round(magnitude * SCALES[digits]!);
      if (scaled >= MAX_UNIQUE_DECIMAL) break;
      if (scaled / SCALES[digits]! === magnitude) {
        if (value < 0) target[at++] = MINUS;
        return writeDecimal(target, at, { scaled, digits });
      }
    }
  }
  const text = formatPythonFloat(value);
  for (let index = 0; index < text.length; index++) target[at++] = text.charCodeAt(index);
  return at;
}

function writeDecimal(
  target: Uint8Array,
  start: number,
  decimal: { scaled: number; digits: number },
): number {
  const scale = SCALES[decimal.digits]!;
  const whole = Math.floor(decimal.scaled / scale);
  const at = writeDigits(target, start, whole);
  target[at] = DOT;
  if (decimal.digits > 0) return writePadded(target, at + 1, decimal.scaled - whole * scale, decimal.digits);
  target[at + 1] = ZERO;
  return at + 2;
}

// Whole numbers of 32 bits, such as timestamps, are divided fastest.
function writeDigits(target: Uint8Array, at: number, value: number): number {
  if (value > MAX_INT32) {
    const upper = Math.floor(value / BILLION);
    return writePadded(target, writeDigits(target, at, upper), value - upper * BILLION, 9);
  }
  return writePadded(target, at, value, widthOf(value));
}

function widthOf(value: number): number {
  if (value >= BILLION) return 10;
  let width = 1;
  for (let limit = 10; value >= limit; limit *= 10) width++;
  return width;
}

// The digits of 0 to 99, because two at a time need half the divisions.
const PAIRS = Uint8Array.from(
  { length: 200 },
  (_, at) => ZERO + Math.floor((at >> 1) / (at % 2 === 0 ? 10 : 1)) % 10,
);

function writePadded(target: Uint8Array, at: number, value: number, width: number): number {
  let rest = value | 0;
  let position = at + width;
  for (; position > at + 1; position -= 2) {
    const quotient = (rest / 100) | 0;
    const pair = (rest - quotient * 100) * 2;
    target[position - 1] = PAIRS[pair + 1]!;
    target[position - 2] = PAIRS[pair]!;
    rest = quotient;
  }
  if (position > at) target[at] = ZERO + rest % 10;
  return at + width;
}

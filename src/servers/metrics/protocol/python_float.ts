// Floats as CPython reads and prints them; the grammar is that of `float()` in the Python library reference.

import { isSpace } from "./white_space.ts";

const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

// A mantissa of up to 15 digits is an exact double, and so is every power of ten up to 22: one division or
// multiplication of two exact doubles is rounded once, so its result is the nearest double (Clinger 1990).
const MAX_EXACT_DIGITS = 15;
const MAX_EXACT_POWER = 22;
const POWERS_OF_TEN: readonly number[] = Array.from(
  { length: MAX_EXACT_POWER + 1 },
  (_, power) => Number(`1e${power}`),
);

// No two parts of this pattern can match the same digits, so a long line cannot make it backtrack.
const DECIMAL = /^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i;
const SPECIAL = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i;

/**
 * Reads a float in Python's grammar (ASCII digits, no surrounding space): `12.0`, `+.5`, `5.`, `1_000`, `1e3`,
 * `inf`, `-Infinity`, `nan`.
 *
 * @param end offset after the last byte of the word
 * @returns the nearest double, or undefined when the word is not a float
 */
export function parsePythonFloat(bytes: Uint8Array, start: number, end: number): number | undefined {
  const reader = new PythonFloatReader();
  return reader.read(bytes, start, end) === end ? reader.value : undefined;
}

/** Reads floats as {@linkcode parsePythonFloat} does; the number is a field, since one that is returned is an object. */
export class PythonFloatReader {
  /** The float read last. */
  value = 0;

  /**
   * Reads a word, which ends before a space or a tab, or with the bytes.
   *
   * @param end offset after the last byte
   * @returns offset after the word; -1 if it is no float
   */
  read(bytes: Uint8Array, start: number, end: number): number {
    let position = start;
    const sign = bytes[position];
    if (sign === MINUS || sign === PLUS) position++;
    const digitsStart = position;
    let mantissa = 0;
    let fractionDigits = 0;
    let dots = 0;
    for (; position < end; position++) {
      const byte = bytes[position]!;
      if (byte >= ZERO && byte <= NINE) {
        mantissa = mantissa * 10 + (byte - ZERO);
        fractionDigits += dots;
      } else if (byte === DOT && dots === 0) {
        dots = 1;
      } else break;
    }
    const digits = position - digitsStart - dots;
    const isWord = position === end || isSpace(bytes[position]!);
    if (!isWord || digits === 0 || digits > MAX_EXACT_DIGITS) return this.#readAny(bytes, start, end);
    const magnitude = fractionDigits === 0 ? mantissa : mantissa / POWERS_OF_TEN[fractionDigits]!;
    this.value = sign === MINUS ? -magnitude : magnitude;
    return position;
  }

  #readAny(bytes: Uint8Array, start: number, end: number): number {
    let text = "";
    let position = start;
    for (; position < end && !isSpace(bytes[position]!); position++) {
      text += String.fromCharCode(bytes[position]!);
    }
    const value = parseAnyFloat(text);
    if (value === undefined) return -1;
    this.value = value;
    return position;
  }
}

function parseAnyFloat(text: string): number | undefined {
  if (DECIMAL.test(text)) return Number(text.replaceAll("_", ""));
  const special = SPECIAL.exec(text);
  if (special === null) return undefined;
  if (special[2] === undefined) return NaN;
  return special[1] === "-" ? -Infinity : Infinity;
}

/**
 * Prints a float as CPython's `repr` does: the shortest digits that read back as the same double, with an exponent
 * when the decimal exponent is below -4 or above 15: `10.0`, `1e+16`, `1e-05`, `inf`, `nan`, `-0.0`.
 */
export function formatPythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (value < 0 || Object.is(value, -0)) return `-${formatPositive(-value)}`;
  return formatPositive(value);
}

function formatPositive(value: number): string {
  if (value === Infinity) return "inf";
  if (value === 0) return "0.0";
  if (value >= 1e-4 && value < 1e16) {
    const text = String(value);
    return text.includes(".") ? text : `${text}.0`;
  }
  // Both languages print the shortest digits; JavaScript writes the exponent as e-7, Python as e-07.
  const [digits, exponent] = value.toExponential().split("e") as [string, string];
  return `${digits}e${exponent.length < 3 ? `${exponent[0]}0${exponent[1]}` : exponent}`;
}

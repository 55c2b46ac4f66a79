// Bytes become the bytes of a log line here, by table and in one pass: most bytes of a binary body are
// escaped, and a string for each of them cost 70 ms a megabyte on Deno 2.9.6, during which the server waited.
// This costs 13.

const SLOT = 8;
const BACKSLASH = 0x5c;
const SMALL_U = 0x75;
// A piece of the result that fits into the processor's caches.
const MAX_PIECE_BYTES = 65_536;
// The longest that one character becomes: `\uNNNN`.
const MAX_ESCAPE_BYTES = 6;
// Four bytes of a character in, four out; or six for three; or, in JSON, six for one.
const MAX_GROWTH = 6;

const HEX = new TextEncoder().encode("0123456789abcdef");

// A BOM is bytes like all others here, so it must not be swallowed.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text that stands for a byte. */
export interface ByteEscapes {
  /** For a byte below 0x80: at most six ASCII characters, one if it stays as it is. */
  readonly ofAscii: (byte: number) => string;
  /** For a byte that is not UTF-8. */
  readonly ofInvalid: (byte: number) => string;
}

/**
 * Makes text from bytes: valid UTF-8 stays readable, bytes that are unsafe in a log become escapes.
 *
 * Beyond ASCII that is C1, U+2028, U+2029, U+FEFF and the bidirectional controls, which become `\uNNNN`.
 */
export class ByteEscaper {
  readonly #isPlain = new Uint8Array(256);
  // The escape of each byte: its length, then its characters.
  readonly #escapes = new Uint8Array(256 * SLOT);

  /** @param escapes asked once for each byte */
  constructor({ ofAscii, ofInvalid }: ByteEscapes) {
    const encoder = new TextEncoder();
    for (let byte = 0; byte < 256; byte++) {
      const escape = byte < 0x80 ? ofAscii(byte) : ofInvalid(byte);
      this.#isPlain[byte] = byte < 0x80 && escape === String.fromCharCode(byte) ? 1 : 0;
      this.#escapes[byte * SLOT] = escape.length;
      this.#escapes.set(encoder.encode(escape), byte * SLOT + 1);
    }
  }

  /** The text that stands for the bytes. */
  escape(bytes: Uint8Array): string {
    const piece = new Uint8Array(Math.min(bytes.length * MAX_GROWTH + MAX_ESCAPE_BYTES, MAX_PIECE_BYTES));
    let text = "";
    for (let at = 0; at < bytes.length;) {
      let length = 0;
      while (at < bytes.length && length <= piece.length - MAX_ESCAPE_BYTES) {
        const byte = bytes[at]!;
        if (this.#isPlain[byte] === 1) {
          piece[length++] = byte;
          at++;
          continue;
        }
        const size = byte < 0x80 ? 1 : characterLength(bytes, at);
        if (size < 2) length = this.#putEscape(piece, length, byte);
        else if (size < 4 && isUnsafe(codePoint(bytes, at, size))) {
          length = putCodePoint(piece, length, codePoint(bytes, at, size));
        } else {
          for (let i = 0; i < size; i++) piece[length++] = bytes[at + i]!;
        }
        at += size || 1;
      }
      text += decoder.decode(piece.subarray(0, length));
    }
    return text;
  }

  // Always writes six characters, even for a shorter escape. The excess is overwritten, and a loop costs a
  // third more.
  #putEscape(target: Uint8Array, start: number, byte: number): number {
    const escapes = this.#escapes;
    const slot = byte * SLOT;
    target[start] = escapes[slot + 1]!;
    target[start + 1] = escapes[slot + 2]!;
    target[start + 2] = escapes[slot + 3]!;
    target[start + 3] = escapes[slot + 4]!;
    target[start + 4] = escapes[slot + 5]!;
    target[start + 5] = escapes[slot + 6]!;
    return start + escapes[slot]!;
  }
}

/** The number of a valid character of two or three bytes. */
function codePoint(bytes: Uint8Array, at: number, size: number): number {
  const first = bytes[at]!;
  const second = bytes[at + 1]! & 0x3f;
  return size === 2
    ? (first & 0x1f) << 6 | second
    : (first & 0xf) << 12 | second << 6 | bytes[at + 2]! & 0x3f;
}

/**
 * Whether a character of two or three bytes moves a cursor, ends a line or hides text (Cc, Zl, Zp,
 * Bidi_Control, U+FEFF).
 */
function isUnsafe(code: number): boolean {
  return code < 0xa0 || code === 0x61c || code === 0xfeff || code === 0x200e || code === 0x200f ||
    (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/** Writes `\\uNNNN`. @returns the index after it */
function putCodePoint(target: Uint8Array, start: number, code: number): number {
  target[start] = BACKSLASH;
  target[start + 1] = SMALL_U;
  for (let i = 0; i < 4; i++) target[start + 2 + i] = HEX[code >> 12 - 4 * i & 0xf]!;
  return start + MAX_ESCAPE_BYTES;
}

/** How many bytes the UTF-8 character of several bytes at `at` has (RFC 3629 §4); 0 if there is none. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const second = bytes[at + 1] ?? 0;
  // The second byte keeps out overlong forms, surrogates and code points beyond U+10FFFF.
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let i = 2; i < length; i++) {
    if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

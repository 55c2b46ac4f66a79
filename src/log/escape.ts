// What a client sent reaches a log only through this file: no byte of it can move a cursor, end a line or hide text.

// Cc are the C0 and C1 controls with DEL, Zl and Zp are U+2028 and U+2029; bidirectional controls and U+FEFF change
// what a terminal shows without being seen. The backslash is escaped so that the text can be turned back into bytes.
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Surrogate}\ufeff\\]/gu;
const UNSAFE_IN_COLUMN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Surrogate}\ufeff\\\p{Zs}]/gu;
const UNSAFE_IN_LINES = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Surrogate}\ufeff\\]/gu;
// The same characters, except those that JSON.stringify escapes itself.
const UNSAFE_IN_JSON = /[\x7f-\x9f\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu;

const PLAIN = /^[\x20-\x5b\x5d-\x7e]*$/;
const PLAIN_LINES = /^[\n\x20-\x5b\x5d-\x7e]*$/;
const PLAIN_COLUMN = /^[\x21-\x5b\x5d-\x7e]*$/;
const PLAIN_JSON = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

// A BOM is bytes like all others here, so it must not be swallowed.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Makes a text fit for one line of a log.
 *
 * Controls below U+0080 become `\xNN` (`\t`, `\n`, `\r` for those three), other unsafe characters `\uNNNN`,
 * a backslash is doubled. All else stays as it is.
 */
export function escapeText(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE, escapeCharacter);
}

/**
 * Makes bytes fit for one line of a log: valid UTF-8 stays readable, any other byte becomes `\xNN`.
 *
 * The characters are escaped as {@linkcode escapeText} does.
 */
export function escapeBytes(bytes: Uint8Array): string {
  return joinRuns(bytes, escapeText);
}

/** Like {@linkcode escapeBytes}, with the line feeds left in: for text of several lines. */
export function escapeLines(bytes: Uint8Array): string {
  return joinRuns(
    bytes,
    (run) => PLAIN_LINES.test(run) ? run : run.replace(UNSAFE_IN_LINES, escapeCharacter),
  );
}

/** {@linkcode escapeBytes} for bytes that are seen as latin1, one character for each. */
export function escapeLatin1(text: string): string {
  return PLAIN.test(text) ? text : escapeBytes(bytesOfLatin1(text));
}

/** Like {@linkcode escapeText}, and no space is left: lines stay columns. An empty text is shown as `-`. */
export function escapeTextColumn(text: string): string {
  if (text === "") return "-";
  return PLAIN_COLUMN.test(text) ? text : text.replace(UNSAFE_IN_COLUMN, escapeCharacter);
}

/** {@linkcode escapeTextColumn} for bytes that are seen as latin1. */
export function escapeLatin1Column(text: string): string {
  if (text === "") return "-";
  if (PLAIN_COLUMN.test(text)) return text;
  return joinRuns(bytesOfLatin1(text), (run) => run.replace(UNSAFE_IN_COLUMN, escapeCharacter));
}

/**
 * Makes a JSON string, with the quotes, of a text.
 *
 * DEL, C1, U+2028, U+2029 and bidirectional controls are written as `\uNNNN`, which JSON.stringify leaves raw.
 */
export function jsonOfText(text: string): string {
  if (PLAIN_JSON.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(UNSAFE_IN_JSON, (character) => `\\u${hex(character.charCodeAt(0), 4)}`);
}

/**
 * Makes a JSON string, with the quotes, of bytes: valid UTF-8 is the text itself.
 *
 * A byte that is no UTF-8 stands in the text as the four characters `\xNN`.
 */
export function jsonOfBytes(bytes: Uint8Array): string {
  return jsonOfText(joinRuns(bytes, (run) => run));
}

/** {@linkcode jsonOfBytes} for bytes that are seen as latin1. */
export function jsonOfLatin1(text: string): string {
  return PLAIN_JSON.test(text) ? `"${text}"` : jsonOfBytes(bytesOfLatin1(text));
}

/** The bytes of a text in which one character stands for one byte. */
export function bytesOfLatin1(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Gives each stretch of valid UTF-8 to `take`, and writes the bytes between them as `\xNN`. */
function joinRuns(bytes: Uint8Array, take: (run: string) => string): string {
  let text = "";
  let runStart = 0;
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at]! < 0x80 ? 1 : characterLength(bytes, at);
    if (length === 0) {
      if (at > runStart) text += take(decodeRun(bytes, runStart, at));
      text += BYTE_ESCAPES[bytes[at]!]!;
      runStart = ++at;
    } else {
      at += length;
    }
  }
  return text + take(decodeRun(bytes, runStart, bytes.length));
}

const BYTE_ESCAPES: readonly string[] = Array.from({ length: 256 }, (_, byte) => `\\x${hex(byte, 2)}`);

// Between the bytes of a binary body stand runs of a few ASCII characters, half a million in a megabyte: for them the
// call of the decoder costs more than all the rest.
const MAX_SHORT_RUN = 8;

function decodeRun(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > MAX_SHORT_RUN) return decoder.decode(bytes.subarray(start, end));
  let text = "";
  for (let at = start; at < end; at++) {
    if (bytes[at]! > 0x7f) return decoder.decode(bytes.subarray(start, end));
    text += String.fromCharCode(bytes[at]!);
  }
  return text;
}

/** How many bytes the UTF-8 character of several bytes at `at` has (RFC 3629 §4); 0 where there is none. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const second = bytes[at + 1] ?? 0;
  // The second byte keeps out overlong forms, surrogates and what is beyond U+10FFFF.
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let i = 2; i < length; i++) {
    if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function escapeCharacter(character: string): string {
  switch (character) {
    case "\\":
      return "\\\\";
    case "\t":
      return "\\t";
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
  }
  const code = character.charCodeAt(0);
  return code < 0x80 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

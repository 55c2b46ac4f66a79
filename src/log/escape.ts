// Text from a client reaches a log only through this file: no byte of it can move a cursor, end a line or
// hide text.

import { encodeLatin1 } from "../bytes/latin1.ts";
import { ByteEscaper } from "./byte_escaper.ts";

// Cc are the C0 and C1 controls with DEL, Zl and Zp are U+2028 and U+2029. Bidirectional controls and U+FEFF
// are invisible, and change the look of other text. The backslash is escaped so that the text can become
// bytes again.
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Surrogate}\ufeff\\]/gu;
// Spaces that remain in an escaped text.
const SPACE = /\p{Zs}/gu;
// The same characters, except those that JSON.stringify escapes itself.
const UNSAFE_IN_JSON = /[\x7f-\x9f\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu;

const PLAIN = /^[\x20-\x5b\x5d-\x7e]*$/;
// A head is plain but for the ends of its lines.
const PLAIN_LINES = /^[\x20-\x5b\x5d-\x7e]*(?:\r\n[\x20-\x5b\x5d-\x7e]*)*$/;
const PLAIN_COLUMN = /^[\x21-\x5b\x5d-\x7e]*$/;
const PLAIN_JSON = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

const LINE_FEED = 0x0a;

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
  return LINE.escape(bytes);
}

/**
 * Makes a writer of text of several lines: like {@linkcode escapeBytes}, with the line feeds left in.
 *
 * @param mark follows each line feed
 */
export function createLinesEscaper(mark: string): (bytes: Uint8Array) => string {
  const escaper = new ByteEscaper({
    ofAscii: (byte) => byte === LINE_FEED ? `\n${mark}` : escapeText(String.fromCharCode(byte)),
    ofInvalid: escapeByte,
  });
  return (bytes) => escaper.escape(bytes);
}

/** {@linkcode escapeBytes} for bytes that are seen as latin1, one character for each. */
export function escapeLatin1(text: string): string {
  if (PLAIN.test(text)) return text;
  return PLAIN_LINES.test(text) ? text.replaceAll("\r\n", "\\r\\n") : escapeBytes(encodeLatin1(text));
}

/** Like {@linkcode escapeText}, and no space is left: lines stay columns. An empty text is shown as `-`. */
export function escapeTextColumn(text: string): string {
  if (text === "") return "-";
  return PLAIN_COLUMN.test(text) ? text : escapeText(text).replace(SPACE, escapeCharacter);
}

/** {@linkcode escapeTextColumn} for bytes that are seen as latin1. */
export function escapeLatin1Column(text: string): string {
  if (text === "") return "-";
  if (PLAIN_COLUMN.test(text)) return text;
  return escapeBytes(encodeLatin1(text)).replace(SPACE, escapeCharacter);
}

/**
 * Makes a JSON string, with the quotes, of a text.
 *
 * DEL, C1, U+2028, U+2029 and bidirectional controls are written as `\uNNNN`, which JSON.stringify leaves
 * raw.
 */
export function jsonOfText(text: string): string {
  if (PLAIN_JSON.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(UNSAFE_IN_JSON, (character) => `\\u${hex(character.charCodeAt(0), 4)}`);
}

/**
 * Makes a JSON string, with the quotes, of bytes: valid UTF-8 is the text itself.
 *
 * A byte that is not UTF-8 stands in the text as the four characters `\xNN`.
 */
export function jsonOfBytes(bytes: Uint8Array): string {
  return `"${JSON_STRING.escape(bytes)}"`;
}

/** {@linkcode jsonOfBytes} for bytes that are seen as latin1. */
export function jsonOfLatin1(text: string): string {
  return PLAIN_JSON.test(text) ? `"${text}"` : jsonOfBytes(encodeLatin1(text));
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

function escapeByte(byte: number): string {
  return `\\x${hex(byte, 2)}`;
}

const LINE = new ByteEscaper({
  ofAscii: (byte) => escapeText(String.fromCharCode(byte)),
  ofInvalid: escapeByte,
});

const JSON_STRING = new ByteEscaper({
  ofAscii: (byte) => jsonOfText(String.fromCharCode(byte)).slice(1, -1),
  // The backslash is one of the text.
  ofInvalid: (byte) => `\\${escapeByte(byte)}`,
});

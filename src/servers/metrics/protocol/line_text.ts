import { decodeLatin1 } from "../../../bytes/latin1.ts";

const SPACE = 0x20;
const TILDE = 0x7e;
const BACKSLASH = 0x5c;
const MAX_SHOWN_BYTES = 200;

/** The line of a client for a log that escapes by itself: bytes seen as latin1, cut after 200 bytes. */
export function cutLine(line: Uint8Array): string {
  const text = decodeLatin1(line.subarray(0, MAX_SHOWN_BYTES));
  return line.length > MAX_SHOWN_BYTES ? `${text}...` : text;
}

/** Bytes of a client as text for a message: printable ASCII, all else as `\xNN`, cut after 200 bytes. */
export function showLine(line: Uint8Array): string {
  let text = "";
  for (const byte of line.subarray(0, MAX_SHOWN_BYTES)) {
    const isPlain = byte >= SPACE && byte <= TILDE && byte !== BACKSLASH;
    text += isPlain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return line.length > MAX_SHOWN_BYTES ? `${text}...` : text;
}

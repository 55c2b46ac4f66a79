// The lines of the chunked coding (RFC 9112 §7.1), read strictly, because they decide where the next message
// begins.

import { HttpError } from "../errors.ts";
import { BYTE_CLASSES, FIELD_BYTE, HEXDIG } from "../grammar.ts";
import { findTokenEnd, skipOws } from "./head/head.ts";

/** The meaning of a chunk-size line. */
export interface ChunkLine {
  /** Bytes of data in this chunk; 0 for the last chunk. */
  readonly size: number;
  /** Bytes of chunk extensions in the line. */
  readonly extensionBytes: number;
}

/**
 * Reads `chunk-size [ chunk-ext ]`, without the CRLF.
 *
 * @param line holds the line at `start` to `end`, exclusive
 * @throws {HttpError} 400 for anything but hexadecimal digits up to 2^53-1 and well-formed extensions
 */
export function parseChunkLine(line: Uint8Array, start: number, end: number): ChunkLine {
  let size = 0;
  let position = start;
  for (; position < end; position++) {
    const digit = hexValue(line[position]!);
    if (digit < 0) break;
    size = size * 16 + digit;
    if (size > Number.MAX_SAFE_INTEGER) throw badChunk("size beyond 2^53-1");
  }
  if (position === start) throw badChunk("expected a hexadecimal size");
  checkExtensions(line, position, end);
  return { size, extensionBytes: end - position };
}

function hexValue(byte: number): number {
  if ((BYTE_CLASSES[byte]! & HEXDIG) === 0) return -1;
  return byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57;
}

/** `*( BWS ";" BWS chunk-ext-name [ BWS "=" BWS ( token / quoted-string ) ] )`, RFC 9112 §7.1.1 */
function checkExtensions(line: Uint8Array, start: number, end: number): void {
  let position = start;
  while (position < end) {
    position = skipOws(line, position, end);
    if (line[position] !== 0x3b || position >= end) throw badChunk('expected ";" after the size');
    position = skipToken(line, skipOws(line, position + 1, end), end);
    const equals = skipOws(line, position, end);
    if (equals < end && line[equals] === 0x3d) {
      const value = skipOws(line, equals + 1, end);
      position = value < end && line[value] === 0x22
        ? skipQuoted(line, value, end)
        : skipToken(line, value, end);
    }
  }
}

function skipToken(line: Uint8Array, start: number, end: number): number {
  const position = findTokenEnd(line, start, end);
  if (position === start) throw badChunk("expected a token in the extension");
  return position;
}

/** `quoted-string`, RFC 9110 §5.6.4 */
function skipQuoted(line: Uint8Array, start: number, end: number): number {
  for (let position = start + 1; position < end; position++) {
    const byte = line[position]!;
    if (byte === 0x22) return position + 1;
    if (byte === 0x5c) position++;
    if (position >= end || (BYTE_CLASSES[line[position]!]! & FIELD_BYTE) === 0) break;
  }
  throw badChunk("expected the end of a quoted string");
}

/** The refusal of a malformed chunk; `offset` counts from the first byte of the connection. */
export function badChunk(state: string, offset?: number): HttpError {
  return new HttpError(400, `Cannot read a chunk: ${state}`, { code: "bad-chunk", offset });
}

// Everything that decides where a message ends lives here and in chunked.ts, and nowhere else.

import { HttpError } from "../errors.ts";
import { equalsIgnoringCase, splitList } from "../grammar.ts";
import type { FramingFields, HttpHeaders } from "../headers.ts";
import type { HttpVersion } from "./head/request_head.ts";

/** How the content of a request ends; `length` counts bytes after the empty line. */
export type Framing =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" };

const NONE: Framing = { kind: "none" };
const CHUNKED: Framing = { kind: "chunked" };

/**
 * Decides how the body of a request ends (RFC 9112 §6.3).
 *
 * @param headers fields of a complete head, in the order received
 * @param fields the fields already looked up in `headers`
 * @returns `none` if neither length nor coding is given: a request without them has no content
 * @throws {HttpError} 400 for both lengths, for several or malformed lengths, and for a coding that does not
 *   end in one `chunked`; 501 for a coding in front of `chunked` that is not implemented (RFC 9112 §6.1)
 */
export function decideRequestFraming(
  headers: HttpHeaders,
  version: HttpVersion,
  fields: FramingFields,
): Framing {
  const { contentLength } = fields;
  if (fields.hasTransferEncoding) {
    if (contentLength !== undefined) {
      throw badFraming("Cannot frame the body: got Content-Length and Transfer-Encoding");
    }
    if (version === "1.0") throw badFraming("Cannot frame the body: got Transfer-Encoding with HTTP/1.0");
    return decideCoding(headers.getAll("transfer-encoding"));
  }
  if (contentLength === undefined) return NONE;
  if (contentLength === null) throw badFraming("Cannot frame the body: got more than one Content-Length");
  return { kind: "length", length: parseContentLength(contentLength) };
}

function decideCoding(values: readonly string[]): Framing {
  const lines = values.map(splitList);
  const codings = lines.flat();
  const isChunked = (coding: string): boolean => equalsIgnoringCase(coding, "chunked");
  const last = codings.at(-1);
  const quoted = JSON.stringify(values.join(", "));
  // An intermediary may drop an empty Transfer-Encoding line, or honour only that one.
  if (last === undefined || !isChunked(last) || lines.some((line) => line.length === 0)) {
    throw badFraming(`Cannot frame the body: expected Transfer-Encoding to end in "chunked", got ${quoted}`);
  }
  if (codings.length === 1) return CHUNKED;
  if (codings.slice(0, -1).some(isChunked)) {
    throw badFraming(`Cannot frame the body: expected "chunked" once, got ${quoted}`);
  }
  throw new HttpError(501, `Cannot decode the body: expected "chunked" alone, got ${quoted}`, {
    code: "bad-framing",
  });
}

/**
 * Reads a Content-Length: digits only, at most 2^53-1 (RFC 9110 §8.6).
 *
 * @throws {HttpError} 400 for anything else; Number() alone would take signs, exponents and blanks
 */
export function parseContentLength(value: string): number {
  const length = /^\d+$/.test(value) ? Number(value) : NaN;
  if (Number.isSafeInteger(length)) return length;
  throw badFraming(`Cannot read Content-Length: expected digits up to 2^53-1, got ${JSON.stringify(value)}`);
}

function badFraming(message: string): HttpError {
  return new HttpError(400, message, { code: "bad-framing" });
}

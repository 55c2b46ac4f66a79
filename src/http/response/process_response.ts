// Turns responses into bytes. Framing (RFC 9112 §6) is decided here, whatever fields the handler set.

import { COLON, CR, LF, SP } from "../../bytes/ascii.ts";
import { putAscii, putLatin1 } from "../../bytes/latin1.ts";
import type { WireFields } from "../headers.ts";
import type { HttpRequest } from "../request/request.ts";
import { type FramedBody, type HttpResponse, isStreamed, isWire, type KnownBody } from "./response.ts";
import type { Persistence, ProcessResponseOptions } from "./response_preamble.ts";
import type { ResponseWriter } from "./response_writer.ts";
import { isBodyless } from "../status.ts";
import { abandon, type LengthFraming, type ResponseFraming, writeStream } from "./streamed_response.ts";

// Texts up to this length are written straight after their head, in the hope that they are ASCII.
const MAX_PLAIN_TEXT = 16_384;

const NO_FRAMING: ResponseFraming = { kind: "none" };
const NO_CONTENT: ResponseFraming = { kind: "length", length: 0 };

const encoder = new TextEncoder();

/**
 * Puts a response on the wire.
 *
 * A response with known content waits in the writer, to be joined with those that follow. A streamed response
 * is sent piece by piece as the client takes it.
 *
 * @returns whether the connection stays open; a promise only if content has to be waited for
 * @throws {RangeError} when a streamed response is longer or shorter than it promised: the connection must
 *   end
 */
export function processResponse(
  writer: ResponseWriter,
  request: HttpRequest,
  response: HttpResponse,
  options: ProcessResponseOptions,
): Persistence | Promise<Persistence> {
  const { status, body } = response;
  if (isWire(body)) return body.send(writer, options);
  const { joined: heads } = options;
  const own = response.headers.toWire();
  const fields = heads?.encoded(own) ?? own;
  // After HEAD the length in bytes must be certain.
  const isPlain = typeof body !== "string" || (request.method !== "HEAD" && mayBePlain(body));
  const content = isPlain ? body : encoder.encode(body);
  const framing = decideResponseFraming(request, status, content, fields);
  const persistence = framing.kind === "until-close" || fields.asksToClose ? "close" : options.persistence;
  const preamble = options.preamble.get(status, fields, persistence, options.nowMs);
  const text = typeof content === "string" && framing !== NO_FRAMING && framing !== NO_CONTENT ? content : "";
  const joined = fields.bytes && framing.kind === "length" ? heads?.of(preamble, fields.bytes) : undefined;
  // A length that the handler wrote itself goes out as it is.
  const isUsual = joined !== undefined && text !== "" && fields.contentLength === undefined;
  const whole = isUsual ? heads?.withText(joined, text) : undefined;
  if (whole !== undefined) writer.addBytes(whole);
  else if (!addHead(writer, { preamble, fields, framing, text, joined })) {
    return processResponse(writer, request, { ...response, body: encoder.encode(text) }, options);
  }
  if (request.method === "HEAD" || framing === NO_FRAMING || framing === NO_CONTENT) {
    if (isStreamed(content)) abandon(content[Symbol.asyncIterator]());
    return persistence;
  }
  if (isStreamed(content)) return writeStream(writer, content, framing).then(() => persistence);
  if (typeof content !== "string") addContent(writer, content);
  return writer.backlog === undefined ? persistence : writer.flush().then(() => persistence);
}

/** Whether a text is short, and looks like ASCII at a few places: an attempt that fails costs more than the look. */
function mayBePlain(text: string): boolean {
  if (text.length > MAX_PLAIN_TEXT) return false;
  const step = 1 + (text.length >> 3);
  for (let i = 0; i < text.length; i += step) {
    if (text.charCodeAt(i) > 0x7f) return false;
  }
  return true;
}

function addContent(writer: ResponseWriter, content: Exclude<KnownBody, string>): void {
  if (content instanceof Uint8Array) writer.addBytes(content);
  else if (content !== null) { for (const piece of content.pieces) writer.addBytes(piece); }
}

function decideResponseFraming(
  request: HttpRequest,
  status: number,
  content: FramedBody,
  fields: WireFields,
): ResponseFraming {
  if (isBodyless(status)) return status === 205 ? NO_CONTENT : NO_FRAMING;
  // RFC 9110 §9.3.6: a 2xx response to CONNECT is followed by a tunnel, and has neither length nor coding.
  if (status < 300 && request.method === "CONNECT") return NO_FRAMING;
  const promised = promisedFraming(fields);
  if (content === null) {
    // RFC 9110 §9.3.2: a response to HEAD may give the length that GET would have.
    return request.method === "HEAD" ? promised ?? NO_CONTENT : NO_CONTENT;
  }
  if (!isStreamed(content)) {
    return promised?.length === content.length ? promised : { kind: "length", length: content.length };
  }
  return promised ?? { kind: request.version === "1.1" ? "chunked" : "until-close" };
}

/** The length that the handler's Content-Length promises; undefined if it promises none. */
function promisedFraming({ contentLength: digits }: WireFields): LengthFraming | undefined {
  if (digits === undefined || !/^\d{1,15}$/.test(digits)) return undefined;
  return { kind: "length", length: Number(digits), digits };
}

// More than putFraming() ever writes, with the name of Content-Length.
const MAX_FRAMING_BYTES = 64;

interface Head {
  readonly preamble: Uint8Array;
  readonly fields: WireFields;
  /** Both, and the name of Content-Length, if they are kept so. */
  readonly joined: Uint8Array | undefined;
  readonly framing: ResponseFraming;
  /** Content that follows at once. */
  readonly text: string;
}

/**
 * Adds a head, and its content if that is a short text. One reservation for all of it, because a call for each
 * part would cost as much again as writing them.
 *
 * @returns whether the text is ASCII, as its framing says; if not, nothing is added
 */
function addHead(writer: ResponseWriter, { preamble, fields, joined, framing, text }: Head): boolean {
  const { bytes, lines } = fields;
  const size = preamble.length + (bytes?.length ?? sizeOf(lines)) + MAX_FRAMING_BYTES + text.length;
  const buffer = writer.reserve(size);
  let at = writer.length;
  if (joined === undefined) {
    at = putBytes(buffer, at, preamble);
    at = bytes === undefined ? putLines(buffer, at, lines) : putBytes(buffer, at, bytes);
    if (framing.kind === "length") at = putLatin1(buffer, at, "Content-Length: ");
  } else at = putBytes(buffer, at, joined);
  at = putAscii(buffer, putFraming(buffer, at, framing), text);
  if (at >= 0) writer.length = at;
  return at >= 0;
}

function putBytes(buffer: Uint8Array<ArrayBuffer>, start: number, bytes: Uint8Array): number {
  buffer.set(bytes, start);
  return start + bytes.length;
}

/** Bytes of field lines, each with colon, space and CRLF. */
function sizeOf(lines: readonly string[]): number {
  let size = 2 * lines.length;
  for (let i = 0; i < lines.length; i++) size += lines[i]!.length;
  return size;
}

function putLines(buffer: Uint8Array<ArrayBuffer>, start: number, lines: readonly string[]): number {
  let at = start;
  for (let i = 0; i < lines.length; i += 2) {
    at = putLatin1(buffer, at, lines[i]!);
    buffer[at++] = COLON;
    buffer[at++] = SP;
    at = putLatin1(buffer, at, lines[i + 1]!);
    buffer[at++] = CR;
    buffer[at++] = LF;
  }
  return at;
}

/** Writes the last lines of a head, without the name of Content-Length. @returns the index after them */
function putFraming(buffer: Uint8Array<ArrayBuffer>, start: number, framing: ResponseFraming): number {
  let at = start;
  if (framing.kind === "length") {
    at = putLatin1(buffer, at, framing.digits ?? String(framing.length));
    buffer[at++] = CR;
    buffer[at++] = LF;
  } else if (framing.kind === "chunked") {
    at = putLatin1(buffer, at, "Transfer-Encoding: chunked\r\n");
  }
  buffer[at++] = CR;
  buffer[at++] = LF;
  return at;
}

import type { BytePieces } from "../../bytes/byte_pieces.ts";
import { HttpHeaders } from "../headers.ts";
import type { HeaderField } from "../headers.ts";
import type { Persistence, ProcessResponseOptions } from "./response_preamble.ts";
import type { ResponseWriter } from "./response_writer.ts";

/** Known content: a text (sent as UTF-8), bytes, or several pieces of bytes. */
export type KnownBody = string | Uint8Array | BytePieces | null;

/**
 * A response that is sent as the given bytes, whatever they are. Its status and fields are only for logs.
 *
 * For servers that test how clients react to responses that break the rules.
 */
export interface WireBody {
  /** Marks a body that brings its own wire. */
  readonly kind: "wire";
  /**
   * Sends the bytes, after those of earlier responses.
   *
   * @param options those of a response that the server frames
   * @returns whether the connection stays open
   */
  readonly send: (writer: ResponseWriter, options: ProcessResponseOptions) => Promise<Persistence>;
}

/** The content of a response: known, or a source of pieces that is read as fast as the client takes them. */
export type FramedBody = KnownBody | AsyncIterable<Uint8Array>;

/** The content of a response, or bytes that replace the whole response. */
export type ResponseBody = FramedBody | WireBody;

/** Whether content comes piece by piece. */
export function isStreamed(body: ResponseBody): body is AsyncIterable<Uint8Array> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

/** Whether a response is its own bytes. */
export function isWire(body: ResponseBody): body is WireBody {
  return typeof body === "object" && body !== null && "kind" in body;
}

/**
 * One response, before it becomes bytes. The server sets Content-Length, Transfer-Encoding and Connection.
 */
export interface HttpResponse {
  /** Status code, 200 to 599. */
  readonly status: number;
  /**
   * Fields; a Content-Length here promises the size of a streamed body, and `Connection: close` is heeded.
   */
  readonly headers: HttpHeaders;
  /** The content. */
  readonly body: ResponseBody;
}

const NO_FIELDS: readonly HeaderField[] = [];

// Copied for each response, with its lines already encoded: on Deno 2.9.6 that saves 0.2 µs.
const PLAIN_TEXT = /* @__PURE__ */ new HttpHeaders([["Content-Type", "text/plain; charset=utf-8"]]);
const HTML = /* @__PURE__ */ new HttpHeaders([["Content-Type", "text/html; charset=utf-8"]]);

/** Makes a response. @throws {TypeError} for fields that cannot go on the wire */
export function createResponse(
  status: number,
  body: ResponseBody = null,
  fields: Iterable<HeaderField> = [],
): HttpResponse {
  return { status, headers: new HttpHeaders(fields), body };
}

/** Makes a response with plain text in UTF-8. */
export function textResponse(
  status: number,
  text: string,
  fields: Iterable<HeaderField> = NO_FIELDS,
): HttpResponse {
  return { status, headers: withFields(PLAIN_TEXT.clone(), fields), body: text };
}

/** Makes a response with an HTML document in UTF-8. */
export function htmlResponse(
  status: number,
  html: string,
  fields: Iterable<HeaderField> = NO_FIELDS,
): HttpResponse {
  return { status, headers: withFields(HTML.clone(), fields), body: html };
}

function withFields(headers: HttpHeaders, fields: Iterable<HeaderField>): HttpHeaders {
  if (fields === NO_FIELDS) return headers;
  for (const [name, value] of fields) headers.append(name, value);
  return headers;
}

/** Sends the client to another URL (RFC 9110 §15.4). */
export function redirectResponse(status: 301 | 302 | 303 | 307 | 308, location: string): HttpResponse {
  return createResponse(status, null, [["Location", location]]);
}

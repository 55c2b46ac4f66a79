import type { HttpError } from "./errors.ts";
import type { Framing } from "./framing.ts";
import type { HttpHeaders } from "./headers.ts";
import type { RequestHead } from "./request.ts";

/** Where a token stands: offsets in bytes from the first byte of the connection, `end` exclusive. */
export interface TokenSpan {
  readonly start: number;
  readonly end: number;
}

/** The first line of a request (RFC 9112 §3). */
export interface RequestLineToken extends TokenSpan {
  readonly kind: "request-line";
  readonly method: string;
  readonly target: string;
  /** The version as sent, for example `1.1`. */
  readonly version: string;
}

/** A line of the header section or of the trailer section (RFC 9112 §5, §7.1.2): name as sent, value without OWS. */
export interface FieldToken extends TokenSpan {
  readonly kind: "field" | "trailer";
  readonly name: string;
  readonly value: string;
}

/** The empty line behind the header section; everything about the head has been checked. */
export interface HeadEndToken extends TokenSpan {
  readonly kind: "head-end";
  /** The head as a whole. */
  readonly head: RequestHead;
  /** How the content ends. */
  readonly framing: Framing;
  /** Offset of the request line's first byte. */
  readonly headStart: number;
}

/** A piece of content, without chunk framing. The bytes are a view of what was pushed. */
export interface BodyToken extends TokenSpan {
  readonly kind: "body";
  readonly bytes: Uint8Array;
}

/** The end of a message. */
export interface EndToken extends TokenSpan {
  readonly kind: "end";
  /** Trailer fields; undefined unless the content was chunked and had some. */
  readonly trailers: HttpHeaders | undefined;
}

/** The fault that ends the stream of tokens; `start` is its offset. Nothing behind it is interpreted. */
export interface ErrorToken extends TokenSpan {
  readonly kind: "error";
  readonly error: HttpError;
  /** What was understood of the head before the fault, where it lies in a head. */
  readonly head: RequestHead | undefined;
  /** Offset of the message's first byte. */
  readonly headStart: number;
}

/** What {@linkcode HttpTokenizer.push} gives: a message is request-line, field*, head-end, body*, trailer*, end. */
export type HttpToken = RequestLineToken | FieldToken | HeadEndToken | BodyToken | EndToken | ErrorToken;

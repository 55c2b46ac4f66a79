import type { HttpError } from "../errors.ts";
import type { Framing } from "./framing.ts";
import type { HttpHeaders } from "../headers.ts";
import type { RequestHead } from "./head/request_head.ts";

/** The position of a token: offsets in bytes from the first byte of the connection, `end` exclusive. */
export interface TokenSpan {
  /** Offset of the first byte. */
  readonly start: number;
  /** Offset after the last byte. */
  readonly end: number;
}

/** The first line of a request (RFC 9112 §3). */
export interface RequestLineToken extends TokenSpan {
  /** The kind of token. */
  readonly kind: "request-line";
  /** The method as sent. */
  readonly method: string;
  /** The request target as sent. */
  readonly target: string;
  /** The version as sent, for example `1.1`. */
  readonly version: string;
}

/**
 * A line of the header section or of the trailer section (RFC 9112 §5, §7.1.2): name as sent, value without
 * OWS.
 */
export interface FieldToken extends TokenSpan {
  /** In which section it stands. */
  readonly kind: "field" | "trailer";
  /** The name as sent. */
  readonly name: string;
  /** The value without the white space around it, bytes seen as latin1. */
  readonly value: string;
}

/** The empty line after the header section; everything about the head has been checked. */
export interface HeadEndToken extends TokenSpan {
  /** The kind of token. */
  readonly kind: "head-end";
  /** The head as a whole. */
  readonly head: RequestHead;
  /** How the content ends. */
  readonly framing: Framing;
  /** Offset of the request line's first byte. */
  readonly headStart: number;
}

/** A piece of content, without chunk framing. The bytes are a view of the pushed ones. */
export interface BodyToken extends TokenSpan {
  /** The kind of token. */
  readonly kind: "body";
  /** The content. */
  readonly bytes: Uint8Array;
}

/** The end of a message. */
export interface EndToken extends TokenSpan {
  /** The kind of token. */
  readonly kind: "end";
  /** Trailer fields; undefined unless the content was chunked and had some. */
  readonly trailers: HttpHeaders | undefined;
}

/** The fault that ends the stream of tokens; `start` is its offset. Nothing after it is interpreted. */
export interface ErrorToken extends TokenSpan {
  /** The kind of token. */
  readonly kind: "error";
  /** The fault, with the status code of the response. */
  readonly error: HttpError;
  /** The parts of the head that were read before the fault, if it lies in a head. */
  readonly head: RequestHead | undefined;
  /** Offset of the message's first byte. */
  readonly headStart: number;
}

/**
 * A token of {@linkcode HttpTokenizer.push}: a message is request-line, field*, head-end, body*, trailer*,
 * end.
 */
export type HttpToken = RequestLineToken | FieldToken | HeadEndToken | BodyToken | EndToken | ErrorToken;

import type { HttpHeaders } from "../headers.ts";

/** Versions that are spoken: a minor version above 1 is answered as 1.1 (RFC 9110 §2.5). */
export type HttpVersion = "1.0" | "1.1";

/** What the head of a request said. */
export interface RequestHead {
  /** The method as sent; "" when it was not understood. */
  readonly method: string;
  /** The request target as sent (RFC 9112 §3.2); "" when it was not understood. */
  readonly target: string;
  /** The version to answer in. */
  readonly version: HttpVersion;
  /** The fields that were understood, in order. */
  readonly headers: HttpHeaders;
}

/** Where a head stood on the wire. */
export interface WireHead {
  /** Its bytes as they came, seen as latin1, with the empty line; "" unless the server keeps them. */
  readonly raw: string;
  /** Offset behind its last byte, from the first byte of the connection; of an unfinished head, behind what was read. */
  readonly end: number;
}

import type { HttpHeaders } from "../../headers.ts";

/** The supported versions. A request with a minor version above 1 gets a response in 1.1 (RFC 9110 §2.5). */
export type HttpVersion = "1.0" | "1.1";

/** The head of a request. */
export interface RequestHead {
  /** The method as sent; "" when it was not understood. */
  readonly method: string;
  /** The request target as sent (RFC 9112 §3.2); "" when it was not understood. */
  readonly target: string;
  /** The version to respond in. */
  readonly version: HttpVersion;
  /** The fields that were understood, in order. */
  readonly headers: HttpHeaders;
}

/** The position of a head on the wire. */
export interface WireHead {
  /** Its bytes as they came, seen as latin1, with the empty line; "" unless the server keeps them. */
  readonly raw: string;
  /**
   * Offset after its last byte, or after the last byte read if it is unfinished; from the start of the
   * connection.
   */
  readonly end: number;
}

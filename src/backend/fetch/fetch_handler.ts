import type { NetAddress } from "../../net/address.ts";

/** The facts that a web-standard handler gets apart from the request. */
export interface FetchInfo {
  /** The client's end of the connection. */
  readonly remote: NetAddress;
  /** Our end of the connection. */
  readonly local: NetAddress;
  /** Whether the connection is protected by TLS. */
  readonly isEncrypted: boolean;
  /**
   * Resolves when the system has taken the last byte of the response; rejects when it could not be sent
   * whole. The rejection needs no handling.
   */
  readonly completed: Promise<void>;
}

/** Anything with a web-standard `fetch`: a Hono application, for example. */
export interface FetchHandler {
  /** Responds to a request. If it throws or rejects, `onError` is called, and the client gets a 500. */
  fetch(request: Request, info: FetchInfo): Response | Promise<Response>;
  /** Makes the response when `fetch` throws or rejects; then `onError` is not called. */
  error?(error: unknown): Response | Promise<Response>;
}

import type { MaybePromise } from "../base/maybe_promise.ts";
import type { HttpRequest } from "../http/request/request.ts";
import type { InterimResponse } from "../http/response/interim_response.ts";
import type { HttpResponse } from "../http/response/response.ts";
import type { Connection, NetAddress } from "../net/connection.ts";
import type { Theme } from "./pages/stylesheet.ts";

/** The facts about a request apart from its bytes. One object per request; middleware adds notes to it. */
export interface RequestContext {
  /** The client's end of the connection. */
  readonly remote: NetAddress;
  /** Our end of the connection. */
  readonly local: NetAddress;
  /** Whether the connection is protected by TLS. */
  readonly isEncrypted: boolean;
  /**
   * Aborted when the client leaves, or finishes sending, before its response is complete.
   *
   * Watching begins when the signal is first read. A client that only closes its sending side looks the same
   * as one that has gone, so its response is still sent.
   */
  readonly signal: AbortSignal;
  /**
   * The connection of the request, which tells the server which requests share one; for the server alone.
   */
  readonly connection: Pick<Connection, "remote" | "local" | "isEncrypted">;
  /** When the head was complete, in milliseconds since 1970. */
  readonly receivedAtMs: number;
  /**
   * Sends an interim response at once, unless the client speaks HTTP/1.0 or its response has begun. Only a
   * server can do that.
   */
  sendInterim?(request: HttpRequest, response: InterimResponse): void;
  /** The id under which the logs speak of the request, once one of them needs it. */
  requestId?: string | undefined;
  /** The theme of the documents for this request, once it is known. */
  theme?: Theme | undefined;
  /** The caught error that led to the response, if there was one. */
  error?: unknown;
  /** Called when the server stops and no longer waits for the response or its content. Must not throw. */
  onCut?: (() => void) | undefined;
  /**
   * Called once when the runtime has taken the last byte of the response, with undefined; or when it cannot
   * be sent as a whole, with the reason. Must not throw.
   */
  onDelivered?: ((error: unknown) => void) | undefined;
}

/** Responds to a request. A thrown error becomes a response: an HttpError has its own status, others 500. */
export type Handler = (request: HttpRequest, context: RequestContext) => MaybePromise<HttpResponse>;

/** Wraps a handler. It must pass on a synchronous response synchronously: no promise per layer. */
export type Middleware = (next: Handler) => Handler;

/** The destination of all requests, refused ones too. */
export interface Backend {
  /** Responds to a request, even to one that carries a refusal. */
  readonly handle: Handler;
}

/**
 * Builds the chain: the first middleware is the outermost, the handler the innermost.
 *
 * A refused request runs through the middleware like any other, and then its refusal is thrown instead of
 * calling the handler.
 */
export function createBackend(middleware: readonly Middleware[], handler: Handler): Backend {
  const innermost: Handler = (request, context) => {
    if (request.refusal !== undefined) throw request.refusal;
    return handler(request, context);
  };
  return { handle: middleware.reduceRight<Handler>((next, layer) => layer(next), innermost) };
}

import { freeBytes } from "../../bytes/free_bytes.ts";
import type { MaybePromise } from "../../base/maybe_promise.ts";
import { HttpError } from "../../http/errors.ts";
import { DEFAULT_LIMITS } from "../../http/limits.ts";
import type { HttpRequest } from "../../http/request/request.ts";
import { type HttpResponse, isStreamed, isWire, type ResponseBody } from "../../http/response/response.ts";
import { isBodyless, reasonPhrase } from "../../http/status.ts";
import type { ErrorEntry, LoggedRequest, RequestDetails } from "../../log/entry.ts";
import type { AccessLog, ErrorLog } from "../../log/open_logs.ts";
import type { RequestIds } from "../../log/request_id.ts";
import type { Handler, Middleware, RequestContext } from "../handler.ts";
import { countBody } from "../counted_body.ts";
import { messageOfError, stackOfError } from "../../base/error_text.ts";
import { readRequest } from "../logged_request.ts";
import type { LogForm } from "../../log/log_form.ts";

/** Options of {@linkcode logging}. */
export interface LoggingOptions {
  /** Gets an entry for each request; undefined when it is off. */
  readonly access: AccessLog | undefined;
  /** Gets an entry for each response with status 400 and above; undefined when it is off. */
  readonly error: ErrorLog | undefined;
  /** Whether responses of a status are ordinary: they go only to the access log; default none. */
  readonly isEveryday?: (status: number) => boolean;
  /** Whether entries have details: protocol, Host, Referer, User-Agent; default false. */
  readonly hasDetails?: boolean;
  /** Names the requests. */
  readonly requestIds: RequestIds;
  /**
   * Called before the request is handled, so that a request that switches is logged in the old form; default
   * always `full`.
   */
  readonly formOf?: (request: HttpRequest, context: RequestContext) => LogForm;
  /**
   * In full form a body is read whole before it is handled; beyond this it is refused with 413. Default
   * 1 MiB.
   */
  readonly maxBodyBytes?: number;
  /** The clock that gave `context.receivedAtMs`, in milliseconds since 1970; default Date.now. */
  readonly now?: () => number;
}

/**
 * Middleware: logs each request, refused ones too, and each error. It belongs outermost in the chain.
 *
 * In full form the body is read before the handler runs, and given to it again. A body that is too large or
 * broken becomes the refusal of the request. If the request is refused already, only the bytes that have come
 * are read.
 *
 * A streamed response is logged when it ends, fails or is abandoned by the server; its handler's error gets
 * an entry of its own. With short entries as text in a file, all of it costs 0.9 microseconds a request on
 * Deno 2.9.6. An error that reaches this layer is logged and rethrown.
 */
export function logging(options: LoggingOptions): Middleware {
  const { access, error, formOf } = options;
  if (access === undefined && error === undefined) return (next) => next;
  const now = options.now ?? Date.now;
  const maxBodyBytes = options.maxBodyBytes ?? DEFAULT_LIMITS.maxBodyBytes;

  const idOf = (context: RequestContext): string => {
    return context.requestId ??= options.requestIds.next(context.receivedAtMs);
  };

  const logAccess = (exchange: Exchange, status: number, bytes: number): void => {
    const { request, context, logged } = exchange;
    access?.write({
      timeMs: context.receivedAtMs,
      id: idOf(context),
      client: context.remote,
      status,
      method: request.method,
      url: request.target,
      cookies: request.cookies,
      bytes,
      // A clock that was set back must not give a time below zero.
      durationMs: Math.max(0, now() - context.receivedAtMs),
      details: options.hasDetails ? detailsOf(request, context) : undefined,
      request: logged,
    });
    // No handler has seen it, and the collector would come late.
    if (logged?.bodyEnd === "broken" && logged.body.length > LARGE_BYTES) freeBytes(logged.body);
  };

  const logError = ({ request, context }: Exchange, status: number, cause: unknown): void => {
    if (error === undefined || options.isEveryday?.(status)) return;
    const isFault = status >= 500;
    const entry: ErrorEntry = {
      level: isFault ? "error" : "info",
      timeMs: now(),
      id: idOf(context),
      client: context.remote,
      status,
      method: request.method,
      url: request.target,
      message: cause === undefined ? reasonPhrase(status) : messageOfError(cause),
      stack: isFault ? stackOfError(cause) : undefined,
    };
    error.write(entry);
  };

  const finish = (exchange: Exchange, response: HttpResponse): HttpResponse => {
    const { status, body } = response;
    if (status >= 400) logError(exchange, status, exchange.context.error);
    if (access === undefined && !isStreamed(body)) return response;
    const hasContent = exchange.request.method !== "HEAD" && !isBodyless(status);
    if (!isStreamed(body) || !hasContent) {
      logAccess(exchange, status, hasContent && !isStreamed(body) ? byteLength(body) : 0);
      return response;
    }
    const counted = countBody(body, ({ bytes, errors }) => {
      // The status has been sent, but the broken content is still a fault of the server.
      for (const cause of errors) logError(exchange, Math.max(500, status), cause);
      logAccess(exchange, status, bytes);
    });
    exchange.context.onCut = counted.cut;
    return { status, headers: response.headers, body: counted };
  };

  const fail = (exchange: Exchange, cause: unknown): never => {
    const status = cause instanceof HttpError ? cause.status : 500;
    logError(exchange, status, cause);
    logAccess(exchange, status, 0);
    throw cause;
  };

  /** Logs a request once, even if its response comes after the server has given it up. */
  const finishLater = async (exchange: Exchange, promised: Promise<HttpResponse>): Promise<HttpResponse> => {
    let isCut = false;
    const { context } = exchange;
    context.onCut = () => {
      isCut = true;
      logError(exchange, 503, new Error("Cannot wait for the answer: the server stops"));
      logAccess(exchange, 503, 0);
    };
    try {
      const response = await promised;
      context.onCut = undefined;
      return isCut ? response : finish(exchange, response);
    } catch (cause) {
      if (isCut) throw cause;
      return fail(exchange, cause);
    }
  };

  const handle = (next: Handler, exchange: Exchange): MaybePromise<HttpResponse> => {
    try {
      const response = next(exchange.request, exchange.context);
      return response instanceof Promise ? finishLater(exchange, response) : finish(exchange, response);
    } catch (cause) {
      return fail(exchange, cause);
    }
  };

  return (next) => (request, context) => {
    if (access === undefined) return handle(next, { request, context, logged: undefined });
    idOf(context);
    if (formOf !== undefined && formOf(request, context) === "short") {
      return handle(next, { request, context, logged: undefined });
    }
    const read = readRequest(request, { maxBodyBytes, access });
    return read instanceof Promise
      ? read.then(({ request, logged }) => handle(next, { request, context, logged }))
      : handle(next, { request: read.request, context, logged: read.logged });
  };
}

function detailsOf(
  { method, version, headers }: HttpRequest,
  { remote, connection }: RequestContext,
): RequestDetails {
  return {
    protocol: method === "" ? "" : `HTTP/${version}`,
    host: headers.get("host"),
    referer: headers.get("referer"),
    userAgent: headers.get("user-agent"),
    proxy: remote === connection.remote ? undefined : connection.remote,
  };
}

/** One request on its way through, with the details that the access log shows. */
interface Exchange {
  readonly request: HttpRequest;
  readonly context: RequestContext;
  readonly logged: LoggedRequest | undefined;
}

// Broken content beyond this is not left to the collector.
const LARGE_BYTES = 65_536;

// Up to this length a loop over an ASCII text is faster than the encoder on Deno 2.9.6.
const LOOP_LENGTH = 256;
const encoder = new TextEncoder();

function byteLength(body: Exclude<ResponseBody, AsyncIterable<Uint8Array>>): number {
  // Bytes sent over a wire of their own do not count as content.
  if (body === null || isWire(body)) return 0;
  if (typeof body !== "string") return body.length;
  if (body.length <= LOOP_LENGTH) {
    let at = 0;
    while (at < body.length && body.charCodeAt(at) < 0x80) at++;
    if (at === body.length) return at;
  }
  return encoder.encode(body).length;
}

// Runs web-standard handlers (a Hono application, for example) on our wire: HttpRequest -> Request, Response -> HttpResponse.

import { HttpError } from "../../http/errors.ts";
import { HttpHeaders } from "../../http/headers.ts";
import type { HttpRequest } from "../../http/request/request.ts";
import type { RequestBody } from "../../http/request/request_body.ts";
import type { HttpResponse } from "../../http/response/response.ts";
import { authorityOf } from "../../http/target.ts";
import { formatAddress } from "../../net/address.ts";
import { type Backend, createBackend, type RequestContext } from "../handler.ts";

/** Anything with a web-standard `fetch`. */
export interface FetchHandler {
  /** Answers a request. What it throws or rejects with becomes a 500. */
  fetch(request: Request): Response | Promise<Response>;
}

// What the Request constructor refuses, and what it would silently turn into another method (WHATWG Fetch §2.2.1).
const FORBIDDEN_METHODS = /^(CONNECT|TRACE|TRACK)$/i;
const NORMALIZED_METHODS = /^(DELETE|GET|HEAD|OPTIONS|POST|PUT)$/i;

/** Makes a backend of a web-standard handler. Content flows both ways as it comes and goes, with back-pressure. */
export function createFetchBackend(handler: FetchHandler): Backend {
  return createBackend([], async (request, context) => {
    return toHttpResponse(await handler.fetch(toWebRequest(request, context)));
  });
}

/**
 * Turns a request into a web-standard one.
 *
 * @throws {HttpError} 501 for a method that a Request cannot carry as it is
 */
export function toWebRequest(request: HttpRequest, context: RequestContext): Request {
  const { method } = request;
  const isCaseChanged = NORMALIZED_METHODS.test(method) && method !== method.toUpperCase();
  if (FORBIDDEN_METHODS.test(method) || isCaseChanged) {
    throw new HttpError(
      501,
      `Cannot pass the request on: a Request cannot carry method ${JSON.stringify(method)}`,
    );
  }
  const headers = new Headers();
  for (const [name, value] of request.headers) headers.append(name, value);
  // A Request of these methods can have no content; what was sent is read and dropped by the server.
  const hasContent = method !== "GET" && method !== "HEAD" && request.body.length !== 0;
  return new Request(parseUrl(urlOf(request, context)), {
    method,
    headers,
    signal: context.signal,
    ...(hasContent ? { body: toStream(request.body), duplex: "half" } : {}),
  });
}

/** Some hosts that RFC 3986 allows are none for the URL standard: `1.2.3.999`, `[v1.a]`. */
function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw new HttpError(400, `Cannot pass the request on: no URL, got ${JSON.stringify(url)}`, {
      code: "bad-host",
      // As behind every other request that is malformed.
      headers: [["Connection", "close"]],
      cause,
    });
  }
}

/** The target URI (RFC 9110 §7.1). The authority has been checked, and the path cannot change it. */
function urlOf(request: HttpRequest, { local, isEncrypted }: RequestContext): string {
  const scheme = isEncrypted ? "https" : "http";
  const authority = authorityOf(request.target) ?? request.headers.get("host");
  const path = request.target === "*" ? "/" : request.path;
  const query = request.query === "" ? "" : `?${request.query}`;
  return `${scheme}://${
    authority || (local.transport === "tcp" ? formatAddress(local) : "localhost")
  }${path}${query}`;
}

function toStream(body: RequestBody): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller): Promise<void> {
      const piece = await body.read();
      // The piece is a view of the connection's buffer; the stream's reader may keep what it gets.
      if (piece === null) controller.close();
      else controller.enqueue(piece.slice());
    },
  }, { highWaterMark: 0 });
}

/**
 * Turns a web-standard answer into ours.
 *
 * @throws {TypeError} when its content has been read already, or is being read
 */
export function toHttpResponse(response: Response): HttpResponse {
  const { status, body } = response;
  if (response.bodyUsed || body?.locked) {
    throw new TypeError("Cannot send the answer: its content has been read");
  }
  const headers = new HttpHeaders();
  for (const [name, value] of response.headers) headers.append(name, value);
  return { status, headers, body: body === null ? null : piecesOf(body) };
}

/** The pieces of a stream, which can be cancelled while one is waited for: its own iterator would wait for the piece. */
function piecesOf(stream: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
      const reader = stream.getReader();
      return {
        next: () => reader.read() as Promise<IteratorResult<Uint8Array>>,
        async return(): Promise<IteratorResult<Uint8Array>> {
          await reader.cancel();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

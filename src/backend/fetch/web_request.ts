import { HttpError } from "../../http/errors.ts";
import type { HttpHeaders } from "../../http/headers.ts";
import type { HttpRequest } from "../../http/request/request.ts";
import type { RequestBody } from "../../http/request/request_body.ts";
import type { RequestContext } from "../handler.ts";
import { urlOf } from "./request_url.ts";

// What the Request constructor refuses, and what it would silently turn into another method (WHATWG Fetch §2.2.1).
const FORBIDDEN_METHODS = /^(CONNECT|TRACE|TRACK)$/i;
const NORMALIZED_METHODS = /^(DELETE|GET|HEAD|OPTIONS|POST|PUT)$/i;

/**
 * Turns a request into a web-standard one.
 *
 * @throws {HttpError} 501 for a method that a Request cannot carry as it is
 */
export function toWebRequest(request: HttpRequest, context: RequestContext): Request {
  const { method } = request;
  checkMethod(method);
  return new Request(urlOf(request, context), {
    method,
    headers: toWebHeaders(request.headers),
    signal: context.signal,
    ...(hasContent(request) ? { body: toStream(request.body), duplex: "half" } : {}),
  });
}

/** @throws {HttpError} 501 for a method that a Request cannot carry as it is */
function checkMethod(method: string): void {
  const isCaseChanged = NORMALIZED_METHODS.test(method) && method !== method.toUpperCase();
  if (!FORBIDDEN_METHODS.test(method) && !isCaseChanged) return;
  throw new HttpError(
    501,
    `Cannot pass the request on: a Request cannot carry method ${JSON.stringify(method)}`,
  );
}

/** Makes web-standard headers. Cookie is the one field whose lines are not joined by commas (RFC 9113 §8.2.3). */
export function toWebHeaders(fields: HttpHeaders): Headers {
  const headers = new Headers();
  let cookies: string | undefined;
  for (const [name, value] of fields) {
    if (name.length === 6 && name.toLowerCase() === "cookie") {
      cookies = cookies === undefined ? value : `${cookies}; ${value}`;
    } else {
      headers.append(name, value);
    }
  }
  if (cookies !== undefined) headers.append("cookie", cookies);
  return headers;
}

/**
 * Whether a request has content, perhaps of no bytes: then its framing fields say so (RFC 9112 §6.3).
 *
 * A Request with GET or HEAD can have none; what was sent is read and dropped by the server.
 */
export function hasContent({ method, headers, body }: HttpRequest): boolean {
  if (method === "GET" || method === "HEAD") return false;
  return body.length !== 0 || headers.has("content-length");
}

/** The content of a request as a stream; nothing is read before somebody asks. */
export function toStream(body: RequestBody): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller): Promise<void> {
      const piece = await body.read();
      // The piece is a view of the connection's buffer; the stream's reader may keep what it gets.
      if (piece === null) controller.close();
      else controller.enqueue(piece.slice());
    },
  }, { highWaterMark: 0 });
}

import { HttpError } from "../../http/errors.ts";
import type { HttpRequest } from "../../http/request/request.ts";
import type { RequestContext } from "../handler.ts";

/** Makes a web-standard request of ours. The origin is scheme and authority that it is for. */
export type RequestMaker = (request: HttpRequest, context: RequestContext, origin: string) => Request;

// What the Request constructor refuses, and what it would silently turn into another method (WHATWG Fetch §2.2.1).
const FORBIDDEN_METHODS = /^(?:CONNECT|TRACE|TRACK)$/i;
const NORMALIZED_METHODS = /^(?:DELETE|GET|HEAD|OPTIONS|POST|PUT)$/i;

/** @throws {HttpError} 501 for a method that a Request cannot carry as it is */
export function checkMethod(method: string): void {
  if (method === "GET" || method === "POST") return;
  const isCaseChanged = NORMALIZED_METHODS.test(method) && method !== method.toUpperCase();
  if (!FORBIDDEN_METHODS.test(method) && !isCaseChanged) return;
  throw new HttpError(
    501,
    `Cannot pass the request on: a Request cannot carry method ${JSON.stringify(method)}`,
  );
}

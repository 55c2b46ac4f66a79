import { HttpError } from "../../../http/errors.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import type { RequestContext } from "../../handler.ts";

/** Makes web-standard requests from ours. */
export interface RequestMaker {
  /** Makes one. @param origin scheme and authority of the request */
  readonly make: (request: HttpRequest, context: RequestContext, origin: string) => Request;
  /**
   * Called when the handler has only promised a response: requests made from this one must also notice that
   * the client leaves.
   */
  readonly onPending?: (request: Request, context: RequestContext) => void;
}

// Methods that the Request constructor refuses, and methods that it silently changes (WHATWG Fetch §2.2.1).
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

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
  readonly onPending?: (request: Request) => void;
}

// Every runtime carries these as they are.
const CARRIED_METHODS = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/;

/** @throws {HttpError} 501 for a method that a Request of the runtime cannot carry as it is */
export function checkMethod(method: string): void {
  if (method === "GET" || CARRIED_METHODS.test(method) || isCarried(method)) return;
  throw new HttpError(
    501,
    `Cannot pass the request on: a Request cannot carry method ${JSON.stringify(method)}`,
  );
}

/**
 * Whether a Request keeps a method: it refuses some, and writes others in upper case (WHATWG Fetch §2.2.1).
 * That of Bun 1.4.5 makes GET of a method that it does not know.
 */
function isCarried(method: string): boolean {
  try {
    return new Request("http://localhost/", { method }).method === method;
  } catch {
    return false;
  }
}

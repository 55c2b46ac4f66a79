// Runs web-standard handlers on our wire: HttpRequest -> Request, Response -> HttpResponse.

import type { MaybePromise } from "../../base/maybe_promise.ts";
import { HttpError } from "../../http/errors.ts";
import type { HttpResponse } from "../../http/response/response.ts";
import type { NetAddress } from "../../net/address.ts";
import { ConnectionError } from "../../net/connection.ts";
import { type Backend, createBackend, type RequestContext } from "../handler.ts";
import type { FetchHandler } from "./fetch_handler.ts";
import { chooseRequestMaker } from "./request_maker.ts";
import { UrlJoiner } from "./request_url.ts";
import { toHttpResponse } from "./to_http_response.ts";
import { checkMethod } from "./web_request.ts";

/** Told of what a handler threw or rejected with. */
export type OnHandlerError = (error: unknown, remote: NetAddress) => void;

/**
 * Makes a backend of a web-standard handler. Content flows both ways as it comes and goes, with back-pressure.
 *
 * @param onError told of the handler's errors, unless the handler makes a response for them itself
 */
export function createFetchBackend(handler: FetchHandler, onError: OnHandlerError = () => {}): Backend {
  const fail = (error: unknown, context: RequestContext): MaybePromise<HttpResponse> => {
    if (isClientsFault(error, context)) throw error;
    if (handler.error === undefined) {
      onError(error, context.remote);
      throw error;
    }
    return respondToError(handler, error, (second) => onError(second, context.remote));
  };
  const makeRequest = chooseRequestMaker();
  const urls = new UrlJoiner();
  return createBackend([], (request, context) => {
    checkMethod(request.method);
    const webRequest = makeRequest(request, context, urls.originOf(request, context));
    try {
      const response = toResponse(handler.fetch(webRequest, infoOf(context)));
      return response instanceof Promise ? response.catch((error) => fail(error, context)) : response;
    } catch (error) {
      return fail(error, context);
    }
  });
}

/** What a handler gave, which may be any thenable. */
function toResponse(given: MaybePromise<Response>): MaybePromise<HttpResponse> {
  if (!isThenable(given)) return toHttpResponse(given);
  return Promise.resolve(given).then(toHttpResponse);
}

function isThenable(value: MaybePromise<Response>): value is Promise<Response> {
  return value instanceof Promise || typeof (value as { then?: unknown } | undefined)?.then === "function";
}

async function respondToError(
  handler: FetchHandler,
  error: unknown,
  onError: (error: unknown) => void,
): Promise<HttpResponse> {
  try {
    return await toResponse(handler.error!(error));
  } catch (second) {
    // An object may have an `error` of another kind: then nobody has heard of the first error.
    onError(error);
    if (second !== error) onError(second);
    throw error;
  }
}

/** Broken content, a lost connection, and what was given up because the client has left: no mistake of the handler. */
function isClientsFault(error: unknown, context: RequestContext): boolean {
  if (error instanceof HttpError || error instanceof ConnectionError) return true;
  return error instanceof DOMException && error.name === "AbortError" && context.signal.aborted;
}

function infoOf(
  { remote, local, isEncrypted }: RequestContext,
): { remote: NetAddress; local: NetAddress; isEncrypted: boolean } {
  return { remote, local, isEncrypted };
}

import type { MaybePromise } from "../base/maybe_promise.ts";
import { HttpError } from "../http/errors.ts";
import type { HttpRequest } from "../http/request/request.ts";
import { type HttpResponse, textResponse } from "../http/response/response.ts";
import { reasonPhrase } from "../http/status.ts";
import { ExplainedError } from "./explained_error.ts";
import { explainStatus } from "./pages/explanations.ts";
import type { Backend, RequestContext } from "./handler.ts";

/**
 * Has a backend respond to a request: middleware chain, then route handler. Never throws or rejects.
 *
 * An error that the backend throws becomes a plain error response, and is noted in `context.error`.
 *
 * @returns the response; a promise only if the backend gave one
 */
export function run(
  backend: Backend,
  request: HttpRequest,
  context: RequestContext,
): MaybePromise<HttpResponse> {
  try {
    const response = backend.handle(request, context);
    if (response instanceof Promise) return settle(response, context);
    return toSendable(response, context);
  } catch (error) {
    return toErrorResponse(error, context);
  }
}

// Not an async function, which would cost a promise more.
function settle(promised: Promise<HttpResponse>, context: RequestContext): Promise<HttpResponse> {
  return promised.then(
    (response) => toSendable(response, context),
    (error) => toErrorResponse(error, context),
  );
}

/**
 * The response, or an error if its handler has forgotten it or its status cannot be final: the server alone
 * sends interim responses, and it never switches protocols.
 */
function toSendable(response: HttpResponse | undefined, context: RequestContext): HttpResponse {
  const status = response?.status ?? NaN;
  if (response && Number.isInteger(status) && status >= 200 && status <= 599) return response;
  return toErrorResponse(
    new RangeError(`Cannot send the response: expected a status of 200 to 599, got ${response?.status}`),
    context,
  );
}

/**
 * The response to a thrown error: an HttpError has its own status, all others 500. It carries the meaning of
 * the status or the explanation of an {@linkcode ExplainedError}, never the message.
 */
export function toErrorResponse(error: unknown, context: RequestContext): HttpResponse {
  context.error ??= error;
  const status = error instanceof HttpError ? error.status : 500;
  const fields = error instanceof HttpError ? error.headers : [];
  const explanation = error instanceof ExplainedError ? error.explanation : explainStatus(status);
  return textResponse(status, `${status} ${reasonPhrase(status)}\n${explanation}\n`, fields);
}

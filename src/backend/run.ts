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
    return isSendable(response) ? response : refuseStatus(response, context);
  } catch (error) {
    return toErrorResponse(error, context);
  }
}

function settle(promised: Promise<HttpResponse>, context: RequestContext): Promise<HttpResponse> {
  return promised.then(
    (response) => isSendable(response) ? response : refuseStatus(response, context),
    (error) => toErrorResponse(error, context),
  );
}

/**
 * Whether a status can be final. The server alone sends interim responses, and it never switches protocols.
 */
function isSendable({ status }: HttpResponse): boolean {
  return Number.isInteger(status) && status >= 200 && status <= 599;
}

function refuseStatus({ status }: HttpResponse, context: RequestContext): HttpResponse {
  return toErrorResponse(
    new RangeError(`Cannot send the answer: expected a status of 200 to 599, got ${status}`),
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

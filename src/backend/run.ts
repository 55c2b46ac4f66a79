import type { MaybePromise } from "../base/maybe_promise.ts";
import { HttpError } from "../http/errors.ts";
import type { HttpRequest } from "../http/request/request.ts";
import { type HttpResponse, textResponse } from "../http/response/response.ts";
import { reasonPhrase } from "../http/status.ts";
import { ExplainedError } from "./explained_error.ts";
import { explainStatus } from "./pages/explanations.ts";
import type { Backend, RequestContext } from "./handler.ts";

/**
 * Has a backend answer a request: middleware chain, then route handler. Never throws or rejects.
 *
 * What the backend throws becomes a plain error answer, and is noted in `context.error`.
 *
 * @returns the answer; promised only when the backend promised it
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

async function settle(promised: Promise<HttpResponse>, context: RequestContext): Promise<HttpResponse> {
  try {
    const response = await promised;
    return isSendable(response) ? response : refuseStatus(response, context);
  } catch (error) {
    return toErrorResponse(error, context);
  }
}

/** Interim answers are the server's own, and switching protocols is not offered: 1xx cannot be a final answer. */
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
 * The answer to a thrown error: an HttpError has its own status, all others 500. Its text is not sent, but what the
 * status means, or what an {@linkcode ExplainedError} says to anybody.
 */
export function toErrorResponse(error: unknown, context: RequestContext): HttpResponse {
  context.error ??= error;
  const status = error instanceof HttpError ? error.status : 500;
  const fields = error instanceof HttpError ? error.headers : [];
  const explanation = error instanceof ExplainedError ? error.explanation : explainStatus(status);
  return textResponse(status, `${status} ${reasonPhrase(status)}\n${explanation}\n`, fields);
}

import { HttpError } from "../../http/errors.ts";
import type { HttpRequest } from "../../http/request/request.ts";
import type { HttpResponse } from "../../http/response/response.ts";
import { buildErrorPage } from "../pages/error_page.ts";
import { ExplainedError } from "../explained_error.ts";
import type { Middleware, RequestContext } from "../handler.ts";
import { pageResponse } from "../pages/page.ts";
import { themeOf } from "./bg_color.ts";
import { messagesOfError } from "../../base/error_text.ts";

/** Options of {@linkcode showErrors}. */
export interface ShowErrorsOptions {
  /** Whether this client may see original messages; asked after an error only. */
  readonly isShown: (request: HttpRequest, context: RequestContext) => boolean;
}

/**
 * Middleware: catches what is thrown further in, notes it as `context.error`, and answers with an HTML page.
 *
 * An HttpError gives the status and its fields, everything else is 500. The page carries the original message
 * when error display is on for the client.
 */
export function showErrors(options: ShowErrorsOptions): Middleware {
  const answer = (error: unknown, request: HttpRequest, context: RequestContext): HttpResponse => {
    context.error = error;
    const messages = options.isShown(request, context) ? messagesOfError(error) : [];
    const theme = themeOf(context);
    if (!(error instanceof HttpError)) {
      return pageResponse(500, buildErrorPage({ status: 500, messages, theme }));
    }
    const explanation = error instanceof ExplainedError ? error.explanation : undefined;
    const page = buildErrorPage({ status: error.status, explanation, messages, theme });
    return pageResponse(error.status, page, error.headers);
  };
  return (next) => (request, context) => {
    try {
      const response = next(request, context);
      if (!(response instanceof Promise)) return response;
      return response.catch((error) => answer(error, request, context));
    } catch (error) {
      return answer(error, request, context);
    }
  };
}

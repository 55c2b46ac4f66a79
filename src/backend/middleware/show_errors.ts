import { messagesOfError } from "../../base/error_text.ts";
import type { HeaderField } from "../../http/headers.ts";
import { HttpError } from "../../http/errors.ts";
import type { HttpRequest } from "../../http/request/request.ts";
import type { HttpResponse } from "../../http/response/response.ts";
import { ExplainedError } from "../explained_error.ts";
import type { Middleware, RequestContext } from "../handler.ts";
import { buildErrorPage, type ErrorText } from "../pages/error_page.ts";
import { explainStatus } from "../pages/explanations.ts";
import { pageResponse } from "../pages/page.ts";
import { themeOf } from "./bg_color.ts";

/** The text about an error. */
export interface ErrorReport extends ErrorText {
  /** Fields that the error brings. */
  readonly fields: readonly HeaderField[];
}

/** Options of {@linkcode showErrors}. */
export interface ShowErrorsOptions {
  /** Whether this client may see original messages; called only after an error. */
  readonly isShown: (request: HttpRequest, context: RequestContext) => boolean;
  /** Makes the response; default a page. */
  readonly respond?: (request: HttpRequest, context: RequestContext, report: ErrorReport) => HttpResponse;
}

/**
 * Middleware: catches an error thrown further in, notes it as `context.error`, and responds to it.
 *
 * An HttpError gives the status and its fields, everything else is 500. The response carries the original
 * message when error display is on for the client.
 */
export function showErrors({ isShown, respond = respondWithPage }: ShowErrorsOptions): Middleware {
  const respondTo = (error: unknown, request: HttpRequest, context: RequestContext): HttpResponse => {
    context.error = error;
    const status = error instanceof HttpError ? error.status : 500;
    return respond(request, context, {
      status,
      explanation: error instanceof ExplainedError ? error.explanation : explainStatus(status),
      messages: isShown(request, context) ? messagesOfError(error) : [],
      fields: error instanceof HttpError ? error.headers : [],
    });
  };
  return (next) => (request, context) => {
    try {
      const response = next(request, context);
      if (!(response instanceof Promise)) return response;
      return response.catch((error) => respondTo(error, request, context));
    } catch (error) {
      return respondTo(error, request, context);
    }
  };
}

function respondWithPage(_request: HttpRequest, context: RequestContext, report: ErrorReport): HttpResponse {
  return pageResponse(report.status, buildErrorPage(report, themeOf(context)), {
    fields: report.fields,
  });
}

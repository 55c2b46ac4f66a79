import type { Handler, RequestContext } from "../handler.ts";
import type { Theme } from "../pages/stylesheet.ts";

/**
 * Middleware: notes the theme that the client has chosen with the cookie `bg_color`, for every document sent
 * in response to this request.
 *
 * Refused requests pass through here too, so that layers further out find the theme of an error page.
 */
export function bgColor(next: Handler): Handler {
  return (request, context) => {
    context.theme = request.cookie("bg_color") === "green" ? "green" : "white";
    return next(request, context);
  };
}

/** The theme of the documents for a request; white until {@linkcode bgColor} has noted one. */
export function themeOf(context: RequestContext): Theme {
  return context.theme ?? "white";
}

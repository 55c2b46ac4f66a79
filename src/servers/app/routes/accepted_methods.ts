import { ExplainedError } from "../../../backend/explained_error.ts";
import type { Middleware } from "../../../backend/handler.ts";
import type { HttpRequest } from "../../../http/request/request.ts";

/**
 * Middleware: lets requests with one of these methods through and refuses all others, whatever their URL, and however
 * large their content.
 *
 * Methods are compared with case (RFC 9110 §9.1). It throws HttpError 405 with `Allow`.
 */
export function acceptOnly(methods: readonly string[]): Middleware {
  return (next) => (request, context) => {
    if (methods.includes(request.method) || isMalformed(request)) return next(request, context);
    const accepted = methods.join(" and ");
    throw new ExplainedError(
      405,
      `Cannot accept method ${JSON.stringify(request.method)}: expected ${accepted}`,
      {
        headers: [["Allow", methods.join(", ")]],
        explanation: `This program accepts only ${accepted}.`,
      },
    );
  };
}

/** If a request was refused for any reason other than an oversized body, its method may be garbage. */
function isMalformed({ refusal }: HttpRequest): boolean {
  return refusal !== undefined && refusal.code !== "body-too-large";
}

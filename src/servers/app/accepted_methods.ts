import { ExplainedError } from "../../backend/explained_error.ts";
import type { Handler } from "../../backend/handler.ts";

/**
 * Lets requests with one of these methods through and refuses all others, whatever their URL.
 *
 * Methods are compared with case (RFC 9110 §9.1). The handler throws HttpError 405 with `Allow`.
 */
export function acceptOnly(methods: readonly string[], next: Handler): Handler {
  return (request, context) => {
    if (methods.includes(request.method)) return next(request, context);
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

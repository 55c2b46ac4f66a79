// Sharing with pages of other origins (Fetch standard, CORS protocol). Everything served is public, so "*"
// suffices.

import type { Handler } from "../../../backend/handler.ts";
import { isToken } from "../../../http/grammar.ts";
import type { HeaderField } from "../../../http/headers.ts";
import { createResponse } from "../../../http/response/response.ts";
import { withFields } from "../../../http/override_fields.ts";

/** Fields that let pages of every origin read a response. */
export const CORS_FIELDS: readonly HeaderField[] = [
  ["Access-Control-Allow-Origin", "*"],
  [
    "Access-Control-Expose-Headers",
    "Accept-Ranges, Content-Encoding, Content-Length, Content-Range, ETag, Last-Modified",
  ],
];

/** Methods of a server of files, as Allow lists them. */
export const METHODS = "GET, HEAD";

/**
 * Responds to OPTIONS as a preflight: 204, whatever the path. It comes before authentication, because
 * browsers send preflights without credentials.
 *
 * @param fields fields of all responses
 */
export function answerPreflights(handler: Handler, fields: readonly HeaderField[]): Handler {
  return (request, context) => {
    if (request.method !== "OPTIONS") return handler(request, context);
    const own: HeaderField[] = [
      ["Allow", `${METHODS}, OPTIONS`],
      ["Access-Control-Allow-Methods", METHODS],
      ["Access-Control-Max-Age", "86400"],
      ["Vary", "Access-Control-Request-Headers"],
    ];
    const names = request.headers.getList("Access-Control-Request-Headers").filter(isToken);
    if (names.length > 0) own.push(["Access-Control-Allow-Headers", names.join(", ")]);
    return { ...createResponse(204), headers: withFields(own, fields) };
  };
}

import type { Middleware } from "./handler.ts";
import { HttpError } from "../http/errors.ts";
import type { HeaderField } from "../http/headers.ts";
import { createResponse, type HttpResponse, type ResponseBody } from "../http/response/response.ts";

// A captured request must never pass for a page of this origin, nor be read by another origin.
const FIELDS: readonly HeaderField[] = [
  ["Cache-Control", "no-store"],
  ["X-Content-Type-Options", "nosniff"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
  ["Content-Security-Policy", "default-src 'none'; sandbox"],
];

/** Responds with content of an API. */
export function apiResponse(
  status: number,
  type: string,
  body: ResponseBody,
  fields: readonly HeaderField[] = [],
): HttpResponse {
  return createResponse(status, body, [["Content-Type", type], ...FIELDS, ...fields]);
}

/** Responds with JSON. */
export function jsonResponse(
  status: number,
  value: unknown,
  fields: readonly HeaderField[] = [],
): HttpResponse {
  return apiResponse(status, "application/json", JSON.stringify(value), fields);
}

/** Middleware: a refusal of the API is an object with the property `error`, a text. */
export const jsonErrors: Middleware = (next) => (request, context) => {
  const respondTo = (error: unknown): HttpResponse => {
    // A target that is too long belongs to the API, because the page has none.
    const isApi = /^\/api(\/|$)/.test(request.path) || request.path === "";
    if (!(error instanceof HttpError) || !isApi) throw error;
    return jsonResponse(error.status, { error: error.message }, error.headers);
  };
  try {
    const response = next(request, context);
    return response instanceof Promise ? response.catch(respondTo) : response;
  } catch (error) {
    return respondTo(error);
  }
};

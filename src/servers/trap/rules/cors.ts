// Fields that a browser needs before a page of another origin may read a response (Fetch standard, CORS protocol).

import type { HeaderField } from "../../../http/headers.ts";
import type { HttpRequest } from "../../../http/request/request.ts";

const MAX_AGE_SECONDS = 600;

/**
 * The fields that allow any page to read the response to a request, and to send the requested method and
 * fields.
 */
export function corsFields({ method, headers }: HttpRequest): readonly HeaderField[] {
  const origin = headers.get("origin");
  const fields: HeaderField[] = [
    ["Access-Control-Allow-Origin", origin ?? "*"],
    ["Access-Control-Expose-Headers", "*, X-Request-Id"],
    ["Vary", "Origin"],
  ];
  if (origin !== undefined) fields.push(["Access-Control-Allow-Credentials", "true"]);
  const wantedMethod = headers.get("access-control-request-method");
  if (method !== "OPTIONS" || wantedMethod === undefined) return fields;
  fields.push(["Access-Control-Allow-Methods", wantedMethod], [
    "Access-Control-Max-Age",
    String(MAX_AGE_SECONDS),
  ]);
  const wantedHeaders = headers.get("access-control-request-headers");
  if (wantedHeaders !== undefined) fields.push(["Access-Control-Allow-Headers", wantedHeaders]);
  if (headers.get("access-control-request-private-network") === "true") {
    fields.push(["Access-Control-Allow-Private-Network", "true"]);
  }
  return fields;
}

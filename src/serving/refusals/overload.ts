// The response to a client beyond the limits of connections (RFC 9110 §15.6.4).

import { HttpError } from "../../http/errors.ts";
import { HttpHeaders } from "../../http/headers.ts";
import { type EarlyRefusal, encodeRefusal, type RefusingServer } from "./early_refusal.ts";

const DOCUMENT = `<!DOCTYPE html>
<html lang="en">
  <head><meta charset="utf-8"><title>503 Service Unavailable</title></head>
  <body><h1>503 Service Unavailable</h1><p>All connections are in use. Please try again in a moment.</p></body>
</html>
`;

const REFUSAL: EarlyRefusal = {
  status: 503,
  headers: new HttpHeaders([["Retry-After", "1"], ["Content-Type", "text/html; charset=utf-8"]]),
  document: DOCUMENT,
};

/** The bytes of the response to a client beyond the limits. */
export function overloadResponse(server: RefusingServer): Uint8Array {
  return encodeRefusal(REFUSAL, server);
}

/** The error that reports how many clients were refused. */
export function overloadError(count: number): HttpError {
  const message = `Cannot take a connection: limit reached, refused ${count} since the last report`;
  return new HttpError(503, message, { code: "overload" });
}

/** The error for a request that gives up its bytes to others. */
export function evictedError(): HttpError {
  return new HttpError(503, "Cannot hold the request any longer: others need the memory to finish", {
    code: "overload",
    headers: [["Retry-After", "1"]],
  });
}

// The response to a client beyond the limits of connections (RFC 9110 §15.6.4).

import { HttpError } from "../../http/errors.ts";

const DOCUMENT = `<!DOCTYPE html>
<html lang="en">
  <head><meta charset="utf-8"><title>503 Service Unavailable</title></head>
  <body><h1>503 Service Unavailable</h1><p>All connections are in use. Please try again in a moment.</p></body>
</html>
`;

/** The response to a client without room for it, as it goes on the wire. */
export const OVERLOAD_RESPONSE: Uint8Array = new TextEncoder().encode(
  "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Type: text/html; charset=utf-8\r\n" +
    `Content-Length: ${DOCUMENT.length}\r\nConnection: close\r\n\r\n${DOCUMENT}`,
);

/** The error that reports how many clients were refused. */
export function overloadError(count: number): HttpError {
  const message = `Cannot take a connection: limit reached, ${count} refused since the last word`;
  return new HttpError(503, message, { code: "overload" });
}

/** The error for a request that gives up its bytes to others. */
export function evictedError(): HttpError {
  return new HttpError(503, "Cannot hold the request any longer: others need the memory to finish", {
    code: "overload",
    headers: [["Retry-After", "1"]],
  });
}

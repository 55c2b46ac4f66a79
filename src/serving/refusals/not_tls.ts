// The response to a client that speaks plain HTTP on a port for TLS.

import { ConnectionError } from "../../net/connection.ts";

const DOCUMENT = `<!DOCTYPE html>
<html lang="en">
  <head><meta charset="utf-8"><title>400 Bad Request</title></head>
  <body><h1>400 Bad Request</h1><p>This port speaks TLS. Please use https:// instead of http://.</p></body>
</html>
`;

/** The response, as it goes on the wire: without TLS, since the client knows nothing of it. */
export const NOT_TLS_RESPONSE: Uint8Array = new TextEncoder().encode(
  "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html; charset=utf-8\r\n" +
    `Content-Length: ${DOCUMENT.length}\r\nConnection: close\r\n\r\n${DOCUMENT}`,
);

/** Whether reading failed because the client does not speak TLS. Sending is possible then. */
export function isNotTls(error: unknown): boolean {
  return error instanceof ConnectionError && error.code === "not-tls";
}

// The response to a client that speaks plain HTTP on a port for TLS.

import { HttpHeaders } from "../../http/headers.ts";
import { ConnectionError } from "../../net/connection.ts";
import { type EarlyRefusal, encodeRefusal, type RefusingServer } from "./early_refusal.ts";

const DOCUMENT = `<!DOCTYPE html>
<html lang="en">
  <head><meta charset="utf-8"><title>400 Bad Request</title></head>
  <body><h1>400 Bad Request</h1><p>This port speaks TLS. Please use https:// instead of http://.</p></body>
</html>
`;

const REFUSAL: EarlyRefusal = {
  status: 400,
  headers: new HttpHeaders([["Content-Type", "text/html; charset=utf-8"]]),
  document: DOCUMENT,
};

/** The bytes of the response. They are sent without TLS, because the client does not speak it. */
export function notTlsResponse(server: RefusingServer): Uint8Array {
  return encodeRefusal(REFUSAL, server);
}

/** Whether reading failed because the client does not speak TLS. Then it is possible to send. */
export function isNotTls(error: unknown): boolean {
  return error instanceof ConnectionError && error.code === "not-tls";
}

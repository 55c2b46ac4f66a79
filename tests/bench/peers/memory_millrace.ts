// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// millrace with a handler that discards uploads, and one that sends 1 GiB in pieces of 64 KiB.

import { createBackend } from "../../../src/backend/handler.ts";
import type { HttpRequest } from "../../../src/http/request/request.ts";
import { createResponse, type HttpResponse, textResponse } from "../../../src/http/response/response.ts";
import { listen } from "../../../src/net/listen.ts";
import { serve } from "../../../src/serving/serve.ts";

const PIECE = new Uint8Array(65_536).fill(120);
const PIECES = 16_384;

const backend = createBackend([], (request) => {
  if (request.path === "/upload") return discard(request);
  if (request.path === "/download") return createResponse(200, largeResponse());
  return textResponse(200, "hello world");
});
const listener = await listen({ hostname: "127.0.0.1", port: 0 });
const server = serve(listener, backend, {
  maxBodyBytes: Infinity,
  maxConnections: 20_000,
  idleTimeoutMs: 600_000,
});
console.log(`listening on http://127.0.0.1:${listener.address.port}/`);
await server.finished;

async function discard(request: HttpRequest): Promise<HttpResponse> {
  let total = 0;
  for (let piece = await request.body.read(); piece !== null; piece = await request.body.read()) {
    total += piece.length;
  }
  return textResponse(200, String(total));
}

async function* largeResponse(): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < PIECES; sent++) yield PIECE;
}

// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// The server under attack, in a process of its own, so that its descriptors and its memory can be counted.
// `target.ts [OPTIONS]`, options of serve() as JSON. SIGTERM stops it; then it ends only when nothing is left.

import { createBackend } from "../../src/backend/handler.ts";
import { routes } from "../../src/backend/routes.ts";
import type { HttpRequest } from "../../src/http/request/request.ts";
import { createResponse, type HttpResponse, textResponse } from "../../src/http/response/response.ts";
import { listen } from "../../src/net/listen.ts";
import { serve, type Server } from "../../src/serving/serve.ts";
import type { ServeOptions } from "../../src/serving/serve_options.ts";
import { stateOf } from "../support/server_state.ts";

const PIECE = new Uint8Array(65_536).fill(120);
const PIECES = 16_384;

async function main(): Promise<void> {
  const options: ServeOptions = JSON.parse(Deno.args[0] ?? "{}");
  const listener = await listen({ hostname: "127.0.0.1", port: 0 });
  let failures = 0;
  const server: Server = serve(
    listener,
    createBackend(
      [],
      routes([
        ["GET", "/", () => textResponse(200, "hello world")],
        ["GET", "/large", () => createResponse(200, largeResponse())],
        ["POST", "/upload", discard],
        [
          "GET",
          "/state",
          () => textResponse(200, JSON.stringify(stateOf(server, failures))),
        ],
      ]),
    ),
    { ...options, onError: () => failures++ },
  );
  Deno.addSignalListener("SIGTERM", stop);
  console.log(`millrace target listening on http://127.0.0.1:${listener.address.port}/`);

  function stop(): void {
    Deno.removeSignalListener("SIGTERM", stop);
    server.shutdown();
  }
}

async function discard(request: HttpRequest): Promise<HttpResponse> {
  while (await request.body.read() !== null);
  return textResponse(200, String(request.body.receivedBytes));
}

async function* largeResponse(): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < PIECES; sent++) yield PIECE;
}

if (import.meta.main) await main();

// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// The server of the soak: server.ts FOLDER. `/files/` is served from the folder, the rest is made up.
// SIGTERM stops it; then it ends only when nothing is left.

import { createBackend, type Handler } from "../../src/backend/handler.ts";
import { routes } from "../../src/backend/routes.ts";
import { SYSTEM_CLOCK } from "../../src/base/clock.ts";
import type { HttpRequest } from "../../src/http/request/request.ts";
import { readWhole } from "../../src/http/request/request_body.ts";
import { createResponse, type HttpResponse, textResponse } from "../../src/http/response/response.ts";
import { listen } from "../../src/net/listen.ts";
import { serve, type Server } from "../../src/serving/serve.ts";
import { DEFAULT_STATIC_OPTIONS } from "../../src/servers/static/options.ts";
import { createStatic } from "../../src/servers/static/create_static.ts";
import { stateOf } from "../support/server_state.ts";
import { Checksum, makePattern } from "./pattern.ts";

const PIECE_BYTES = 32_768;
const MAX_BODY_BYTES = 8_388_608;

async function main(): Promise<void> {
  const [folder = "."] = Deno.args;
  const files = createStatic({
    options: { ...DEFAULT_STATIC_OPTIONS, root: folder },
    clock: SYSTEM_CLOCK,
  });
  let failures = 0;
  const made = routes([
    [
      "GET",
      "/state",
      () => textResponse(200, JSON.stringify(stateOf(server, failures))),
    ],
    [
      "GET, HEAD",
      "/bytes/:number/:length",
      (_request, _context, captures) => sendBytes(...toNumbers(captures)),
    ],
    ["GET", "/chunks/:number/:length", (_request, _context, captures) => {
      const [number, length] = toNumbers(captures);
      return createResponse(200, pieces(number, length));
    }],
    ["GET", "/broken/:number/:length", (_request, _context, captures) => {
      const [number, length] = toNumbers(captures);
      return createResponse(200, breakOff(number, length), [["Content-Length", String(length + 1)]]);
    }],
    ["GET", "/broken_chunks/:number/:length", (_request, _context, captures) => {
      const [number, length] = toNumbers(captures);
      return createResponse(200, breakOff(number, length));
    }],
    ["GET", "/fail", fail],
    ["POST", "/mirror", async (request) => createResponse(200, await readWhole(request.body))],
    ["POST", "/digest", digest],
  ]);
  const handler: Handler = (request, context) =>
    request.path.startsWith("/files/") ? files.backend.handle(request, context) : made(request, context);
  const listener = await listen({ hostname: "127.0.0.1", port: 0 });
  const server: Server = serve(listener, createBackend([], handler), {
    maxBodyBytes: MAX_BODY_BYTES,
    onError: () => failures++,
  });
  Deno.addSignalListener("SIGTERM", stop);
  console.log(`millrace soak listening on http://127.0.0.1:${listener.address.port}/`);

  function stop(): void {
    Deno.removeSignalListener("SIGTERM", stop);
    files.close();
    server.shutdown();
  }
}

function toNumbers([number, length]: readonly string[]): [number: number, length: number] {
  return [Number(number), Number(length)];
}

/** Small content at once, large content in pieces, both with a length. */
function sendBytes(number: number, length: number): HttpResponse {
  return length <= PIECE_BYTES
    ? createResponse(200, makePattern(number, 0, length))
    : createResponse(200, pieces(number, length), [["Content-Length", String(length)]]);
}

async function* pieces(number: number, length: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < length; start += PIECE_BYTES) {
    yield makePattern(number, start, Math.min(PIECE_BYTES, length - start));
  }
}

async function* breakOff(number: number, length: number): AsyncGenerator<Uint8Array> {
  yield* pieces(number, length);
  throw new Error("the source broke");
}

function fail(): never {
  throw new Error("the handler failed");
}

async function digest(request: HttpRequest): Promise<HttpResponse> {
  const sum = new Checksum();
  for (let piece = await request.body.read(); piece !== null; piece = await request.body.read()) {
    sum.add(piece);
  }
  const trailer = request.body.trailers.get("x-sum") ?? "";
  return textResponse(200, JSON.stringify({ bytes: request.body.receivedBytes, sum: sum.value, trailer }));
}

if (import.meta.main) await main();

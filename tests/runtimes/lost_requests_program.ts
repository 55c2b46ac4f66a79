// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// Handlers that make the server read ahead, on every runtime. lost_requests_program.ts KIND [CERTIFICATE AS JSON]

import process from "node:process";
import { textResponse } from "../../src/http/response/response.ts";
import { listen } from "../../src/net/listen.ts";
import { serve } from "../../src/serving/serve.ts";

const [, , kind, certificate] = process.argv;
const tls = certificate === undefined ? undefined : JSON.parse(certificate);
const listener = await listen({ hostname: "127.0.0.1", port: 0, tls });

const fetchHandler = {
  fetch: async (request: Request): Promise<Response> => {
    const text = request.method === "POST" ? await request.text() : new URL(request.url).pathname;
    return new Response(text, { headers: { "Content-Length": `${text.length}` } });
  },
};

const server = kind === "fetch"
  ? serve(listener, fetchHandler)
  : serve(listener, async (_request, context) => {
    context.signal.throwIfAborted();
    await null;
    return textResponse(200, "x".repeat(15_000));
  });
process.on("SIGTERM", () => void server.shutdown().then(() => process.exit(0)));
console.log(`millrace test listening on http://127.0.0.1:${listener.address.port}/`);

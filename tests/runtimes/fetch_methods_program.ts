// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// A web-standard handler that responds with the method of each request.

import process from "node:process";
import { serve } from "../../src/serving/serve.ts";

const server = await serve({ port: 0, fetch: ({ method }) => new Response(method) }).ready;
process.on("SIGTERM", () => void server.shutdown().then(() => process.exit(0)));
console.log(`millrace test listening on http://127.0.0.1:${server.address.port}/`);

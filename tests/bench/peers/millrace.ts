// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// "hello world" on millrace, through the whole stack: tokenizer, middleware, routes, Date and Server fields.
// Runs on every runtime, on Node and Bun as a bundle. millrace.ts [FILE]: if there is a file, it logs every request there
// in the short form.

import process from "node:process";
import { createClientSwitches } from "../../../src/backend/client_switches.ts";
import { createBackend } from "../../../src/backend/handler.ts";
import { bgColor } from "../../../src/backend/middleware/bg_color.ts";
import { logging } from "../../../src/backend/middleware/logging.ts";
import { showErrors } from "../../../src/backend/middleware/show_errors.ts";
import { routes } from "../../../src/backend/routes.ts";
import { textResponse } from "../../../src/http/response/response.ts";
import { openLogs } from "../../../src/log/open_logs.ts";
import { createRequestIds } from "../../../src/log/request_id.ts";
import { listen } from "../../../src/net/listen.ts";
import { serve } from "../../../src/serving/serve.ts";

const [, , file] = process.argv;
const logs = await openLogs({
  accessLog: file === undefined ? { kind: "off" } : { kind: "file", path: file },
  errorLog: { kind: "off" },
});
const switches = createClientSwitches();
const middleware = [
  logging({ access: logs.access, error: logs.error, requestIds: createRequestIds(), formOf: () => "short" }),
  showErrors({ isShown: switches.showsErrors }),
  bgColor,
];
// A table of several rows, as in a real program, so that the router has something to do.
const handler = routes([
  ["GET", "/", () => textResponse(200, "hello world")],
  ["GET", "/users/:id", (_request, _context, [id = ""]) => textResponse(200, id)],
  ["POST", "/users", () => textResponse(201, "created")],
]);
const listener = await listen({ hostname: "127.0.0.1", port: 0 });
const server = serve(listener, createBackend(middleware, handler));
process.on("SIGTERM", () => {
  server.shutdown().then(() => logs.close()).then(() => process.exit(0));
});
console.log(`listening on http://127.0.0.1:${listener.address.port}/`);
await server.finished;

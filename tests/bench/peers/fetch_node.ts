// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// A web-standard handler on @hono/node-server, which puts its own Request and Response on globalThis.

import process from "node:process";
import { serve } from "npm:@hono/node-server@2.1.9";
import { WORKLOADS } from "./fetch_handlers.ts";

serve(
  { fetch: WORKLOADS[process.argv[2]!]!(), hostname: "127.0.0.1", port: 0 },
  ({ port }) => console.log(`listening on http://127.0.0.1:${port}/`),
);

// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// A web-standard handler on Deno.serve.

import { WORKLOADS } from "./fetch_handlers.ts";

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`listening on http://127.0.0.1:${port}/`),
}, WORKLOADS[Deno.args[0]!]!());

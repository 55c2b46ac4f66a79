// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// A web-standard handler on millrace. Arguments: the workload, and `fast` for the globals of overrideGlobals.

import process from "node:process";
import { serve } from "../../../mod.ts";
import { WORKLOADS } from "./fetch_handlers.ts";

const [workload = "", kind] = process.argv.slice(2);
serve({
  fetch: WORKLOADS[workload]!(),
  port: 0,
  overrideGlobals: kind === "fast",
  onListen: ({ port }) => console.log(`listening on http://127.0.0.1:${port}/`),
});

// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// A web-standard handler on millrace. Arguments: the workload, and `plain`, `fast` for the globals of overrideGlobals, or
// `own` for a handler of millrace's own kind with the same text.

import process from "node:process";
import { listen, serve, textResponse } from "../../../mod.ts";
import { WORKLOADS } from "./fetch_handlers.ts";

const [workload = "", kind] = process.argv.slice(2);
const announce = ({ port }: { readonly port?: number | undefined }): void => {
  console.log(`listening on http://127.0.0.1:${port}/`);
};
if (kind === "own") {
  const listener = await listen({ port: 0 });
  serve(listener, () => textResponse(200, "hello world"));
  announce(listener.address);
} else {
  serve({
    fetch: WORKLOADS[workload]!(),
    port: 0,
    overrideGlobals: kind === "fast",
    onListen: announce,
  });
}

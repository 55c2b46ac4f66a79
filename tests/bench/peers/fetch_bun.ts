// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// A web-standard handler on Bun.serve.

import process from "node:process";
import { type Fetch, WORKLOADS } from "./fetch_handlers.ts";

interface BunServe {
  serve(options: { readonly hostname: string; readonly port: number; readonly fetch: Fetch }): {
    readonly port: number;
  };
}

const { Bun } = globalThis as unknown as { readonly Bun: BunServe };
const { port } = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: WORKLOADS[process.argv[2]!]!() });
console.log(`listening on http://127.0.0.1:${port}/`);

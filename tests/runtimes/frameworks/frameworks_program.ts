// deno-lint-ignore-file no-console -- a program: it says where it listens
// One framework on millrace: its name is the first argument; `fast` as the second one turns overrideGlobals on.

import process from "node:process";
import { serve } from "../../../mod.ts";
import type { Fetch } from "./routers.ts";

/** On Node, oak's shim for Deno looks for the folder of a CommonJS module, which a bundle does not have. */
async function loadOak(): Promise<() => Fetch> {
  Object.assign(globalThis, { __dirname: "." });
  return (await import("./oak.ts")).oak;
}

const [name = "", kind] = process.argv.slice(2);
const start = async (): Promise<void> => {
  const routers = await import("./routers.ts");
  const { trpc, yoga } = await import("./api_frameworks.ts");
  const { hono, h3, elysia, itty, reactRouter } = routers;
  const makers = { hono, h3, elysia, itty, reactRouter, trpc, yoga };
  const make = name === "oak" ? await loadOak() : makers[name as keyof typeof makers];
  const handler = make();
  const server = serve({
    port: 0,
    overrideGlobals: kind === "fast",
    fetch: (request) => handler(request),
    // The applications throw on purpose.
    onError: () => {},
  });
  const { address } = await server.ready;
  console.log(`millrace framework listening on http://127.0.0.1:${address.port}/`);
};
await start();

// deno-lint-ignore-file no-console -- a program: its observations go to stdout
// Whether a request, and a request made from it, notice that the client leaves.

import { connect, serve } from "../../mod.ts";

const aborted: string[] = [];
let resolveAll = (): void => {};
const all = new Promise<void>((resolve) => resolveAll = resolve);
const server = serve({
  port: 0,
  async fetch(request) {
    const made = new Request(request, { headers: { "x-a": "1" } });
    for (const [name, { signal }] of Object.entries({ request, made })) {
      signal.addEventListener("abort", () => {
        aborted.push(name);
        if (aborted.length === 2) resolveAll();
      });
    }
    client.close();
    await all;
    return new Response();
  },
});
await server.ready;
const client = await connect(server.address);
await client.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
await all;
await server.shutdown();
console.log(aborted.sort().join());

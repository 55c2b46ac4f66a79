// deno-lint-ignore-file no-console -- a program: its observations go to stdout
// Whether a request, and a request made from it, notice that the client leaves, also before its content is read.

import { connect, serve } from "../../mod.ts";

const REQUESTS = [
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
];

/** Resolves with the names of both requests when both are aborted. */
function noteAborts(signals: Record<string, AbortSignal>): Promise<string[]> {
  return Promise.all(
    Object.entries(signals).map(([name, signal]) =>
      new Promise<string>((resolve) => signal.addEventListener("abort", () => resolve(name)))
    ),
  );
}

for (const sent of REQUESTS) {
  let resolveSeen = (_seen: string): void => {};
  const seen = new Promise<string>((resolve) => resolveSeen = resolve);
  const server = serve({
    port: 0,
    async fetch(request) {
      const made = new Request(request.clone(), { headers: { "x-a": "1" } });
      const aborts = noteAborts({ request: request.signal, made: made.signal });
      client.close();
      const names = await aborts;
      resolveSeen(`${request.method} ${names.sort().join()} ${await request.text()}`);
      return new Response();
    },
  });
  await server.ready;
  const client = await connect(server.address);
  await client.write(new TextEncoder().encode(sent));
  console.log(await seen);
  await server.shutdown();
}

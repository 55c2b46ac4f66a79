// deno-lint-ignore-file no-console -- a program: its observations go to stdout
// How the responses of a runtime look on the wire.

import { Buffer } from "node:buffer";
import { connect, serve } from "../../mod.ts";

const form = new FormData();
form.set("a", "1");

const RESPONSES: Readonly<Record<string, () => Response | Promise<Response>>> = {
  text: () => new Response("héllo"),
  "long text": () => new Response("x".repeat(100_000)),
  bytes: () => new Response(new Uint8Array([0xff, 0])),
  "cloned bytes": async () => {
    const response = new Response(new Uint8Array([0xff, 0]));
    await response.clone().arrayBuffer();
    return response;
  },
  blob: () => new Response(new Blob(["x"], { type: "a/b" })),
  form: () => new Response(form),
  params: () => new Response(new URLSearchParams("a=b")),
  json: () => Response.json({ a: 1 }),
  typed: () => new Response("x", { headers: { "content-type": "text/html" } }),
  pieces: () => {
    const pieces: unknown[] = ["hé", new Uint8Array([0x61]), new Uint8Array([0x62]).buffer];
    return new Response(
      new ReadableStream<unknown>({
        pull(controller) {
          if (pieces.length === 0) controller.close();
          else controller.enqueue(pieces.shift());
        },
      }) as ReadableStream<Uint8Array>,
    );
  },
};

const server = serve({
  port: 0,
  fetch: ({ url }) => RESPONSES[decodeURI(new URL(url).pathname.slice(1))]!(),
});
await server.ready;
const seen: Record<string, unknown> = {};
for (const name of Object.keys(RESPONSES)) {
  const client = await connect(server.address);
  const head = `GET /${encodeURI(name)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
  await client.write(new TextEncoder().encode(head));
  const bytes = new Uint8Array(await new Response(client.readable).arrayBuffer());
  client.close();
  const [lines = "", ...rest] = Buffer.from(bytes).toString("utf8").split("\r\n\r\n");
  const field = (field: string): string | undefined =>
    new RegExp(`^${field}: (.*)$`, "im").exec(lines)?.[1]?.trim();
  seen[name] = {
    type: field("content-type")?.toLowerCase().replace(/boundary=.*/, "boundary"),
    length: field("content-length"),
    coding: field("transfer-encoding"),
    content: rest.join("\r\n\r\n").slice(0, 40),
  };
}
await server.shutdown();
console.log(JSON.stringify(seen));

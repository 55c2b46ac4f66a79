// deno-lint-ignore-file no-console -- a program: its observations go to stdout
// How the responses of a runtime look on the wire.

import { Buffer } from "node:buffer";
import { connect, serve } from "../../mod.ts";

function formWith(size: number): FormData {
  const form = new FormData();
  form.set("file", new File([new Uint8Array(size)], "f"));
  return form;
}

function stream(): ReadableStream<Uint8Array> {
  const piece = new TextEncoder().encode("one piece");
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(piece);
      controller.close();
    },
  });
}

function pieces(): ReadableStream<Uint8Array> {
  const rest: unknown[] = ["hé", new Uint8Array([0x61]), new Uint8Array([0x62]).buffer];
  return new ReadableStream<unknown>({
    pull(controller) {
      if (rest.length === 0) controller.close();
      else controller.enqueue(rest.shift());
    },
  }) as ReadableStream<Uint8Array>;
}

class MarkedResponse extends Response {
  readonly #mark = "x".repeat(99);

  get mark(): string {
    return this.#mark;
  }
}

function promising(length: number, body: BodyInit): Response {
  return new Response(body, { headers: { "content-length": String(length) } });
}

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
  "large bytes": () => new Response(new Uint8Array(3_000_000)),
  "blob of parts": () => new Response(new Blob(["x", "y", "z"], { type: "a/b" })),
  form: () => new Response(formWith(1)),
  "large form": () => new Response(formWith(3_000_000)),
  // Too large to be gathered: Node 24 must not be made to cancel it after HEAD.
  "huge form": () => new Response(formWith(17_000_000)),
  params: () => new Response(new URLSearchParams("a=b")),
  json: () => Response.json({ a: 1 }),
  typed: () => new Response("x", { headers: { "content-type": "text/html" } }),
  "text that is said to be chunked": () =>
    new Response("x", { statusText: "Fine", headers: { "transfer-encoding": "chunked" } }),
  pieces: () => new Response(pieces()),
  "pieces with a status text": () => new Response(pieces(), { statusText: "Fine" }),
  "pieces in a response with members": () => Object.assign(new Response(pieces()), { mark: "x".repeat(99) }),
  "pieces in a response of another class": () => new MarkedResponse(pieces()),
};

// What is sent of content with a wrong Content-Length.
const PROMISES: Readonly<Record<string, () => Response>> = {
  "too short for text": () => promising(3, "text"),
  "too long for text": () => promising(99, "text"),
  "too short for a Blob": () => promising(1, new Blob(["x", "y"])),
  "too long for parameters": () => promising(99, new URLSearchParams("a=b")),
  "too short for a stream": () => promising(3, stream()),
  "too long for a stream": () => promising(99, stream()),
};

const server = serve({
  port: 0,
  // Streams break their promise on purpose.
  onError: () => {},
  fetch: ({ url }) => ({ ...RESPONSES, ...PROMISES })[decodeURI(new URL(url).pathname.slice(1))]!(),
});
await server.ready;

interface Sent {
  readonly field: (name: string) => string | undefined;
  readonly content: Buffer;
}

async function ask(method: string, name: string): Promise<Sent> {
  const client = await connect(server.address);
  const head = `${method} /${encodeURI(name)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
  await client.write(new TextEncoder().encode(head));
  const bytes = Buffer.from(await new Response(client.readable).arrayBuffer());
  client.close();
  const headEnd = bytes.indexOf("\r\n\r\n");
  const lines = bytes.toString("latin1", 0, headEnd);
  return {
    field: (name) => new RegExp(`^${name}: (.*)$`, "im").exec(lines)?.[1]?.trim(),
    content: bytes.subarray(headEnd + 4),
  };
}

const types: Record<string, unknown> = {};
for (const name of Object.keys(RESPONSES)) {
  const { field, content } = await ask("GET", name);
  const head = await ask("HEAD", name);
  types[name] = {
    type: field("content-type")?.toLowerCase().replace(/boundary=.*/, "boundary"),
    length: field("content-length"),
    coding: field("transfer-encoding"),
    content: content.toString("utf8", 0, 40),
    isWhole: String(content.length) === field("content-length"),
    isSameForHead: head.field("content-length") === field("content-length") && head.content.length === 0,
  };
}
const promises: Record<string, unknown> = {};
for (const name of Object.keys(PROMISES)) {
  const { field, content } = await ask("GET", name);
  const head = await ask("HEAD", name);
  promises[name] = `${field("content-length")} ${head.field("content-length")} ${content}`;
}
await server.shutdown();
console.log(JSON.stringify({ types, promises }));

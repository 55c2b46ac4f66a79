// The response to a client that reads nothing before it has sent everything, over real sockets. A close while bytes of
// the client are still arriving is a reset, and a reset destroys the response.

import { assertEquals } from "@std/assert";
import { createBackend } from "../../src/backend/handler.ts";
import { readWhole } from "../../src/http/request/request_body.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { listen } from "../../src/net/listen.ts";
import { serve } from "../../src/serving/serve.ts";
import { statusesOf } from "../support/fake_server.ts";
import { connectRaw } from "../support/loopback.ts";

const MEGABYTE = 1_000_000;
const PIECE = new Uint8Array(65_536).fill(0x78);

const UPLOADS: readonly (readonly [name: string, head: string, status: number])[] = [
  [
    "content by length beyond the limit",
    "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 60000000\r\n\r\n",
    413,
  ],
  [
    "a chunk beyond the limit",
    "POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3938700\r\n",
    413,
  ],
  [
    "unread content",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3938700\r\n",
    200,
  ],
  ["two Host fields", "POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 60000000\r\n\r\n", 400],
  ["a malformed chunk", "POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n", 400],
  ["a head without end", "GET / HTTP/1.1\r\nHost: a\r\nX: ", 431],
  ["a request line without end", "GET /", 414],
  [
    "an unknown expectation",
    "POST / HTTP/1.1\r\nHost: a\r\nExpect: x\r\nContent-Length: 60000000\r\n\r\n",
    417,
  ],
];

async function sendAll(port: number, head: string, size: number): Promise<string> {
  const client = await connectRaw(port);
  try {
    await client.send(head);
    for (let sent = 0; sent < size; sent += PIECE.length) await client.send(PIECE);
    await client.end();
    return await client.readAll();
  } finally {
    client.close();
  }
}

for (const [name, head, status] of UPLOADS) {
  Deno.test(`serve() lets a client that sends 50 MB first read its response: ${name} (RFC 9112 §9.6)`, async () => {
    const listener = await listen({ port: 0 });
    const backend = createBackend([], async (request) => {
      if (request.path === "/read") await readWhole(request.body);
      return textResponse(200, "done");
    });
    const server = serve(listener, backend);
    for (const size of [2 * MEGABYTE, 50 * MEGABYTE]) {
      const text = await sendAll(listener.address.port, head, size);
      assertEquals(statusesOf(text), [status], `${size} bytes`);
      const [responseHead, content] = text.split("\r\n\r\n") as [string, string];
      assertEquals(Number(/Content-Length: (\d+)/.exec(responseHead)?.[1]), content.length);
    }
    await server.shutdown();
  });
}

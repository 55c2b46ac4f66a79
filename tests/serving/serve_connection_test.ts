import { assertEquals, assertMatch } from "@std/assert";
import { serveConnection } from "../../src/serving/serve.ts";
import { FakeConnection } from "../support/fake_connection.ts";
import { echoTarget, get, statusesOf } from "../support/fake_server.ts";

Deno.test("serveConnection() serves one connection to its end", async () => {
  const client = new FakeConnection();
  const served = serveConnection(client, echoTarget);
  await client.send(get("/a") + get("/b"));
  assertEquals(statusesOf(client.output), [200, 200]);
  await client.end();
  await served;
  assertEquals(client.isClosed, true);
});

Deno.test("serveConnection() serves a pair of Web Streams: pipelined requests and chunked content", async () => {
  const toServer = new TransformStream<Uint8Array, Uint8Array>();
  const toClient = new TransformStream<Uint8Array, Uint8Array>();
  const handler = {
    fetch: async (request: Request): Promise<Response> => new Response(`[${await request.text()}]`),
  };
  const served = serveConnection({ readable: toServer.readable, writable: toClient.writable }, handler);
  const writer = toServer.writable.getWriter();
  const text = new Response(toClient.readable).text();
  await writer.write(new TextEncoder().encode(get("/a") + get("/b")));
  const upload = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  await writer.write(new TextEncoder().encode(upload));
  await writer.close();
  const output = await text;
  await served;
  assertEquals(statusesOf(output), [200, 200, 200]);
  assertMatch(output, /\[hello\]/);
});

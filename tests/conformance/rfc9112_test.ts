// HTTP/1.1 (RFC 9112): the requirements that bind an origin server, in the order of the sections.

import { assertEquals } from "@std/assert";
import { test, testRequirements } from "../runtimes/answering.ts";
import { fieldOf } from "../support/responses.ts";
import { RFC9112 } from "../testdata/http/rfc9112.ts";

testRequirements("RFC 9112", RFC9112);

test("RFC 9112 §2.3 MUST: a major version that is not spoken gets 505", async (server) => {
  for (const version of ["2.0", "0.9", "3.1"]) {
    const [response] = await server.ask(`GET / HTTP/${version}\r\nHost: a\r\n\r\n`);
    assertEquals(response?.status, 505);
  }
});

test("RFC 9112 §6.1 MUST NOT: no Transfer-Encoding to an HTTP/1.0 client, nor with 204", async (server) => {
  const [old] = await server.ask("GET /stream HTTP/1.0\r\n\r\n");
  assertEquals([fieldOf(old!, "transfer-encoding"), fieldOf(old!, "connection"), old!.content], [
    undefined,
    "close",
    "GET /stream !",
  ]);
  const [empty] = await server.ask("GET /status/204 HTTP/1.1\r\nHost: a\r\n\r\n");
  assertEquals([fieldOf(empty!, "transfer-encoding"), fieldOf(empty!, "content-length")], [
    undefined,
    undefined,
  ]);
});

test("RFC 9112 §6.3 MUST: answers to HEAD, 204 and 304 end behind their head", async (server) => {
  const targets = ["HEAD /a", "GET /status/204", "GET /status/304", "HEAD /stream", "GET /b"];
  const responses = await server.ask(targets.map((line) => `${line} HTTP/1.1\r\nHost: a\r\n\r\n`).join(""));
  assertEquals(responses.map(({ status, content }) => `${status} ${content}`), [
    "200 ",
    "204 ",
    "304 ",
    "200 ",
    "200 GET /b ",
  ]);
});

test("RFC 9112 §9.6 SHOULD: an error answer reaches a client that is still sending", async (server) => {
  const output = await server.withClient({}, async (client) => {
    await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\nContent-Length: 1\r\n\r\n");
    await client.send(new Uint8Array(150_000)).catch(() => {});
    return await client.readAll();
  });
  assertEquals([output.slice(0, 12), output.split("HTTP/1.1 ").length], ["HTTP/1.1 400", 2]);
});

test("RFC 9112 §9.6 MUST: the last answer of a connection says close", async (server) => {
  const responses = await server.ask("GET /a HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3), {
    maxRequestsPerConnection: 2,
  });
  assertEquals(responses.map((response) => fieldOf(response, "connection")), ["keep-alive", "close"]);
});

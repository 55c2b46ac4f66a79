// HTTP semantics (RFC 9110): the requirements that bind the core of an origin server, in the order of the sections.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { test, testRequirements } from "../runtimes/answering.ts";
import { fieldOf, parseResponses } from "../support/responses.ts";
import { RFC9110 } from "../testdata/http/rfc9110.ts";

testRequirements("RFC 9110", RFC9110);

test("RFC 9110 §5.6.7 and §6.6.1 MUST: each answer has a Date, in IMF-fixdate", async (server) => {
  const sent = "GET /a HTTP/1.1\r\nHost: a\r\n\r\nHEAD /a HTTP/1.1\r\nHost: a\r\n\r\nGET /a HTTP/1.1\r\n\r\n";
  const responses = await server.ask(sent);
  assertEquals(responses.map(({ status }) => status), [200, 200, 400]);
  for (const response of responses) {
    const date = fieldOf(response, "date") ?? "";
    assertMatch(
      date,
      /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$/,
    );
    assert(Math.abs(Date.parse(date) - Date.now()) < 60_000, date);
  }
});

test("RFC 9110 §9.3.2 MUST NOT: HEAD gets the fields of GET and no content, also with an error", async (server) => {
  for (const target of ["/a", "/stream", "/status/404"]) {
    const [get] = await server.ask(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const [head] = await server.ask(`HEAD ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const fields = (response: typeof get): unknown =>
      response?.fields.filter(([name]) => !/^(date|content-length)$/.test(name));
    assertEquals([head!.status, head!.content, fields(head)], [get!.status, "", fields(get)]);
  }
  for (
    const line of [`HEAD /${"a".repeat(9_000)} HTTP/1.1`, "HEAD /\x01 HTTP/1.1", "HEAD /a HTTP/1.1\r\nA : b"]
  ) {
    const [error, ...others] = await server.ask(`${line}\r\n\r\n`);
    assertEquals([error!.status >= 400, error!.content, others], [true, "", []]);
  }
});

test("RFC 9110 §9.3.6 MUST NOT: a 2xx answer to CONNECT has no length, and ends the connection", async (server) => {
  const [response, ...others] = await server.ask(
    "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
  );
  assertEquals([response!.status, response!.content, others], [200, "", []]);
  assertEquals([fieldOf(response!, "content-length"), fieldOf(response!, "transfer-encoding")], [
    undefined,
    undefined,
  ]);
  assertEquals(fieldOf(response!, "connection"), "close");
});

test("RFC 9110 §10.1.1 MUST: 100 is sent when the content is wanted, before the answer", async (server) => {
  await server.withClient({}, async (client) => {
    await client.send("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assertEquals(await client.readUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    await client.send("hi");
    await client.end();
    const responses = parseResponses(await client.readAll(), ["POST"]);
    assertEquals(responses.map(({ status, content }) => `${status} ${content}`), ["100 ", "200 POST /a hi"]);
  });
});

test("RFC 9110 §10.1.1 MUST: content that is too large gets its final answer in place of 100", async (server) => {
  await server.withClient({ maxBodyBytes: 1 }, async (client) => {
    await client.send("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    const [response, ...others] = parseResponses(await client.readAll(), ["POST"]);
    assertEquals([response!.status, fieldOf(response!, "connection"), others], [413, "close", []]);
  });
});

test("RFC 9110 §15.3.6 MUST NOT: 205 has no content", async (server) => {
  const responses = await server.ask(
    "GET /status/205 HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
  );
  assertEquals(responses.map(({ status, content }) => `${status} ${content}`), ["205 ", "200 GET /b "]);
});

test("RFC 9110 §15.5.9 SHOULD: a request that does not come in time gets 408 and close", async (server) => {
  await server.withClient({ headTimeoutMs: 40 }, async (client) => {
    await client.send("GET /a HTTP/1.1\r\nHo");
    const [response] = parseResponses(await client.readAll(), ["GET"]);
    assertEquals([response!.status, fieldOf(response!, "connection")], [408, "close"]);
  });
});

test("RFC 9110 §15.5.14: chunks beyond the limit get 413, and the answer says close", async (server) => {
  const chunks = "8\r\n01234567\r\n".repeat(3);
  const head = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const [response, ...others] = await server.ask(
    `${head}${chunks}0\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n`,
    {
      maxBodyBytes: 10,
    },
  );
  assertEquals([response!.status, fieldOf(response!, "connection"), others], [413, "close", []]);
});

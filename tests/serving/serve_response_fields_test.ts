// `responseFields`: fields of all responses, including those that no handler makes.

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import type { HeaderField } from "../../src/http/headers.ts";
import { createResponse, textResponse } from "../../src/http/response/response.ts";
import type { Handler } from "../../src/backend/handler.ts";
import { ConnectionError } from "../../src/net/connection.ts";
import { serve } from "../../src/serving/serve.ts";
import type { ServeOptions } from "../../src/serving/serve_options.ts";
import { FakeListener } from "../support/fake_connection.ts";
import { echoTarget, get, startFakeServer, statusesOf, stopFakeServer } from "../support/fake_server.ts";

const FIELD: HeaderField = ["X-Frame-Options", "DENY"];

/** The status of each response in a text, and the number of times that the field is in its head. */
function countsOf(output: string): { status: number; fields: number }[] {
  return output.split(/(?=HTTP\/1\.1 )/).map((response) => {
    const [head = ""] = response.split("\r\n\r\n");
    return { status: statusesOf(head)[0]!, fields: head.split("\r\nX-Frame-Options: DENY").length - 1 };
  });
}

/** Sends bytes to a server with the field, and gives its responses. */
async function exchange(
  sent: string,
  handler: Handler = echoTarget,
  options: ServeOptions = {},
): Promise<{ status: number; fields: number }[]> {
  const fake = startFakeServer(handler, { responseFields: [FIELD], ...options });
  const client = await fake.connect();
  await client.send(sent);
  await fake.clock.advance(20_000);
  await stopFakeServer(fake);
  return countsOf(client.output);
}

const throwing: Handler = () => {
  throw new Error("no");
};

// The bytes to send, the handler, and the statuses of the responses.
const CASES:
  readonly (readonly [claim: string, sent: string, handler: Handler, statuses: readonly number[]])[] = [
    ["a response of the handler", get("/"), echoTarget, [200]],
    ["pipelined responses", get("/a") + get("/b"), echoTarget, [200, 200]],
    ["the response to HEAD", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", echoTarget, [200]],
    ["204 without content", get("/"), () => createResponse(204), [204]],
    ["304 without content", get("/"), () => createResponse(304), [304]],
    ["a failure of the handler", get("/"), throwing, [500]],
    ["a request that is not HTTP", "no HTTP\r\n\r\n", echoTarget, [400]],
    ["a request line that is too long", get(`/${"a".repeat(10_000)}`), echoTarget, [414]],
    ["a head that is too large", get("/", `X: ${"a".repeat(20_000)}\r\n`), echoTarget, [431]],
    [
      "content that is too large",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n",
      echoTarget,
      [413],
    ],
    ["a head that is never finished", "GET / HTTP/1.1\r\n", echoTarget, [408]],
  ];

for (const [claim, sent, handler, statuses] of CASES) {
  Deno.test(`serve() sends responseFields with ${claim}`, async () => {
    assertEquals(await exchange(sent, handler), statuses.map((status) => ({ status, fields: 1 })));
  });
}

Deno.test("serve() sends responseFields not with 100, but with the response after it (RFC 9110 §15.2)", async () => {
  const sent = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n";
  const fake = startFakeServer(
    async (request) => textResponse(200, String((await request.body.read())?.length)),
    {
      responseFields: [FIELD],
    },
  );
  const client = await fake.connect();
  await client.send(sent);
  await client.send("x");
  assertEquals(countsOf(client.output), [{ status: 100, fields: 0 }, { status: 200, fields: 1 }]);
  await stopFakeServer(fake);
});

Deno.test("serve() sends responseFields, Date and Server with the 503 for a client beyond the limit", async () => {
  const fake = startFakeServer(echoTarget, { maxConnections: 1, responseFields: [FIELD] });
  await fake.connect();
  const beyond = await fake.connect();
  assertEquals(countsOf(beyond.output), [{ status: 503, fields: 1 }]);
  assertMatch(beyond.output, /\r\nDate: [^\r]*\r\nServer: millrace\r\n[^]*\r\nRetry-After: 1\r\n/);
  await stopFakeServer(fake);
});

Deno.test("serve() sends responseFields, Date and Server with the 400 for plain HTTP on a port of TLS (RFC 9110 §6.6.1)", async () => {
  const fake = startFakeServer(echoTarget, { responseFields: [FIELD] });
  const client = await fake.connect();
  await client.reset(new ConnectionError("not-tls", "Cannot read: the client does not speak TLS"));
  assertEquals(countsOf(client.output), [{ status: 400, fields: 1 }]);
  assertMatch(client.output, /\r\nDate: [^\r]*\r\nServer: millrace\r\n/);
  await stopFakeServer(fake);
});

Deno.test("serve() lets a field of the response replace that of responseFields", async () => {
  const own: Handler = () => createResponse(200, null, [["x-frame-options", "SAMEORIGIN"]]);
  assertEquals(await exchange(get("/"), own), [{ status: 200, fields: 0 }]);
});

Deno.test("serve() refuses responseFields that belong to the connection or the framing", () => {
  for (const name of ["Connection", "Content-Length", "Transfer-Encoding", "Keep-Alive", "Upgrade"]) {
    const responseFields: readonly HeaderField[] = [[name, "1"]];
    assertThrows(() => serve(new FakeListener(), echoTarget, { responseFields }), TypeError, name);
    assertThrows(() => serve({ port: 0, fetch: () => new Response(), responseFields }), TypeError, name);
  }
});

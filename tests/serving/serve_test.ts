import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { textResponse } from "../../src/http/response/response.ts";
import type { HttpResponse } from "../../src/http/response/response.ts";
import { settle } from "../support/deadline.ts";
import { echoTarget, get, startFakeServer, statusesOf, stopFakeServer } from "../support/fake_server.ts";

Deno.test("serve() responds to one request after the other on one connection (RFC 9112 §9.3)", async () => {
  const fake = startFakeServer(echoTarget);
  const client = await fake.connect();
  await client.send(get("/one"));
  assertMatch(client.output, /^HTTP\/1\.1 200 OK\r\n[^]*Connection: keep-alive\r\n[^]*\r\n\r\n\/one$/);
  await client.send(get("/two"));
  assertMatch(client.output, /\/two$/);
  assertEquals({ isClosed: client.isClosed, isReading: client.isReading, writeCount: client.writes.length }, {
    isClosed: false,
    isReading: true,
    writeCount: 2,
  });
  await stopFakeServer(fake);
});

Deno.test("serve() joins the responses to pipelined requests into one write (RFC 9112 §9.3.2)", async () => {
  const fake = startFakeServer(echoTarget);
  const client = await fake.connect();
  const targets = Array.from({ length: 16 }, (_, index) => `/number-${index}.`);
  await client.send(targets.map((target) => get(target)).join(""));
  assertEquals(client.writes.length, 1);
  assertEquals(Array.from(client.output.matchAll(/\/number-\d+\./g), ([target]) => target), targets);
  await stopFakeServer(fake);
});

Deno.test("serve() responds in the order of the requests, however long each takes (RFC 9112 §9.3.2)", async () => {
  const slow = Promise.withResolvers<HttpResponse>();
  const fake = startFakeServer((request) =>
    request.target === "/slow" ? slow.promise : textResponse(200, request.target)
  );
  const client = await fake.connect();
  await client.send(get("/first") + get("/slow") + get("/last"));
  assertMatch(client.output, /\/first$/, "a ready response does not wait for a later one");
  slow.resolve(textResponse(200, "/slow"));
  await settle();
  assertMatch(client.output, /\/first[^]*\/slow[^]*\/last$/);
  assertEquals(statusesOf(client.output), [200, 200, 200]);
  await stopFakeServer(fake);
});

Deno.test("serve() sends earlier responses before a streamed one gives its first piece", async () => {
  const gate = Promise.withResolvers<void>();
  async function* body(): AsyncGenerator<Uint8Array> {
    await gate.promise;
    yield new TextEncoder().encode("late");
  }
  const fake = startFakeServer((request) =>
    request.target === "/stream"
      ? { ...textResponse(200, ""), body: body() }
      : textResponse(200, request.target)
  );
  const client = await fake.connect();
  await client.send(get("/early") + get("/stream"));
  assertStringIncludes(client.output, "/early");
  assertStringIncludes(client.output, "Transfer-Encoding: chunked\r\n\r\n");
  gate.resolve();
  await settle();
  assertMatch(client.output, /\r\n\r\n4\r\nlate\r\n0\r\n\r\n$/);
  await stopFakeServer(fake);
});

Deno.test("serve() responds to a request that comes byte by byte", async () => {
  const fake = startFakeServer(echoTarget);
  const client = await fake.connect();
  for (const byte of get("/bytes") + get("/more")) await client.send(byte);
  assertEquals(statusesOf(client.output), [200, 200]);
  await stopFakeServer(fake);
});

Deno.test("serve() keeps HTTP/1.0 open only where asked, and heeds close anywhere in a list (RFC 9112 §9.3)", async () => {
  const rows: [request: string, isKept: boolean][] = [
    ["GET / HTTP/1.0\r\n\r\n", false],
    ["GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true],
    ["GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false],
    [get("/", "Connection: x, Close\r\n"), false],
    [get("/", "Connection: x\r\nConnection: close\r\n"), false],
    [get("/", "Connection: enclosed\r\n"), true],
    ["CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", false],
  ];
  for (const [request, isKept] of rows) {
    const fake = startFakeServer(echoTarget);
    const client = await fake.connect();
    await client.send(request);
    assertStringIncludes(client.output, `Connection: ${isKept ? "keep-alive" : "close"}\r\n`, request);
    assertEquals(client.hasEnded, !isKept, request);
    await stopFakeServer(fake);
  }
});

Deno.test("serve() ends the connection when the client ends, and responds to earlier requests (RFC 9112 §9.6)", async () => {
  const fake = startFakeServer(echoTarget);
  const client = await fake.connect();
  await client.send(get("/one"));
  await client.end();
  assertEquals({
    statuses: statusesOf(client.output),
    isClosed: client.isClosed,
    connectionCount: fake.server.connectionCount,
  }, { statuses: [200], isClosed: true, connectionCount: 0 });
  assertEquals(fake.clock.timerCount, 0, "no timer runs without a connection");
  await stopFakeServer(fake);
});

Deno.test("serve() goes on accepting after accepting failed", async () => {
  const fake = startFakeServer(echoTarget);
  const failure = new Error("too many open files");
  await fake.listener.fail(failure);
  assertEquals(fake.errors, [failure]);
  const connected = fake.connect();
  await fake.clock.advance(1_000);
  const client = await connected;
  await client.send(get("/after"));
  assertEquals(statusesOf(client.output), [200]);
  await stopFakeServer(fake);
});

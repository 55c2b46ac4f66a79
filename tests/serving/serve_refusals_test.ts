import { assertEquals, assertMatch } from "@std/assert";
import { HttpError } from "../../src/http/errors.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { echoTarget, get, startFakeServer, statusesOf, stopFakeServer } from "../support/fake_server.ts";

const REFUSED: readonly [request: string, status: number][] = [
  ["GET / HTTP/1.1\r\n\r\n", 400],
  ["GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400],
  ["GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
  ["GET / HTTP/1.1\nHost: a\n\n", 400],
  ["GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", 400],
  ["GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400],
  ["GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400],
  ["GET / HTTP/9.9\r\nHost: a\r\n\r\n", 505],
  ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400],
  ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
  ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400],
  ["hello\r\n", 400],
];

Deno.test("serve() responds to a refused request once, with its length and close, and ends (RFC 9112 §9.6)", async () => {
  for (const [request, status] of REFUSED) {
    const fake = startFakeServer(echoTarget);
    const client = await fake.connect();
    await client.send(request);
    assertEquals(statusesOf(client.output), [status], JSON.stringify(request));
    assertMatch(client.output, /Connection: close\r\n/);
    const [head, content] = client.output.split("\r\n\r\n") as [string, string];
    assertEquals(Number(/Content-Length: (\d+)/.exec(head)?.[1]), content.length);
    assertEquals(client.hasEnded, true);
    await stopFakeServer(fake);
  }
});

Deno.test("serve() interprets nothing after a refused message, in one piece or in two (RFC 9112 §11.2)", async () => {
  for (const [request, status] of REFUSED) {
    for (const isSplit of [false, true]) {
      const targets: string[] = [];
      const fake = startFakeServer((request) => {
        targets.push(request.target);
        return textResponse(200, "served");
      });
      const client = await fake.connect();
      if (isSplit) {
        await client.send(request);
        await client.send(get("/smuggled"));
      } else {
        await client.send(request + get("/smuggled"));
      }
      assertEquals([statusesOf(client.output), targets], [[status], []], JSON.stringify(request));
      await stopFakeServer(fake);
    }
  }
});

Deno.test("serve() responds to a good request in front of a bad one first (RFC 9112 §9.3.2)", async () => {
  for (const [request, status] of REFUSED) {
    const fake = startFakeServer(echoTarget);
    const client = await fake.connect();
    await client.send(get("/good") + request);
    assertEquals(statusesOf(client.output), [200, status], JSON.stringify(request));
    assertMatch(client.output, /\r\n\r\n\/good/);
    await stopFakeServer(fake);
  }
});

Deno.test("serve() calls onNotHttp for a first line that is not HTTP, and then sends nothing", async () => {
  const rows: [bytes: string | Uint8Array, isNotHttp: boolean][] = [
    ["hello\r\n", true],
    [new Uint8Array([0x16, 0x03, 0x01, 0x02]), true],
    ["GET /\r\n", true],
    ["GET / HTTP/1.1 \r\n", true],
    ["GET / HTTP/9.9\r\n", false],
    ["GET /a b HTTP/1.1\r\n", false],
    [get("/") + "hello\r\n", false],
    ["\r\nhello\r\n", true],
    ["hello", false],
  ];
  for (const [bytes, isNotHttp] of rows) {
    const told: Error[] = [];
    const fake = startFakeServer(echoTarget, {
      onNotHttp: (error) => void told.push(error),
      maxFirstEmptyLines: 1,
    });
    const client = await fake.connect();
    await client.send(bytes);
    await client.end();
    assertEquals(told.length, isNotHttp ? 1 : 0, String(bytes));
    if (isNotHttp) assertEquals(client.output, "");
    for (const error of told) assertEquals(error instanceof HttpError && error.code, "not-http");
    await stopFakeServer(fake);
  }
});

Deno.test("serve() responds 400 to a message that the client ended too early (RFC 9112 §8)", async () => {
  for (const part of ["GET / HTTP/1.1\r\nHost:", "GET / HTTP/1.1\r\nHost: a\r\n", "GET /"]) {
    const fake = startFakeServer(echoTarget);
    const client = await fake.connect();
    await client.send(part);
    await client.end();
    assertEquals({ statuses: statusesOf(client.output), isClosed: client.isClosed }, {
      statuses: [400],
      isClosed: true,
    }, part);
    await stopFakeServer(fake);
  }
});

Deno.test("serve() responds 400 at the first byte that can begin no request, also after a good one, and goes on for others", async () => {
  const strangers: Error[] = [];
  const fake = startFakeServer(echoTarget, { onNotHttp: (error) => strangers.push(error) });
  const client = await fake.connect();
  await client.send(get("/good"));
  await client.send("\x16");
  assertEquals({ statuses: statusesOf(client.output), hasEnded: client.hasEnded, strangers }, {
    statuses: [200, 400],
    hasEnded: true,
    strangers: [],
  });
  const other = await fake.connect();
  await other.send(get("/other"));
  assertEquals(statusesOf(other.output), [200]);
  await stopFakeServer(fake);
});

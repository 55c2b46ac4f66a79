import { assertEquals, assertMatch } from "@std/assert";
import { FakeConnection } from "./support/fake_connection.ts";
import { echoTarget, get, startFakeServer, statusesOf, stopFakeServer } from "./support/fake_server.ts";

Deno.test("serve() answers 503 to a connection beyond maxConnections, and takes the next when there is room", async () => {
  const fake = startFakeServer(echoTarget, { maxConnections: 2 });
  const first = await fake.connect();
  const second = await fake.connect();
  const third = await fake.connect();
  assertMatch(third.output, /^HTTP\/1\.1 503 [^]*Content-Length: 0\r\nConnection: close\r\n\r\n$/);
  assertEquals([third.isClosed, fake.server.connectionCount], [true, 2]);
  await first.end();
  const fourth = await fake.connect();
  await fourth.send(get("/"));
  await second.send(get("/"));
  assertEquals([statusesOf(fourth.output), statusesOf(second.output)], [[200], [200]]);
  await stopFakeServer(fake);
});

Deno.test("serve() reports an overload once, not for each connection", async () => {
  const fake = startFakeServer(echoTarget, { maxConnections: 1 });
  const only = await fake.connect();
  for (let i = 0; i < 5; i++) await fake.connect();
  assertEquals(fake.errors.length, 1);
  await only.end();
  await fake.connect();
  await fake.connect();
  assertEquals(fake.errors.length, 2);
  await stopFakeServer(fake);
});

Deno.test("serve() closes a TLS connection beyond the limit without a word: no handshake is waited for", async () => {
  const fake = startFakeServer(echoTarget, { maxConnections: 1 });
  await fake.connect();
  const beyond = await fake.listener.connect(new FakeConnection("192.0.2.9", { isEncrypted: true }));
  assertEquals([beyond.isClosed, beyond.output], [true, ""]);
  await stopFakeServer(fake);
});

Deno.test("serve() counts connections by address with maxConnectionsPerAddress", async () => {
  const fake = startFakeServer(echoTarget, { maxConnectionsPerAddress: 1 });
  const first = await fake.connect("192.0.2.1");
  const same = await fake.connect("192.0.2.1");
  const other = await fake.connect("192.0.2.2");
  assertEquals([same.isClosed, other.isClosed], [true, false]);
  assertEquals(statusesOf(same.output), [503]);
  await first.end();
  const again = await fake.connect("192.0.2.1");
  await again.send(get("/"));
  assertEquals(statusesOf(again.output), [200]);
  await stopFakeServer(fake);
});

Deno.test("serve() says close with the last request of maxRequestsPerConnection (RFC 9112 §9.6)", async () => {
  const fake = startFakeServer(echoTarget, { maxRequestsPerConnection: 2 });
  const client = await fake.connect();
  await client.send(get("/one") + get("/two") + get("/three"));
  assertEquals(statusesOf(client.output), [200, 200]);
  assertMatch(client.output, /keep-alive[^]*\/one[^]*Connection: close[^]*\/two$/);
  assertEquals(client.hasEnded, true);
  await stopFakeServer(fake);
});

Deno.test("serve() answers what is beyond a limit of the message with the status of the limit (RFC 6585 §5)", async () => {
  const rows: [request: string, status: number][] = [
    [get(`/${"a".repeat(9_000)}`), 414],
    ["G".repeat(9_000), 501],
    [get("/", `X: ${"a".repeat(17_000)}\r\n`), 431],
    [get("/", "X: a\r\n".repeat(100)), 431],
    ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 413],
    [
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n${"x".repeat(0x100001)}\r\n`,
      413,
    ],
  ];
  for (const [request, status] of rows) {
    const fake = startFakeServer(async (request) => {
      while (await request.body.read() !== null);
      return echoTarget(request, {} as never);
    });
    const client = await fake.connect();
    await client.send(request);
    assertEquals(statusesOf(client.output), [status], request.slice(0, 60));
    assertMatch(client.output, /Connection: close\r\n[^]*Content-Length: \d+\r\n/);
    assertEquals(client.hasEnded, true);
    await stopFakeServer(fake);
  }
});

import { assertEquals, assertMatch } from "@std/assert";
import { echoTarget, get, startFakeServer, statusesOf, stopFakeServer } from "../support/fake_server.ts";

Deno.test("serve() says close with the last request of maxRequestsPerConnection (RFC 9112 §9.6)", async () => {
  const fake = startFakeServer(echoTarget, { maxRequestsPerConnection: 2 });
  const client = await fake.connect();
  await client.send(get("/one") + get("/two") + get("/three"));
  assertEquals(statusesOf(client.output), [200, 200]);
  assertMatch(client.output, /keep-alive[^]*\/one[^]*Connection: close[^]*\/two$/);
  assertEquals(client.hasEnded, true);
  await stopFakeServer(fake);
});

Deno.test("serve() responds to a message beyond a limit with the status of that limit (RFC 6585 §5)", async () => {
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

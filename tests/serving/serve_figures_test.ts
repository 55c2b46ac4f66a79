import { assertEquals } from "@std/assert";
import { settle } from "../support/deadline.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { echoTarget, get, startFakeServer, statusesOf, stopFakeServer } from "../support/fake_server.ts";

Deno.test("Server.figures counts connections, refusals by reason, requests, bytes and time-outs by kind", async () => {
  const fake = startFakeServer(echoTarget, { maxConnections: 2, headTimeoutMs: 1_000 });
  const first = await fake.connect();
  await fake.connect();
  await fake.connect();
  await first.send(get("/a") + get("/b"));
  await first.send("GET /");
  await fake.clock.advance(2_000);
  const { figures } = fake.server;
  assertEquals(figures.acceptedConnections, 3);
  assertEquals(figures.refusedConnections, { "connections": 1, "connections-per-address": 0 });
  assertEquals(figures.requests, 3);
  assertEquals([figures.timeouts.head, figures.timeouts.idle], [1, 0]);
  assertEquals(figures.receivedBytes, 2 * get("/a").length + 5);
  assertEquals(figures.sentBytes > first.output.length, true);
  assertEquals([figures.heldBytes, figures.maxBufferedBytes], [0, 268_435_456]);
  await stopFakeServer(fake);
  assertEquals(fake.server.figures.openConnections, 0);
});

Deno.test("serve() keeps its deadlines when the clock is set back or forward", async () => {
  for (const byMs of [-3_600_000, 3_600_000]) {
    const fake = startFakeServer(echoTarget, { headTimeoutMs: 10_000 });
    const client = await fake.connect();
    await client.send("GET / HTTP/1.1\r\nHo");
    fake.clock.setTimeOfDay(byMs);
    await fake.clock.advance(9_000);
    assertEquals(client.output, "");
    await fake.clock.advance(2_000);
    assertEquals(statusesOf(client.output), [408], `set by ${byMs} ms`);
    await stopFakeServer(fake);
  }
});

Deno.test("RequestContext.onDelivered is called once the response has been taken, or with the reason why it was not", async () => {
  const told: unknown[] = [];
  const fake = startFakeServer((request, context) => {
    context.onDelivered = (error) => void told.push(error);
    return textResponse(200, request.target);
  });
  const client = await fake.connect();
  client.stall();
  await client.send(get("/a"));
  assertEquals(told, []);
  await client.take();
  assertEquals(told, [undefined]);
  const other = await fake.connect();
  other.stall();
  await other.send(get("/b"));
  await other.reset();
  await settle();
  assertEquals(told.map((error) => error === undefined ? "delivered" : "failed"), ["delivered", "failed"]);
  await stopFakeServer(fake);
});

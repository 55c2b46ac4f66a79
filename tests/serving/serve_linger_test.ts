import { assertEquals, assertMatch } from "@std/assert";
import { readWhole } from "../../src/http/request/request_body.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { settle } from "../support/deadline.ts";
import { echoTarget, get, startFakeServer, statusesOf, stopFakeServer } from "../support/fake_server.ts";

// A deadline may be noticed one sweep late, and the server's idea of the time may be one sweep old.
const SWEEPS_MS = 500;

Deno.test("serve() lingers after a last response until the client is silent for lingerTimeoutMs (RFC 9112 §9.6)", async () => {
  const fake = startFakeServer(echoTarget, { lingerTimeoutMs: 2_000 });
  const client = await fake.connect();
  await client.send(get("/", "Connection: close\r\n"));
  assertEquals({ hasEnded: client.hasEnded, isClosed: client.isClosed }, { hasEnded: true, isClosed: false });
  for (let second = 0; second < 5; second++) {
    await fake.clock.advance(1_000);
    await client.send("late bytes are dropped".repeat(20));
  }
  assertEquals({ isClosed: client.isClosed, statuses: statusesOf(client.output) }, {
    isClosed: false,
    statuses: [200],
  });
  await fake.clock.advance(2_000 + SWEEPS_MS);
  assertEquals({ isClosed: client.isClosed, statuses: statusesOf(client.output) }, {
    isClosed: true,
    statuses: [200],
  });
  await stopFakeServer(fake);
});

Deno.test("serve() lingers no longer than maxLingerMs, however steadily the client sends", async () => {
  const fake = startFakeServer(echoTarget, { maxLingerMs: 30_000 });
  const client = await fake.connect();
  await client.send("bad\r\n");
  for (let second = 0; second < 29; second++) {
    await fake.clock.advance(1_000);
    await client.send("x".repeat(250));
  }
  assertEquals({ statuses: statusesOf(client.output), isClosed: client.isClosed }, {
    statuses: [400],
    isClosed: false,
  });
  await client.send("x".repeat(250));
  await fake.clock.advance(1_000 + SWEEPS_MS);
  assertEquals(client.isClosed, true);
  await stopFakeServer(fake);
});

Deno.test("serve() lingers no longer than lingerTimeoutMs for a client that sends below the minimum rate", async () => {
  const fake = startFakeServer(echoTarget, { lingerTimeoutMs: 2_000, minBodyBytesPerSecond: 240 });
  const client = await fake.connect();
  await client.send("bad\r\n");
  for (let second = 0; second < 2; second++) {
    await client.send("x".repeat(100));
    await fake.clock.advance(1_000);
  }
  assertEquals(client.isClosed, false);
  await fake.clock.advance(SWEEPS_MS);
  await client.send("x");
  assertEquals(client.isClosed, true);
  await stopFakeServer(fake);
});

Deno.test("serve() lingers for no more than maxLingerBytes", async () => {
  const fake = startFakeServer(echoTarget, { maxLingerBytes: 100_000 });
  const client = await fake.connect();
  await client.send(get("/", "Connection: close\r\n"));
  await client.send(new Uint8Array(100_000));
  assertEquals(client.isClosed, false);
  await client.send(new Uint8Array(1));
  assertEquals(client.isClosed, true);
  await stopFakeServer(fake);
});

Deno.test("serve() ends the linger when the client ends", async () => {
  const fake = startFakeServer(echoTarget);
  const client = await fake.connect();
  await client.send(get("/", "Connection: close\r\n"));
  await client.end();
  assertEquals({ isClosed: client.isClosed, timerCount: fake.clock.timerCount }, {
    isClosed: true,
    timerCount: 0,
  });
  await stopFakeServer(fake);
});

Deno.test("serve() ends the linger in time, also when the handler abandoned a read", async () => {
  const fake = startFakeServer((request) => {
    request.body.read().catch(() => {});
    return textResponse(200, "too early");
  }, { maxDrainBytes: 10, lingerTimeoutMs: 2_000, bodyTimeoutMs: 30_000 });
  const client = await fake.connect();
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n");
  assertMatch(client.output, /too early$/);
  await fake.clock.advance(2_000 + SWEEPS_MS);
  assertEquals(client.isClosed, true);
  await stopFakeServer(fake);
});

Deno.test("serve() waits for the rest of unread content no longer than for a client after its last response", async () => {
  const fake = startFakeServer(() => textResponse(200, "unread"), {
    lingerTimeoutMs: 2_000,
    bodyTimeoutMs: 30_000,
  });
  const [silent, slow] = [await fake.connect(), await fake.connect()];
  for (const client of [silent, slow]) {
    await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
  }
  await fake.clock.advance(1_500);
  await slow.send("1\r\nx\r\n");
  await fake.clock.advance(500 + SWEEPS_MS);
  assertEquals([silent.hasEnded, slow.hasEnded], [true, false]);
  await slow.send("0\r\n\r\n" + get("/"));
  assertEquals([statusesOf(silent.output), statusesOf(slow.output)], [[200], [200, 200]]);
  await fake.clock.advance(2_000 + SWEEPS_MS);
  assertEquals([silent.isClosed, slow.isClosed], [true, false]);
  await stopFakeServer(fake);
});

Deno.test("serve() gives content all its time again after a request whose content was dropped", async () => {
  const fake = startFakeServer(
    async ({ target, body }) => {
      const content = target === "/read" ? await readWhole(body) : [];
      return textResponse(200, `${content.length} bytes`);
    },
    { lingerTimeoutMs: 2_000, bodyTimeoutMs: 30_000 },
  );
  const client = await fake.connect();
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n1");
  await client.send("2POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
  await fake.clock.advance(29_000);
  await client.send("ok");
  assertMatch(client.output, /2 bytes$/);
  await stopFakeServer(fake);
});

const LAST_RESPONSES: readonly (readonly [name: string, sent: string, status: number])[] = [
  ["Connection: close", get("/", "Connection: close\r\n"), 200],
  ["a refused request", "GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", 400],
  ["an upload that is too large", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\nabc", 413],
];

for (const [name, sent, status] of LAST_RESPONSES) {
  Deno.test(`shutdown() waits for no client that keeps its side open after a last response: ${name}`, async () => {
    const fake = startFakeServer(echoTarget, { graceMs: 5_000 });
    const client = await fake.connect();
    await client.send(sent);
    await fake.clock.advance(500);
    let isFinished = false;
    fake.server.shutdown().then(() => isFinished = true);
    await client.send("more of it");
    assertEquals({ statuses: statusesOf(client.output), isClosed: client.isClosed }, {
      statuses: [status],
      isClosed: false,
    });
    await fake.clock.advance(250 + SWEEPS_MS);
    await settle();
    assertEquals({ isClosed: client.isClosed, isFinished, timerCount: fake.clock.timerCount }, {
      isClosed: true,
      isFinished: true,
      timerCount: 0,
    });
  });
}

Deno.test("shutdown() waits for no client that keeps its side open after a response given after the stop", async () => {
  const gate = Promise.withResolvers<void>();
  const fake = startFakeServer(async () => {
    await gate.promise;
    return textResponse(200, "finished");
  });
  const client = await fake.connect();
  await client.send(get("/"));
  const stopped = fake.server.shutdown();
  gate.resolve();
  await settle();
  assertMatch(client.output, /Connection: close\r\n[^]*finished$/);
  await fake.clock.advance(250 + SWEEPS_MS);
  assertEquals(client.isClosed, true);
  await stopped;
});

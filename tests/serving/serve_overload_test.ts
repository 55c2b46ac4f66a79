import { assertEquals, assertMatch } from "@std/assert";
import { HttpError } from "../../src/http/errors.ts";
import { ConnectionError } from "../../src/net/connection.ts";
import { FakeConnection } from "../support/fake_connection.ts";
import { echoTarget, get, startFakeServer, statusesOf, stopFakeServer } from "../support/fake_server.ts";

// A deadline may be noticed one sweep late, and the server's idea of the time may be one sweep old.
const SWEEPS_MS = 500;

Deno.test("serve() responds 503 to a connection beyond maxConnections, and takes the next when there is room", async () => {
  const fake = startFakeServer(echoTarget, { maxConnections: 2 });
  const first = await fake.connect();
  const second = await fake.connect();
  const third = await fake.connect();
  assertMatch(
    third.output,
    /^HTTP\/1\.1 503 [^]*\r\nConnection: close\r\n[^]*\r\n\r\n<!DOCTYPE html>[^]*<\/html>\n$/,
  );
  assertEquals({ hasEnded: third.hasEnded, connectionCount: fake.server.connectionCount }, {
    hasEnded: true,
    connectionCount: 2,
  });
  await first.end();
  const fourth = await fake.connect();
  await fourth.send(get("/"));
  await second.send(get("/"));
  assertEquals([statusesOf(fourth.output), statusesOf(second.output)], [[200], [200]]);
  await stopFakeServer(fake);
});

Deno.test("serve() lets a refused client that is sending read its response, for a bounded time (RFC 9112 §9.6)", async () => {
  const fake = startFakeServer(echoTarget, { maxConnections: 1, lingerTimeoutMs: 2_000 });
  await fake.connect();
  const sending = await fake.connect();
  const leaving = await fake.connect();
  await sending.send(get("/never looked at"));
  await leaving.end();
  assertEquals({ isSendingClosed: sending.isClosed, isLeavingClosed: leaving.isClosed }, {
    isSendingClosed: false,
    isLeavingClosed: true,
  });
  await fake.clock.advance(2_000 + SWEEPS_MS);
  assertEquals({ isClosed: sending.isClosed, statuses: statusesOf(sending.output) }, {
    isClosed: true,
    statuses: [503],
  });
  await stopFakeServer(fake);
});

Deno.test("serve() waits for no more than 256 refused clients at once, and for none when it stops", async () => {
  const fake = startFakeServer(echoTarget, { maxConnections: 1 });
  const first = await fake.connect();
  const refused: FakeConnection[] = [];
  for (let i = 0; i < 258; i++) refused.push(await fake.connect());
  assertEquals(refused.every(({ output }) => statusesOf(output)[0] === 503), true);
  assertEquals(refused.filter(({ isClosed }) => isClosed).length, 2);
  await fake.server.shutdown();
  assertEquals([first, ...refused].every(({ isClosed }) => isClosed), true);
  assertEquals(fake.clock.timerCount, 0);
});

Deno.test("serve() reports an overload at once, and then once a minute with its number, not for each connection", async () => {
  const fake = startFakeServer(echoTarget, { maxConnections: 1, idleTimeoutMs: 600_000 });
  for (let i = 0; i < 5; i++) {
    const only = await fake.connect();
    await fake.connect();
    await fake.connect();
    await only.end();
  }
  assertEquals(fake.errors.length, 1);
  await fake.clock.advance(60_000);
  await fake.connect();
  await fake.connect();
  const messages = fake.errors.map((error) => error instanceof HttpError && error.message);
  assertEquals(messages, [
    "Cannot take a connection: limit reached, refused 1 since the last report",
    "Cannot take a connection: limit reached, refused 10 since the last report",
  ]);
  await stopFakeServer(fake);
});

Deno.test("serve() says when it stops how many connections it has refused since the last report", async () => {
  const fake = startFakeServer(echoTarget, { maxConnections: 1 });
  for (let i = 0; i < 4; i++) await fake.connect();
  await stopFakeServer(fake);
  assertEquals(fake.errors.map((error) => error instanceof HttpError && [error.status, error.message]), [
    [503, "Cannot take a connection: limit reached, refused 1 since the last report"],
    [503, "Cannot take a connection: limit reached, refused 2 since the last report"],
  ]);
});

Deno.test("serve() closes a TLS connection beyond the limit without a response, since it waits for no handshake", async () => {
  const fake = startFakeServer(echoTarget, { maxConnections: 1 });
  await fake.connect();
  const beyond = await fake.listener.connect(new FakeConnection("192.0.2.9", { isEncrypted: true }));
  assertEquals({ isClosed: beyond.isClosed, output: beyond.output }, { isClosed: true, output: "" });
  await stopFakeServer(fake);
});

Deno.test("serve() counts connections by address with maxConnectionsPerAddress", async () => {
  const fake = startFakeServer(echoTarget, { maxConnectionsPerAddress: 1 });
  const first = await fake.connect("192.0.2.1");
  const same = await fake.connect("192.0.2.1");
  const other = await fake.connect("192.0.2.2");
  assertEquals({ hasSameEnded: same.hasEnded, hasOtherEnded: other.hasEnded }, {
    hasSameEnded: true,
    hasOtherEnded: false,
  });
  assertEquals(statusesOf(same.output), [503]);
  await first.end();
  const again = await fake.connect("192.0.2.1");
  await again.send(get("/"));
  assertEquals(statusesOf(again.output), [200]);
  await stopFakeServer(fake);
});

Deno.test("serve() goes on while accepting fails, and says so once a minute", async () => {
  const fake = startFakeServer(echoTarget, { idleTimeoutMs: 600_000 });
  const client = await fake.connect();
  for (let i = 0; i < 50; i++) {
    await fake.listener.fail(
      new ConnectionError("failed", "Cannot accept a connection: too many open files"),
    );
    await fake.clock.advance(100);
  }
  assertEquals(fake.errors.length, 1);
  await client.send(get("/"));
  const late = await fake.connect();
  await late.send(get("/"));
  assertEquals([statusesOf(client.output), statusesOf(late.output)], [[200], [200]]);
  await fake.clock.advance(60_000);
  await fake.listener.fail(new ConnectionError("failed", "Cannot accept a connection: too many open files"));
  assertEquals(fake.errors.length, 2);
  await stopFakeServer(fake);
});

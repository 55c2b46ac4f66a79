import { assertEquals, assertMatch } from "@std/assert";
import type { Handler } from "../../src/backend/handler.ts";
import type { FetchHandler } from "../../src/backend/fetch/fetch_handler.ts";
import { readWhole } from "../../src/http/request/request_body.ts";
import { createResponse, textResponse } from "../../src/http/response/response.ts";
import { serve } from "../../src/serving/serve.ts";
import { listen } from "../../src/net/listen.ts";
import { settle, within } from "../support/deadline.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { FakeConnection, FakeListener } from "../support/fake_connection.ts";
import { type FakeServer, get, startFakeServer, statusesOf, stopFakeServer } from "../support/fake_server.ts";

const SIZE = 40_000;

async function* streamOf(bytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes; at += 20_000) yield new Uint8Array(20_000);
}

const BACKENDS: Readonly<Record<string, Handler | FetchHandler>> = {
  "text": () => textResponse(200, "x".repeat(SIZE)),
  "bytes": () => createResponse(200, new Uint8Array(SIZE)),
  "a stream": () => createResponse(200, streamOf(SIZE)),
  "a text of fetch": { fetch: () => new Response("x".repeat(SIZE)) },
  "a stream of fetch": { fetch: () => new Response(ReadableStream.from(streamOf(SIZE))) },
};

/** A client that asks, and reads nothing. */
async function ask(fake: FakeServer, request: string = get("/")): Promise<FakeConnection> {
  const client = await fake.connect();
  client.stall();
  await client.send(request);
  return client;
}

for (const [name, backend] of Object.entries(BACKENDS)) {
  Deno.test(`serve() counts ${name} for as long as clients do not take it`, async () => {
    const [clock, listener] = [new FakeClock(), new FakeListener()];
    const server = serve(listener, backend, { clock });
    const clients: FakeConnection[] = [];
    for (let i = 0; i < 10; i++) {
      const client = await listener.connect();
      client.stall();
      await client.send(get("/"));
      clients.push(client);
    }
    const waiting = clients.reduce((sum, { bufferedBytes }) => sum + bufferedBytes, 0);
    const { heldBytes } = server.figures;
    assertEquals(heldBytes >= waiting && heldBytes < 2 * waiting, true, `${heldBytes} held of ${waiting}`);
    for (const client of clients) {
      while (client.bufferedBytes > 0) await client.take();
    }
    assertEquals([server.figures.heldBytes, clients.every(({ isClosed }) => !isClosed)], [0, true]);
    await stopFakeServer({ server, clock, listener, errors: [], connect: () => listener.connect() });
  });
}

Deno.test("serve() counts bytes once for all clients that wait for them, and none for a client that has gone", async () => {
  const page = new Uint8Array(SIZE);
  const fake = startFakeServer(() => createResponse(200, page));
  const clients = [await ask(fake), await ask(fake), await ask(fake)];
  const heads = 3 * 200;
  assertEquals(fake.server.figures.heldBytes > SIZE, true);
  assertEquals(fake.server.figures.heldBytes < SIZE + heads, true);
  await clients[0]!.reset();
  await clients[1]!.take();
  assertEquals(fake.server.figures.heldBytes > SIZE, true);
  await clients[2]!.reset();
  assertEquals(fake.server.figures.heldBytes, 0);
  await stopFakeServer(fake);
});

Deno.test("serve() makes no response while unread ones fill the budget, and cuts those that waited longest", async () => {
  let handled = 0;
  const fake = startFakeServer(() => {
    handled++;
    return textResponse(200, "x".repeat(20_000));
  }, { maxBufferedBytes: 200_000 });
  const clients: FakeConnection[] = [];
  for (let i = 0; i < 12; i++) {
    clients.push(await ask(fake));
    await fake.clock.advance(1);
  }
  assertEquals([handled, fake.server.figures.heldBytes < 220_000], [10, true]);
  await fake.clock.advance(900);
  assertEquals(clients.filter(({ isClosed }) => isClosed).length, 0);
  await fake.clock.advance(600);
  await settle();
  // One that is cut makes room for one that waits, which fills the budget again.
  assertEquals(clients.map(({ isClosed }) => isClosed), clients.map((_client, index) => index < 3));
  assertEquals([handled, fake.server.figures.timeouts.write], [12, 3]);
  await stopFakeServer(fake);
  assertEquals(fake.server.figures.heldBytes, 0);
});

Deno.test("serve() lets a client that goes on taking keep its response while unread ones fill the budget", async () => {
  const fake = startFakeServer(() => textResponse(200, "x".repeat(400_000)), { maxBufferedBytes: 400_000 });
  const clients: FakeConnection[] = [];
  for (let i = 0; i < 9; i++) clients.push(await ask(fake));
  const [taking, ...others] = clients;
  for (let second = 0; second < 8; second++) {
    await taking!.take(20_000);
    await fake.clock.advance(1_000);
  }
  assertEquals(taking!.isClosed, false);
  assertEquals(others.some(({ isClosed }) => isClosed), true);
  await taking!.take();
  assertMatch(taking!.output, /^HTTP\/1\.1 200 /);
  await stopFakeServer(fake);
});

Deno.test("serve() reads content again as soon as unread responses have made room", async () => {
  const fake = startFakeServer(async (request) => {
    const { length } = await readWhole(request.body);
    return textResponse(200, length > 0 ? `${length} bytes` : "x".repeat(20_000));
  }, { maxBufferedBytes: 100_000, bodyTimeoutMs: 1_000 });
  const sending = await fake.connect();
  await sending.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
  for (let i = 0; i < 6; i++) await ask(fake);
  await sending.send("hel");
  await sending.send("lo");
  await fake.clock.advance(1_500);
  await settle();
  assertEquals(statusesOf(sending.output), [200]);
  assertMatch(sending.output, /5 bytes$/);
  await stopFakeServer(fake);
});

Deno.test("serve() frees unread bytes when it cuts a connection of the runtime", async () => {
  const listener = await listen({ port: 0 });
  const server = serve(listener, () => textResponse(200, "x".repeat(30_000_000)), { graceMs: 1 });
  const client = await Deno.connect({ port: listener.address.port! });
  await client.write(new TextEncoder().encode(get("/")));
  await within(until(() => server.figures.heldBytes > 0), "bytes that are held");
  await server.shutdown();
  await within(until(() => server.figures.heldBytes === 0), "bytes that are freed");
  client.close();
});

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await settle();
}

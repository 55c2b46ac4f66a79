import { assertEquals, assertMatch } from "@std/assert";
import { MemoryBudget } from "../../src/bytes/memory_budget.ts";
import type { Handler } from "../../src/backend/handler.ts";
import { readWhole } from "../../src/http/request/request_body.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { settle } from "../support/deadline.ts";
import type { FakeConnection } from "../support/fake_connection.ts";
import { type FakeServer, get, startFakeServer, statusesOf, stopFakeServer } from "../support/fake_server.ts";

const readAll: Handler = async (request) => {
  const { length } = await readWhole(request.body);
  return textResponse(200, `${length} bytes`);
};

const post = (length: number, fields = ""): string =>
  `POST / HTTP/1.1\r\nHost: a\r\n${fields}Content-Length: ${length}\r\n\r\n`;

/** A number of clients that have each sent a part of their content. */
async function connectHolders(fake: FakeServer, count: number, bytes: number): Promise<FakeConnection[]> {
  const clients: FakeConnection[] = [];
  for (let i = 0; i < count; i++) {
    const client = await fake.connect();
    await client.send(post(100_000));
    await client.send("x".repeat(bytes));
    clients.push(client);
  }
  return clients;
}

Deno.test("serve() holds no more than maxBufferedBytes: the longest holders get 503, the others finish (RFC 9110 §15.6.4)", async () => {
  const fake = startFakeServer(readAll, { maxBufferedBytes: 100_000 });
  const clients = await connectHolders(fake, 12, 20_000);
  const statuses = clients.map(({ output }) => statusesOf(output)[0]);
  assertEquals(statuses.slice(0, 2), [503, 503]);
  assertMatch(
    clients[0]!.output,
    /Retry-After: 1\r\n[^]*Connection: close|Connection: close\r\n[^]*Retry-After: 1/,
  );
  const last = clients.at(-1)!;
  assertEquals(statuses.at(-1), undefined);
  await last.send("x".repeat(80_000));
  assertMatch(last.output, /100000 bytes$/);
  assertEquals(fake.server.figures.heldBytes <= 200_000, true, `${fake.server.figures.heldBytes} bytes held`);
  await stopFakeServer(fake);
  assertEquals(fake.server.figures.heldBytes, 0);
});

Deno.test("serve() reads no content while a log fills the budget, serves others, and charges no client for the wait", async () => {
  const memory = new MemoryBudget(1_000);
  const fake = startFakeServer(readAll, { memory, bodyTimeoutMs: 1_000 });
  memory.hold(1_000);
  const client = await fake.connect();
  await client.send(post(5));
  await client.send("hello");
  await fake.clock.advance(600_000);
  assertEquals({ output: client.output, isReading: client.isReading, isClosed: client.isClosed }, {
    output: "",
    isReading: false,
    isClosed: false,
  });
  const other = await fake.connect();
  await other.send(get("/"));
  assertMatch(other.output, /0 bytes$/);
  memory.free(1);
  await settle();
  assertMatch(client.output, /5 bytes$/);
  await stopFakeServer(fake);
});

Deno.test("serve() counts unfinished heads, and frees them with the response", async () => {
  const fake = startFakeServer(readAll, { maxBufferedBytes: 10_000 });
  const client = await fake.connect();
  await client.send(`GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(3_000)}`);
  assertEquals(fake.server.figures.heldBytes > 3_000, true);
  await client.send("\r\n\r\n");
  assertEquals([statusesOf(client.output), fake.server.figures.heldBytes], [[200], 0]);
  const dripping = await fake.connect();
  await dripping.send("GET / HT");
  assertEquals(fake.server.figures.heldBytes, 8);
  await dripping.reset();
  assertEquals(fake.server.figures.heldBytes, 0);
  await stopFakeServer(fake);
});

Deno.test("serve() does not count content that a handler passes on without keeping it", async () => {
  const fake = startFakeServer(async (request) => {
    while (await request.body.read() !== null);
    return textResponse(200, "");
  }, { maxBufferedBytes: 1_000 });
  const client = await fake.connect();
  await client.send(post(100_000));
  await client.send("x".repeat(100_000));
  assertEquals([statusesOf(client.output), fake.server.figures.heldBytes], [[200], 0]);
  await stopFakeServer(fake);
});

Deno.test("serve() frees the bytes of a client that vanished, was too slow, or sent too much", async () => {
  const rows: readonly ((fake: FakeServer, client: FakeConnection) => Promise<void>)[] = [
    (_fake, client) => client.reset(),
    (_fake, client) => client.end(),
    (fake) => fake.clock.advance(60_000),
  ];
  for (const act of rows) {
    const fake = startFakeServer(readAll);
    const client = await fake.connect();
    await client.send(post(100_000));
    await client.send("x".repeat(2_000));
    assertEquals(fake.server.figures.heldBytes > 0, true);
    await act(fake, client);
    assertEquals(fake.server.figures.heldBytes, 0);
    await stopFakeServer(fake);
  }
});

Deno.test("serve() counts bytes that the runtime has read ahead for a client without room, and stops that reading", async () => {
  const memory = new MemoryBudget(10_000);
  const fake = startFakeServer(readAll, { memory });
  memory.hold(10_000);
  const client = await fake.connect();
  let isHeldBack = false;
  client.holdBack = (): number => {
    isHeldBack = true;
    return 3_000;
  };
  await client.send(post(5));
  assertEquals({ isHeldBack, heldBytes: memory.heldBytes }, { isHeldBack: true, heldBytes: 13_000 });
  memory.free(10_000);
  await settle();
  assertEquals(memory.heldBytes, 0);
  await client.send("hello");
  assertMatch(client.output, /5 bytes$/);
  await stopFakeServer(fake);
  assertEquals(memory.heldBytes, 0);
});

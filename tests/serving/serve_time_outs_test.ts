import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Handler } from "../../src/backend/handler.ts";
import { HttpError } from "../../src/http/errors.ts";
import { readWhole } from "../../src/http/request/request_body.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { settle } from "../support/deadline.ts";
import type { FakeConnection } from "../support/fake_connection.ts";
import {
  echoTarget,
  type FakeServer,
  get,
  startFakeServer,
  statusesOf,
  stopFakeServer,
} from "../support/fake_server.ts";

const readAll: Handler = async (request) =>
  textResponse(200, `${(await readWhole(request.body)).length} bytes`);

// A deadline may be noticed one sweep late, and the server's idea of the time may be one sweep old.
const SWEEPS_MS = 500;

Deno.test("serve() closes a connection that sends nothing, without a response", async () => {
  const fake = startFakeServer(echoTarget, { idleTimeoutMs: 15_000 });
  const client = await fake.connect();
  await fake.clock.advance(14_000);
  assertEquals(client.isClosed, false);
  await fake.clock.advance(1_000 + SWEEPS_MS);
  assertEquals({
    isClosed: client.isClosed,
    output: client.output,
    connectionCount: fake.server.connectionCount,
  }, { isClosed: true, output: "", connectionCount: 0 });
  await stopFakeServer(fake);
});

Deno.test("serve() closes an idle connection after its last response", async () => {
  const fake = startFakeServer(echoTarget, { idleTimeoutMs: 15_000 });
  const client = await fake.connect();
  await fake.clock.advance(10_000);
  await client.send(get("/one"));
  await fake.clock.advance(14_000);
  assertEquals({ isClosed: client.isClosed, statuses: statusesOf(client.output) }, {
    isClosed: false,
    statuses: [200],
  });
  await fake.clock.advance(1_000 + SWEEPS_MS);
  assertEquals({ isClosed: client.isClosed, statuses: statusesOf(client.output) }, {
    isClosed: true,
    statuses: [200],
  });
  await stopFakeServer(fake);
});

Deno.test("serve() responds 408 to a head that is not complete in time, however steadily it drips (RFC 9110 §15.5.9)", async () => {
  const fake = startFakeServer(echoTarget, { headTimeoutMs: 10_000 });
  const client = await fake.connect();
  await client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
  for (let second = 0; second < 9; second++) {
    await fake.clock.advance(1_000);
    await client.send("x");
  }
  assertEquals(client.output, "");
  await fake.clock.advance(1_000 + SWEEPS_MS);
  assertEquals(statusesOf(client.output), [408]);
  assertMatch(client.output, /Connection: close\r\n[^]*Content-Length: \d+\r\n/);
  assertEquals(client.hasEnded, true);
  await stopFakeServer(fake);
  assertEquals(client.isClosed, true);
});

Deno.test("serve() gives a head that comes right after another request its own time", async () => {
  const fake = startFakeServer(echoTarget, { headTimeoutMs: 10_000 });
  const client = await fake.connect();
  await client.send(get("/one") + "GET /two HTTP/1.1\r\nHo");
  await fake.clock.advance(9_000);
  assertEquals(statusesOf(client.output), [200]);
  await client.send("st: a\r\n\r\nGET /three HTTP/1.1\r\n");
  assertEquals(statusesOf(client.output), [200, 200]);
  await fake.clock.advance(9_000);
  await client.send("Host: a\r\n\r\n");
  assertEquals(statusesOf(client.output), [200, 200, 200]);
  await client.send("G");
  await fake.clock.advance(10_000 + SWEEPS_MS);
  assertEquals(statusesOf(client.output), [200, 200, 200, 408]);
  await stopFakeServer(fake);
});

Deno.test("serve() does not start the time of a head with an empty line that comes in pieces (RFC 9112 §2.2)", async () => {
  const fake = startFakeServer(echoTarget, { headTimeoutMs: 10_000, idleTimeoutMs: 15_000 });
  const client = await fake.connect();
  await client.send("\r");
  await fake.clock.advance(1_000);
  await client.send("\n");
  await fake.clock.advance(14_000);
  await client.send("GET / HTTP/1.1\r\n");
  await fake.clock.advance(9_000);
  await client.send("Host: a\r\n\r\n");
  assertEquals(statusesOf(client.output), [200]);
  await stopFakeServer(fake);
});

Deno.test("serve() responds 408 when content stops coming (RFC 9110 §15.5.9)", async () => {
  const fake = startFakeServer(readAll, { bodyTimeoutMs: 30_000, minBodyBytesPerSecond: 0 });
  const client = await fake.connect();
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n1");
  await fake.clock.advance(29_000);
  await client.send("2");
  await fake.clock.advance(29_000);
  assertEquals(client.output, "");
  await fake.clock.advance(1_000 + SWEEPS_MS);
  assertEquals(statusesOf(client.output), [408]);
  assertEquals(client.hasEnded, true);
  await stopFakeServer(fake);
});

Deno.test("serve() responds 408 to content that comes below the minimum rate", async () => {
  const fake = startFakeServer(readAll, { bodyTimeoutMs: 30_000, minBodyBytesPerSecond: 240 });
  const client = await fake.connect();
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  for (let second = 0; second < 30; second++) {
    await fake.clock.advance(1_000);
    await client.send("x".repeat(100));
  }
  assertEquals(client.output, "", "the rate counts once the waits add up to the time-out");
  await fake.clock.advance(2_000);
  await client.send("x");
  assertEquals(statusesOf(client.output), [408]);
  await stopFakeServer(fake);
});

Deno.test("serve() takes slow content above the minimum rate for as long as it lasts", async () => {
  const fake = startFakeServer(readAll, { bodyTimeoutMs: 30_000, minBodyBytesPerSecond: 240 });
  const client = await fake.connect();
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30000\r\n\r\n");
  for (let second = 0; second < 100; second++) {
    await fake.clock.advance(1_000);
    await client.send("x".repeat(300));
  }
  assertMatch(client.output, /30000 bytes$/);
  await stopFakeServer(fake);
});

Deno.test("serve() gives a handler unlimited time", async () => {
  const gate = Promise.withResolvers<void>();
  const fake = startFakeServer(async () => {
    await gate.promise;
    return textResponse(200, "at last");
  });
  const client = await fake.connect();
  await client.send(get("/"));
  await fake.clock.advance(600_000);
  assertEquals(client.isClosed, false);
  gate.resolve();
  await settle();
  assertMatch(client.output, /at last$/);
  await stopFakeServer(fake);
});

Deno.test("serve() cuts a client that takes no byte of its response", async () => {
  const fake = startFakeServer(echoTarget, { writeTimeoutMs: 30_000 });
  const client = await fake.connect();
  client.stall();
  await client.send(get("/"));
  await fake.clock.advance(29_000);
  assertEquals(client.isClosed, false);
  await fake.clock.advance(1_000 + SWEEPS_MS);
  assertEquals({
    isClosed: client.isClosed,
    output: client.output,
    connectionCount: fake.server.connectionCount,
  }, { isClosed: true, output: "", connectionCount: 0 });
  await stopFakeServer(fake);
});

Deno.test("serve() waits for a client that takes its response slowly", async () => {
  const fake = startFakeServer(echoTarget, { writeTimeoutMs: 30_000 });
  const client = await fake.connect();
  client.stall();
  await client.send(get("/slowly"));
  for (let taken = 0; taken < 5; taken++) {
    await fake.clock.advance(29_000);
    await client.take(10);
  }
  assertEquals(client.isClosed, false);
  await client.take();
  assertMatch(client.output, /\/slowly$/);
  await client.send(get("/again"));
  assertEquals(statusesOf(client.output), [200, 200]);
  await stopFakeServer(fake);
});

Deno.test("serve() lets a client take its last response, whatever ends the connection after it", async () => {
  const rows: [name: string, request: string, end: (fake: FakeServer, client: FakeConnection) => unknown][] =
    [
      ["the client's FIN", get("/response"), (_fake, client) => client.end()],
      ["Connection: close", get("/response", "Connection: close\r\n"), () => {}],
      ["a refused request", get("/response") + "bad\r\n", () => {}],
      ["shutdown", get("/response"), (fake) => void fake.server.shutdown()],
    ];
  for (const [name, request, end] of rows) {
    const fake = startFakeServer(echoTarget, { writeTimeoutMs: 30_000, graceMs: 600_000 });
    const client = await fake.connect();
    client.stall();
    await client.send(request);
    end(fake, client);
    await fake.clock.advance(29_000);
    await client.take(10);
    await fake.clock.advance(29_000);
    assertEquals({ isClosed: client.isClosed, output: client.output }, { isClosed: false, output: "" }, name);
    await client.take();
    assertStringIncludes(client.output, "\r\n\r\n/response", name);
    await fake.clock.advance(10_000);
    assertEquals(
      { hasEnded: client.hasEnded, isClosed: client.isClosed, connectionCount: fake.server.connectionCount },
      { hasEnded: true, isClosed: true, connectionCount: 0 },
      name,
    );
    await stopFakeServer(fake);
  }
});

Deno.test("serve() cuts a client that takes nothing, whatever ends the connection", async () => {
  for (const fields of ["", "Connection: close\r\n"]) {
    const fake = startFakeServer(echoTarget, { writeTimeoutMs: 30_000 });
    const client = await fake.connect();
    client.stall();
    await client.send(get("/", fields));
    if (fields === "") await client.end();
    await fake.clock.advance(30_000 + SWEEPS_MS);
    assertEquals({ isClosed: client.isClosed, connectionCount: fake.server.connectionCount }, {
      isClosed: true,
      connectionCount: 0,
    }, fields);
    await stopFakeServer(fake);
  }
});

/** A stream that a test fills while it is sent. */
function createFeed(): { readonly body: ReadableStream<Uint8Array>; readonly add: (text: string) => void } {
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
  return { body, add: (text) => controller.enqueue(new TextEncoder().encode(text)) };
}

Deno.test("serve() keeps the time-out of content while a response is sent", async () => {
  const feed = createFeed();
  let failure: unknown;
  const fake = startFakeServer((request) => {
    readWhole(request.body).catch((error) => failure = error);
    return { ...textResponse(200, ""), body: feed.body };
  }, { bodyTimeoutMs: 30_000, writeTimeoutMs: 60_000 });
  const client = await fake.connect();
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n1");
  await fake.clock.advance(20_000);
  feed.add("meanwhile");
  await fake.clock.advance(10_000 + SWEEPS_MS);
  assertStringIncludes(client.output, "meanwhile");
  assertEquals(failure instanceof HttpError && failure.status, 408);
  await stopFakeServer(fake);
});

Deno.test("serve() keeps the time-out of a response while content comes", async () => {
  const feed = createFeed();
  const fake = startFakeServer((request) => {
    readWhole(request.body).catch(() => {});
    return { ...textResponse(200, ""), body: feed.body };
  }, { writeTimeoutMs: 30_000 });
  const client = await fake.connect();
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.stall();
  feed.add("never taken");
  for (let second = 0; second < 29; second++) {
    await client.send("3E8\r\n" + "x".repeat(1000) + "\r\n");
    await fake.clock.advance(1_000);
  }
  assertEquals(client.isClosed, false);
  await fake.clock.advance(1_000 + SWEEPS_MS);
  assertEquals(client.isClosed, true);
  await stopFakeServer(fake);
});

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createFetchBackend } from "../../src/backend/fetch/fetch_backend.ts";
import type { Handler } from "../../src/backend/handler.ts";
import { createResponse, textResponse } from "../../src/http/response/response.ts";
import { streamOf } from "../support/fetch_server.ts";
import { get, startFakeServer, statusesOf, stopFakeServer } from "../support/fake_server.ts";

const encoder = new TextEncoder();

/** Content that gives one piece and then waits for ever. */
class Endless implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  hasBegun = false;
  isLeft = false;

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    if (this.hasBegun) return new Promise(() => {});
    this.hasBegun = true;
    return Promise.resolve({ done: false, value: encoder.encode("first") });
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.isLeft = true;
    return Promise.resolve({ done: true, value: undefined });
  }
}

Deno.test("serve() drops content that waits for an event when the client resets", async () => {
  const content = new Endless();
  const fake = startFakeServer(() => createResponse(200, content));
  const client = await fake.connect();
  await client.send(get("/events"));
  assertStringIncludes(client.output, "5\r\nfirst\r\n");
  assertEquals({ isLeft: content.isLeft, connectionCount: fake.server.connectionCount }, {
    isLeft: false,
    connectionCount: 1,
  });
  await client.reset();
  assertEquals({
    isLeft: content.isLeft,
    connectionCount: fake.server.connectionCount,
    isClosed: client.isClosed,
  }, { isLeft: true, connectionCount: 0, isClosed: true });
  await stopFakeServer(fake);
});

Deno.test("serve() gives up content that pauses for too long after the client's end", async () => {
  const gates = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
  let isOver = false;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      for (const { promise } of gates) {
        await promise;
        yield encoder.encode("x");
      }
    } finally {
      isOver = true;
    }
  }
  const fake = startFakeServer(() => createResponse(200, pieces()), { halfClosedTimeoutMs: 10_000 });
  const client = await fake.connect();
  await client.send(get("/"));
  await client.end();
  // A client that has only ended its side still gets the content that comes in time.
  for (const { resolve } of gates.slice(0, 2)) {
    await fake.clock.advance(9_000);
    resolve();
  }
  await fake.clock.advance(9_000);
  assertEquals({ isClosed: client.isClosed, pieceCount: client.output.split("1\r\nx\r\n").length - 1 }, {
    isClosed: false,
    pieceCount: 2,
  });
  await fake.clock.advance(2_000);
  assertEquals({ isClosed: client.isClosed, connectionCount: fake.server.connectionCount }, {
    isClosed: true,
    connectionCount: 0,
  });
  // A generator reaches its end only when the event that it waits for has come.
  gates[2]!.resolve();
  await fake.clock.advance(0);
  assertEquals(isOver, true);
  await stopFakeServer(fake);
});

Deno.test("serve() cancels a web-standard stream that waits when the client resets", async () => {
  let isCancelled = false;
  const events = (): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start: (controller) => controller.enqueue(encoder.encode("first")),
      cancel: () => void (isCancelled = true),
    });
  const fake = startFakeServer(createFetchBackend({ fetch: () => new Response(events()) }));
  const client = await fake.connect();
  await client.send(get("/events"));
  await client.reset();
  assertEquals({ isCancelled, connectionCount: fake.server.connectionCount }, {
    isCancelled: true,
    connectionCount: 0,
  });
  await stopFakeServer(fake);
});

Deno.test("serve() cuts content with a later piece that is neither bytes nor text, and responds 500 for a first one", async () => {
  const used = new Response("read");
  await used.text();
  const responses: Record<string, Response> = {
    "/used": used,
    "/first": new Response(streamOf(1)),
    "/later": new Response(streamOf("a", "b", 1)),
  };
  const handler = { fetch: (request: Request) => responses[new URL(request.url).pathname]! };
  const fake = startFakeServer(createFetchBackend(handler));
  const client = await fake.connect();
  await client.send(get("/used") + get("/first") + get("/later"));
  assertEquals(statusesOf(client.output), [500, 500, 200]);
  assertMatch(client.output, /Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n$/);
  assertEquals({ isClosed: client.isClosed, errors: fake.errors.map(String) }, {
    isClosed: true,
    errors: [
      "TypeError: Cannot send the content: expected bytes or text, got a piece of type number",
    ],
  });
  await stopFakeServer(fake);
});

const HELD_BACK = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";

Deno.test("serve() asks for content before a response that is made from it, never inside (RFC 9110 §15.2)", async () => {
  const echo: Handler = ({ body }) => {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let piece = await body.read(); piece !== null; piece = await body.read()) yield piece.slice();
    }
    return createResponse(200, pieces());
  };
  const fake = startFakeServer(echo);
  const client = await fake.connect();
  await client.send(HELD_BACK);
  assertMatch(client.output, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*chunked\r\n\r\n$/);
  await client.send("hello");
  assertMatch(client.output, /chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/);
  assertEquals(statusesOf(client.output), [100, 200]);
  await stopFakeServer(fake);
});

Deno.test("serve() asks for no content after the head of its response (RFC 9110 §10.1.1)", async () => {
  const late: Handler = ({ body }) => {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield encoder.encode("sorry");
      await body.read();
    }
    return createResponse(403, pieces());
  };
  const fake = startFakeServer(late);
  const client = await fake.connect();
  await client.send(HELD_BACK);
  assertEquals(statusesOf(client.output), [403]);
  assertMatch(client.output, /Connection: close\r\n[^]*\r\n\r\n5\r\nsorry\r\n$/);
  await client.send("hello");
  assertMatch(client.output, /sorry\r\n0\r\n\r\n$/);
  await stopFakeServer(fake);
});

Deno.test("serve() says close when the handler left a read unfinished (RFC 9112 §9.6)", async () => {
  const fake = startFakeServer(({ body }) => {
    body.read().catch(() => {});
    return textResponse(200, "");
  });
  const client = await fake.connect();
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
  assertStringIncludes(client.output, "Connection: close\r\n");
  await stopFakeServer(fake);
});

Deno.test("serve() gives a head its time, also if its first bytes came with the request before it and the server began to wait early", async () => {
  const handler: Handler = ({ target }, { signal }) => textResponse(200, `${target} ${signal.aborted}`);
  const fake = startFakeServer(async (request, context) => await handler(request, context), {
    headTimeoutMs: 2_000,
    idleTimeoutMs: 60_000,
  });
  const client = await fake.connect();
  await client.send(get("/a") + "GET /b HTTP/1.1\r\n");
  await fake.clock.advance(1_500);
  assertEquals(statusesOf(client.output), [200]);
  await fake.clock.advance(1_000);
  assertEquals(statusesOf(client.output), [200, 408]);
  await stopFakeServer(fake);
});

Deno.test("RequestContext.receivedAtMs is the time when a pipelined request got its turn, not the arrival of the one before", async () => {
  const gate = Promise.withResolvers<void>();
  const times: number[] = [];
  const fake = startFakeServer(async ({ target }, { receivedAtMs }) => {
    times.push(receivedAtMs);
    if (target === "/slow") await gate.promise;
    return textResponse(200, "");
  });
  const client = await fake.connect();
  await client.send(get("/slow") + get("/next"));
  await fake.clock.advance(5_000);
  gate.resolve();
  await fake.clock.advance(0);
  assertEquals(times.map((time) => time - times[0]!), [0, 5_000]);
  await stopFakeServer(fake);
});

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type HttpResponse, textResponse } from "../../src/http/response/response.ts";
import { settle } from "../support/deadline.ts";
import { FakeConnection } from "../support/fake_connection.ts";
import { echoTarget, get, startFakeServer, statusesOf, stopFakeServer } from "../support/fake_server.ts";

Deno.test("shutdown() closes idle connections at once, and all is finished", async () => {
  const fake = startFakeServer(echoTarget);
  const untouched = await fake.connect();
  const idle = await fake.connect();
  await idle.send(get("/"));
  await fake.server.shutdown();
  await fake.server.finished;
  assertEquals({
    isUntouchedClosed: untouched.isClosed,
    isIdleClosed: idle.isClosed,
    isListenerClosed: fake.listener.isClosed,
  }, { isUntouchedClosed: true, isIdleClosed: true, isListenerClosed: true });
  assertEquals([fake.server.connectionCount, fake.clock.timerCount], [0, 0]);
});

Deno.test("shutdown() lets a running request finish, and its response says close (RFC 9112 §9.6)", async () => {
  const slow = Promise.withResolvers<HttpResponse>();
  const fake = startFakeServer(() => slow.promise);
  const client = await fake.connect();
  await client.send(get("/"));
  const stopped = fake.server.shutdown();
  await fake.clock.advance(1_000);
  assertEquals(client.isClosed, false);
  slow.resolve(textResponse(200, "finished"));
  await settle();
  assertMatch(client.output, /Connection: close\r\n[^]*finished$/);
  await client.end();
  await stopped;
  assertEquals({ isClosed: client.isClosed, timerCount: fake.clock.timerCount }, {
    isClosed: true,
    timerCount: 0,
  });
});

Deno.test("shutdown() lets a head finish that has begun to arrive", async () => {
  const fake = startFakeServer(echoTarget);
  const client = await fake.connect();
  await client.send("GET / HTTP/1.1\r\nHo");
  const stopped = fake.server.shutdown();
  await client.send("st: a\r\n\r\n" + get("/never"));
  assertEquals(statusesOf(client.output), [200]);
  assertStringIncludes(client.output, "Connection: close\r\n");
  await client.end();
  await stopped;
});

Deno.test("shutdown() closes a connection whose response promised keep-alive before the stop", async () => {
  const gate = Promise.withResolvers<void>();
  async function* body(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode("piece");
    await gate.promise;
  }
  const fake = startFakeServer(() => ({ ...textResponse(200, ""), body: body() }));
  const client = await fake.connect();
  await client.send(get("/"));
  assertStringIncludes(client.output, "Connection: keep-alive\r\n");
  const stopped = fake.server.shutdown();
  gate.resolve();
  await stopped;
  assertMatch(client.output, /0\r\n\r\n$/);
  assertEquals(client.isClosed, true);
});

Deno.test("shutdown() cuts the remaining connections when the grace time is over, also handlers that never end", async () => {
  const fake = startFakeServer(() => new Promise<HttpResponse>(() => {}), { graceMs: 5_000 });
  const client = await fake.connect();
  await client.send(get("/"));
  let isFinished = false;
  fake.server.finished.then(() => isFinished = true);
  const stopped = fake.server.shutdown();
  await fake.clock.advance(4_900);
  assertEquals({ isClosed: client.isClosed, isFinished }, { isClosed: false, isFinished: false });
  await fake.clock.advance(100);
  // The handler gets a moment to notice, and no more.
  assertEquals({ isClosed: client.isClosed, isFinished }, { isClosed: true, isFinished: false });
  await fake.clock.advance(50);
  assertEquals(isFinished, true);
  await stopped;
  assertEquals([fake.server.connectionCount, fake.clock.timerCount], [0, 0]);
});

Deno.test("shutdown() calls onCut for requests that get no response, and for nothing else; content hears of the cut by its iterator", async () => {
  const piece = new TextEncoder().encode("piece");
  const left: string[] = [];
  const stuck: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]() {
      const pieces = [Promise.resolve({ value: piece }), new Promise<never>(() => {})];
      return {
        next: () => pieces.shift()!,
        return() {
          left.push("/stuck");
          return new Promise<never>(() => {});
        },
      };
    },
  };
  const cut: string[] = [];
  const fake = startFakeServer((request, context) => {
    context.onCut = () => cut.push(request.target);
    switch (request.target) {
      case "/pending":
        return new Promise(() => {});
      case "/stuck":
        return { ...textResponse(200, ""), body: stuck };
      case "/signal":
        return new Promise((_, reject) =>
          context.signal.addEventListener("abort", () => reject(new Error("cut")))
        );
      default:
        return textResponse(200, "at once");
    }
  }, { graceMs: 1_000 });
  for (const target of ["/pending", "/stuck", "/signal", "/at_once"]) {
    await (await fake.connect()).send(get(target));
  }
  const stopped = fake.server.shutdown();
  await fake.clock.advance(1_000);
  assertEquals([cut, left], [[], ["/stuck"]]);
  await fake.clock.advance(50);
  assertEquals([cut, left], [["/pending"], ["/stuck"]]);
  await stopped;
});

Deno.test("shutdown() may be called twice, and before any client has come", async () => {
  const fake = startFakeServer(echoTarget);
  await Promise.all([fake.server.shutdown(), fake.server.shutdown()]);
  await fake.server.shutdown();
  assertEquals(fake.listener.isClosed, true);
});

Deno.test("shutdown() closes a connection that was accepted in the same moment", async () => {
  const fake = startFakeServer(echoTarget);
  await settle();
  const late = new FakeConnection();
  fake.listener.push(late);
  await fake.server.shutdown();
  assertEquals(
    { isClosed: late.isClosed, output: late.output, connectionCount: fake.server.connectionCount },
    { isClosed: true, output: "", connectionCount: 0 },
  );
  await stopFakeServer(fake);
});

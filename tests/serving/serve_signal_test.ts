import { assertEquals } from "@std/assert";
import { createBackend, type Handler, type Middleware } from "../../src/backend/handler.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { settle } from "../support/deadline.ts";
import type { FakeConnection } from "../support/fake_connection.ts";
import { type FakeServer, get, startFakeServer, statusesOf, stopFakeServer } from "../support/fake_server.ts";

interface Waiting {
  readonly signal: AbortSignal;
  readonly respond: () => void;
}

/** A server whose handler waits for the test, after it has read the content. */
function startWaiting(): { fake: FakeServer; waiting: Waiting[] } {
  const waiting: Waiting[] = [];
  const handler: Handler = (request, { signal }) =>
    new Promise((resolve) => {
      const respond = (): void => resolve(textResponse(200, request.target));
      const drain = async (): Promise<void> => {
        while (await request.body.read() !== null);
      };
      drain().then(() => waiting.push({ signal, respond }), () => waiting.push({ signal, respond }));
    });
  return { fake: startFakeServer(handler), waiting };
}

const CASES: readonly (readonly [claim: string, sent: string])[] = [
  ["after a head", get("/a")],
  ["after content", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"],
  ["after chunks", "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"],
];

for (const [claim, sent] of CASES) {
  Deno.test(`RequestContext.signal is aborted when the client resets or ends the connection ${claim}`, async () => {
    for (const leave of ["reset", "end"] as const) {
      const { fake, waiting } = startWaiting();
      const client = await fake.connect();
      await client.send(sent);
      assertEquals(waiting.map(({ signal }) => signal.aborted), [false]);
      await client[leave]();
      assertEquals(waiting[0]!.signal.aborted, true);
      waiting[0]!.respond();
      await settle();
      // A client that only ended its side still gets the response.
      if (leave === "end") assertEquals(statusesOf(client.output), [200]);
      await stopFakeServer(fake);
      assertEquals(fake.server.connectionCount, 0);
    }
  });
}

Deno.test("RequestContext.signal is aborted when the client leaves in the middle of the content", async () => {
  const { fake, waiting } = startWaiting();
  const client = await fake.connect();
  await client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhi");
  await client.reset();
  assertEquals(waiting.map(({ signal }) => signal.aborted), [true]);
  waiting[0]!.respond();
  await stopFakeServer(fake);
});

Deno.test("RequestContext.signal is not aborted by the next request, which gets its response in turn", async () => {
  for (const pieces of [[get("/b")], [get("/b").slice(0, 9), get("/b").slice(9)], [get("/b") + get("/c")]]) {
    const { fake, waiting } = startWaiting();
    const client: FakeConnection = await fake.connect();
    await client.send(get("/a"));
    for (const piece of pieces) await client.send(piece);
    for (let turn = 0; turn < waiting.length; turn++) {
      assertEquals(waiting[turn]!.signal.aborted, false);
      waiting[turn]!.respond();
      await settle();
    }
    const bodies = Array.from(client.output.matchAll(/\r\n\r\n(\/[abc])/g), ([, target]) => target);
    assertEquals(bodies, pieces[0] === get("/b") + get("/c") ? ["/a", "/b", "/c"] : ["/a", "/b"]);
    await client.end();
    assertEquals(waiting.some(({ signal }) => signal.aborted), false);
    await stopFakeServer(fake);
  }
});

Deno.test("RequestContext.signal is not aborted when the client leaves after the response", async () => {
  for (const fields of ["", "Connection: close\r\n"]) {
    for (const leave of ["reset", "end"] as const) {
      const { fake, waiting } = startWaiting();
      const client = await fake.connect();
      await client.send(get("/a") + get("/b", fields));
      for (const turn of [0, 1]) {
        waiting[turn]!.respond();
        await settle();
      }
      await client[leave]();
      assertEquals(waiting.map(({ signal }) => signal.aborted), [false, false]);
      await stopFakeServer(fake);
    }
  }
});

Deno.test("RequestContext.signal is not aborted after a response that came without a wait", async () => {
  const signals: AbortSignal[] = [];
  const fake = startFakeServer((request, { signal }) => {
    signals.push(signal);
    return textResponse(200, request.target);
  });
  const client = await fake.connect();
  await client.send(get("/a") + get("/b", "Connection: close\r\n"));
  await client.end();
  assertEquals(signals.map(({ aborted }) => aborted), [false, false]);
  await stopFakeServer(fake);
});

Deno.test("RequestContext.signal is aborted at once when the client ends in the middle of a head", async () => {
  const aborted: boolean[] = [];
  const note: Middleware = (next) => (request, context) => {
    aborted.push(context.signal.aborted);
    return next(request, context);
  };
  const fake = startFakeServer(createBackend([note], () => textResponse(200, "")));
  const client = await fake.connect();
  await client.send("GET /a HT");
  await client.end();
  assertEquals([statusesOf(client.output), aborted], [[400], [true]]);
  await stopFakeServer(fake);
});

Deno.test("RequestContext.signal is aborted when a streamed response cannot be sent to its end", async () => {
  let seen: AbortSignal | undefined;
  const fake = startFakeServer((_request, { signal }) => {
    seen = signal;
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) yield await Promise.resolve(new Uint8Array(100));
    };
    return { ...textResponse(200, ""), body: pieces() };
  });
  const client = await fake.connect();
  client.stall();
  await client.send(get("/"));
  assertEquals(seen!.aborted, false);
  await client.reset();
  assertEquals(seen!.aborted, true);
  await stopFakeServer(fake);
});

Deno.test("RequestContext.signal does not shorten the time of an idle connection, nor delay the end of a stopping server", async () => {
  const { fake, waiting } = startWaiting();
  const client = await fake.connect();
  await client.send(get("/a"));
  await fake.clock.advance(60_000);
  assertEquals({ isClosed: client.isClosed, aborted: waiting[0]!.signal.aborted }, {
    isClosed: false,
    aborted: false,
  });
  waiting[0]!.respond();
  await settle();
  await fake.clock.advance(16_000);
  assertEquals({ isClosed: client.isClosed, statuses: statusesOf(client.output) }, {
    isClosed: true,
    statuses: [200],
  });
  const late = await fake.connect();
  await late.send(get("/b"));
  const stopped = fake.server.shutdown();
  waiting[1]!.respond();
  await settle();
  await late.end();
  await stopped;
  assertEquals({ isClosed: late.isClosed, statuses: statusesOf(late.output) }, {
    isClosed: true,
    statuses: [200],
  });
});

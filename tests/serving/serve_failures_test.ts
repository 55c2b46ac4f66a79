import { assertEquals, assertMatch } from "@std/assert";
import type { Handler } from "../../src/backend/handler.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { ConnectionError } from "../../src/net/connection.ts";
import { settle } from "../support/deadline.ts";
import { echoTarget, get, startFakeServer, statusesOf, stopFakeServer } from "../support/fake_server.ts";

async function* failing(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode("piece");
  throw new Error("the source broke");
}

async function* onePiece(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode("piece");
}

Deno.test("serve() cuts the connection when a streamed response fails: no last chunk (RFC 9112 §8)", async () => {
  const fake = startFakeServer(() => ({ ...textResponse(200, ""), body: failing() }));
  const client = await fake.connect();
  await client.send(get("/") + get("/after"));
  assertMatch(client.output, /\r\n\r\n5\r\npiece\r\n$/);
  assertEquals({ isClosed: client.isClosed, errorCount: fake.errors.length }, {
    isClosed: true,
    errorCount: 1,
  });
  await stopFakeServer(fake);
});

Deno.test("serve() cuts the connection when a response is longer or shorter than it promised (RFC 9112 §6.3)", async () => {
  for (const [promised, output] of [["3", /\r\n\r\npie$/], ["9", /\r\n\r\npiece$/]] as const) {
    const fake = startFakeServer(() => ({
      ...textResponse(200, "", [["Content-Length", promised]]),
      body: onePiece(),
    }));
    const client = await fake.connect();
    await client.send(get("/") + get("/after"));
    assertMatch(client.output, output);
    assertEquals({
      isClosed: client.isClosed,
      statuses: statusesOf(client.output),
      errorCount: fake.errors.length,
    }, { isClosed: true, statuses: [200], errorCount: 1 });
    await stopFakeServer(fake);
  }
});

Deno.test("serve() responds 500 for a handler that throws or rejects, and goes on", async () => {
  const handlers: Handler[] = [
    () => {
      throw new Error("thrown");
    },
    () => Promise.reject(new Error("rejected")),
  ];
  for (const handler of handlers) {
    const fake = startFakeServer((request, context) =>
      request.target === "/bad" ? handler(request, context) : echoTarget(request, context)
    );
    const client = await fake.connect();
    await client.send(get("/bad") + get("/good"));
    assertEquals(statusesOf(client.output), [500, 200]);
    await stopFakeServer(fake);
  }
});

Deno.test("serve() releases everything when a client vanishes, at whatever point", async () => {
  const stages: readonly (readonly [name: string, sent: string])[] = [
    ["nothing sent", ""],
    ["in the request line", "GET / HT"],
    ["in the head", "GET / HTTP/1.1\r\nHost: a\r\nX"],
    ["idle", get("/")],
    ["in content by length", "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab"],
    ["in content by chunks", "POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"],
    ["in content that is dropped", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab"],
    ["while its handler runs", get("/wait")],
    ["while lingering", get("/", "Connection: close\r\n")],
  ];
  for (const [name, sent] of stages) {
    const gate = Promise.withResolvers<void>();
    const fake = startFakeServer(async (request, context) => {
      if (request.target === "/wait") await gate.promise;
      if (request.target === "/read") { while (await request.body.read() !== null); }
      return await echoTarget(request, context);
    });
    const client = await fake.connect();
    await client.send(sent);
    await client.reset();
    gate.resolve();
    await settle();
    assertEquals(
      {
        isClosed: client.isClosed,
        connectionCount: fake.server.connectionCount,
        timerCount: fake.clock.timerCount,
      },
      { isClosed: true, connectionCount: 0, timerCount: 0 },
      name,
    );
    assertEquals(fake.errors, [], name);
    await stopFakeServer(fake);
  }
});

Deno.test("serve() lets go of a streamed response whose client vanishes while the response waits for the wire", async () => {
  let isReleased = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield new Uint8Array(1_000);
    } finally {
      isReleased = true;
    }
  }
  let failure: unknown;
  const fake = startFakeServer(() => ({ ...textResponse(200, ""), body: endless() }), {
    onError: (error) => failure = error,
  });
  const client = await fake.connect();
  client.stall();
  await client.send(get("/"));
  assertEquals({ isReleased, isClosed: client.isClosed }, { isReleased: false, isClosed: false });
  await client.reset();
  assertEquals({ isClosed: client.isClosed, connectionCount: fake.server.connectionCount, failure }, {
    isClosed: true,
    connectionCount: 0,
    failure: undefined,
  });
  await stopFakeServer(fake);
});

Deno.test("serve() does not report lost connections, and reports every other failure of its own", async () => {
  const fake = startFakeServer(() => ({ ...textResponse(200, ""), body: failing() }));
  const client = await fake.connect();
  await client.send(get("/"));
  assertEquals(fake.errors.map((error) => error instanceof ConnectionError), [false]);
  await stopFakeServer(fake);
});

Deno.test("serve() lets go of a streamed response to HEAD, and of one that breaks off in the middle", async () => {
  for (const method of ["HEAD", "GET"]) {
    let isReleased = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: () => void (isReleased = true),
    }, { highWaterMark: 0 });
    const fake = startFakeServer(() => ({ ...textResponse(200, ""), body }));
    const client = await fake.connect();
    await client.send(get("/").replace("GET", method));
    client.stall();
    await settle();
    await client.reset();
    assertEquals({ isReleased, isClosed: client.isClosed, errors: fake.errors }, {
      isReleased: true,
      isClosed: true,
      errors: [],
    }, method);
    await stopFakeServer(fake);
  }
});

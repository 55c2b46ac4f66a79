import { assertEquals } from "@std/assert";
import type { Handler } from "../../src/backend/handler.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { serve } from "../../src/serving/serve.ts";
import { listen } from "../../src/net/listen.ts";
import { settle, within } from "../support/deadline.ts";
import { FakeConnection } from "../support/fake_connection.ts";
import { get, startFakeServer, stopFakeServer } from "../support/fake_server.ts";

/** Reads ahead while it works: asking for the signal starts that. */
const watching: Handler = async (request, context) => {
  context.signal.throwIfAborted();
  await null;
  return textResponse(200, `[${request.target}]`);
};

/** A stream is watched too. */
const streaming: Handler = (request) => ({
  ...textResponse(200, ""),
  body: (async function* () {
    await null;
    yield new TextEncoder().encode(`[${request.target}]`);
  })(),
});

const fetching = {
  fetch: async (request: Request): Promise<Response> => {
    await null;
    const text = `[${new URL(request.url).pathname}]`;
    return new Response(text, { headers: { "Content-Length": `${text.length}` } });
  },
};

const BACKENDS = { watching, streaming, fetching } as const;

/** The targets of the requests that got responses. */
function targetsOf(output: string): string[] {
  return Array.from(output.matchAll(/\[(\/\w+)\]/g), ([, target]) => target!);
}

for (const [name, backend] of Object.entries(BACKENDS)) {
  Deno.test(`serve() responds to a request that arrives at any moment of the response before: ${name}`, async () => {
    for (let hops = 0; hops < 40; hops++) {
      for (const end of ["", "FIN"]) {
        const fake = startFakeServer(backend as Handler);
        const client = await fake.connect();
        const sent = client.send(get("/a"));
        for (let hop = 0; hop < hops; hop++) await null;
        const more = client.send(get("/b"));
        const ended = end === "FIN" ? client.end() : undefined;
        await Promise.all([sent, more, ended]);
        await settle();
        assertEquals(targetsOf(client.output), ["/a", "/b"], `${hops} microtasks ${end}`);
        assertEquals(client.isClosed, end === "FIN");
        await stopFakeServer(fake);
      }
    }
  });
}

Deno.test("serve() responds to all of 600 pipelined requests to a client that reads late, with watched handlers", async () => {
  const listener = await listen({ hostname: "127.0.0.1", port: 0 });
  const server = serve(listener, async (_request, { signal }) => {
    signal.throwIfAborted();
    await null;
    return textResponse(200, "x".repeat(15_000));
  });
  const client = await Deno.connect({ hostname: "127.0.0.1", port: listener.address.port });
  try {
    const sending = async (): Promise<void> => {
      const writer = client.writable.getWriter();
      await writer.write(new TextEncoder().encode(get("/a").repeat(600)));
      await client.closeWrite();
    };
    const reading = async (): Promise<number> => {
      let bytes = 0;
      for await (const piece of client.readable) bytes += piece.length;
      return bytes;
    };
    const sent = sending();
    const bytes = await within(reading(), "all responses");
    await sent;
    assertEquals({ rest: bytes % 600, areMany: bytes > 600 * 15_000 }, { rest: 0, areMany: true });
  } finally {
    await server.shutdown();
  }
});

Deno.test("serve() responds to requests that were read ahead before it ends for a client that has finished", async () => {
  const gate = Promise.withResolvers<void>();
  const fake = startFakeServer(async (request, { signal }) => {
    signal.throwIfAborted();
    await gate.promise;
    return textResponse(200, `[${request.target}]`);
  });
  const client: FakeConnection = await fake.connect();
  await client.send(get("/a"));
  await client.send(get("/b") + get("/c"));
  await client.end();
  gate.resolve();
  await settle();
  assertEquals({ targets: targetsOf(client.output), isClosed: client.isClosed }, {
    targets: ["/a", "/b", "/c"],
    isClosed: true,
  });
  await stopFakeServer(fake);
});

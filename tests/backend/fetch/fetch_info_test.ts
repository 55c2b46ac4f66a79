import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import type { FetchInfo } from "../../../src/backend/fetch/fetch_handler.ts";
import { ConnectionError } from "../../../src/net/connection.ts";
import { ask } from "../../support/ask.ts";
import { within } from "../../support/deadline.ts";
import { withFetch } from "../../support/fetch_server.ts";
import { connectRaw } from "../../support/loopback.ts";

Deno.test("FetchInfo tells both ends of the connection", async () => {
  const respond = (_request: Request, { remote, local, isEncrypted }: FetchInfo): Response =>
    Response.json({ remote, local, isEncrypted });
  await withFetch(respond, async (port) => {
    const client = await connectRaw(port);
    await client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const told = JSON.parse((await client.readAll()).split("\r\n\r\n")[1]!);
    assertEquals(told, {
      remote: { transport: "tcp", hostname: "127.0.0.1", port: client.port },
      local: { transport: "tcp", hostname: "127.0.0.1", port },
      isEncrypted: false,
    });
    client.close();
  });
});

Deno.test("FetchInfo.completed resolves when the response has been sent, also a streamed one and a 500", async () => {
  const completed: Promise<void>[] = [];
  const respond = ({ url }: Request, info: FetchInfo): Response => {
    completed.push(info.completed);
    assertEquals(info.completed, info.completed);
    if (url.endsWith("/throw")) throw new Error("no");
    if (url.endsWith("/stream")) {
      return new Response(ReadableStream.from([new Uint8Array(1), new Uint8Array(2)]));
    }
    return new Response("text");
  };
  await withFetch(respond, async (port) => {
    for (const path of ["/", "/stream", "/throw"]) await ask(port, `GET ${path}`);
    await ask(port, "HEAD /");
    await within(Promise.all(completed), "all responses");
    assertEquals(completed.length, 4);
  });
});

Deno.test("FetchInfo.completed rejects when the client leaves, or the content breaks", async () => {
  const lost = Promise.withResolvers<unknown>();
  const endless = (_request: Request, info: FetchInfo): Response => {
    info.completed.catch(lost.resolve);
    return new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(9)) }));
  };
  await withFetch(endless, async (port) => {
    const client = await connectRaw(port);
    await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.readUntil("chunked\r\n\r\n");
    client.close();
    assertInstanceOf(await within(lost.promise, "the failure"), Error);
  });
  const broken = Promise.withResolvers<unknown>();
  const breaking = (_request: Request, info: FetchInfo): Response => {
    info.completed.catch(broken.resolve);
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      throw new Error("broken");
    }
    return new Response(ReadableStream.from(pieces()));
  };
  await withFetch(breaking, async (port) => {
    await ask(port, "GET /");
    assertEquals(String(await within(broken.promise, "the failure")), "Error: broken");
  });
});

Deno.test("FetchInfo.completed rejects when the server stops before there is a response", async () => {
  const asked = Promise.withResolvers<void>();
  let completed: Promise<void> | undefined;
  const respond = (_request: Request, info: FetchInfo): Promise<Response> => {
    completed = info.completed;
    asked.resolve();
    return new Promise(() => {});
  };
  await withFetch(respond, async (port) => {
    const client = await connectRaw(port);
    await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await within(asked.promise, "the request");
    client.close();
  }, { graceMs: 1 });
  const error = await assertRejects(() => within(completed!, "the failure"), ConnectionError);
  assertEquals(error.code, "closed");
});

for (const way of ["closes", "ends its side"] as const) {
  Deno.test(`serve() cancels a waiting stream soon after the client ${way}`, async () => {
    const cancelled = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<void>();
    const events = ({ signal }: Request): Response => {
      signal.addEventListener("abort", () => aborted.resolve());
      return new Response(new ReadableStream({ cancel: () => cancelled.resolve() }));
    };
    await withFetch(events, async (port) => {
      const client = await connectRaw(port);
      await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      await client.readUntil("chunked\r\n\r\n");
      if (way === "closes") client.close();
      else await client.end();
      await within(aborted.promise, "the signal");
      await within(cancelled.promise, "cancel()");
      if (way !== "closes") client.close();
    });
  });
}

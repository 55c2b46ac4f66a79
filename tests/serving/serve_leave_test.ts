// A client that leaves while content, or the next request, is still unread.

import { assertEquals, assertMatch } from "@std/assert";
import type { Handler } from "../../src/backend/handler.ts";
import { StreamedContent } from "../../src/backend/fetch/response/streamed_content.ts";
import { readWhole } from "../../src/http/request/request_body.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { settle } from "../support/deadline.ts";
import { get, startFakeServer, statusesOf, stopFakeServer } from "../support/fake_server.ts";

const CHUNKED = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
const post = (length: number): string => `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;

/** Watches its client, and reads the content only when told to. */
function createLateReader(): { handler: Handler; read: () => void; signals: AbortSignal[] } {
  const gate = Promise.withResolvers<void>();
  const signals: AbortSignal[] = [];
  const handler: Handler = async ({ target, body }, { signal }) => {
    signals.push(signal);
    await gate.promise;
    const { length } = await readWhole(body);
    return textResponse(200, `${target} ${length} bytes`);
  };
  return { handler, read: gate.resolve, signals };
}

const UNREAD: readonly (readonly [claim: string, sends: readonly string[], bytes: number])[] = [
  ["content", [post(5) + "hello"], 5],
  ["content after its head", [post(5), "he", "llo"], 5],
  ["chunks", [CHUNKED + "1\r\nx\r\n", "2\r\nyz\r\n", "0\r\n\r\n"], 3],
  [
    "content of some pieces",
    [post(9_000), ..."123456789".split("").map((digit) => digit.repeat(1_000))],
    9_000,
  ],
];

for (const [claim, sends, bytes] of UNREAD) {
  for (const leave of ["reset", "end"] as const) {
    Deno.test(`RequestContext.signal is aborted at once by ${leave} after unread ${claim}, which stays whole`, async () => {
      const { handler, read, signals } = createLateReader();
      const fake = startFakeServer(handler);
      const client = await fake.connect();
      for (const sent of sends) await client.send(sent);
      assertEquals(signals.map(({ aborted }) => aborted), [false]);
      await client[leave]();
      assertEquals(signals.map(({ aborted }) => aborted), [true]);
      read();
      await settle();
      if (leave === "end") assertMatch(client.output, new RegExp(`/ ${bytes} bytes$`));
      assertEquals(client.isClosed, true);
      await stopFakeServer(fake);
    });
  }
}

Deno.test("RequestContext.signal is aborted at once after a pipelined request, which gets its response too", async () => {
  const { handler, read, signals } = createLateReader();
  const fake = startFakeServer(handler);
  const client = await fake.connect();
  await client.send(get("/a") + get("/b"));
  await client.end();
  assertEquals(signals.map(({ aborted }) => aborted), [true]);
  read();
  await settle();
  assertEquals([statusesOf(client.output), client.isClosed], [[200, 200], true]);
  await stopFakeServer(fake);
});

Deno.test("serve() serves the requests that come while content of a watched one is unread", async () => {
  const { handler, read } = createLateReader();
  const fake = startFakeServer(handler);
  const client = await fake.connect();
  await client.send(post(5) + "he");
  await client.send("llo" + get("/b"));
  await client.send("POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n1");
  read();
  await client.send("23");
  assertMatch(client.output, /\/ 5 bytes[^]*\/b 0 bytes[^]*\/c 3 bytes$/);
  await fake.clock.advance(16_000);
  assertEquals(client.isClosed, true);
  await stopFakeServer(fake);
});

Deno.test("serve() reads ahead no more than 16 KiB of unread content, and all of it when it is wanted", async () => {
  const { handler, read, signals } = createLateReader();
  const fake = startFakeServer(handler);
  const client = await fake.connect();
  await client.send(post(100_000));
  await client.send(new Uint8Array(50_000));
  await client.send(new Uint8Array(50_000));
  assertEquals(client.isReading, false);
  await client.end();
  assertEquals(signals.map(({ aborted }) => aborted), [false]);
  read();
  await settle();
  assertMatch(client.output, /\/ 100000 bytes$/);
  await stopFakeServer(fake);
});

for (const leave of ["reset", "end"] as const) {
  Deno.test(`serve() cancels a stream that pauses when its client leaves by ${leave} after unread content`, async () => {
    let isCancelled = false;
    const stream = new ReadableStream<Uint8Array>({ cancel: () => void (isCancelled = true) });
    const body = new StreamedContent(stream.getReader());
    const fake = startFakeServer(() => ({ ...textResponse(200, ""), body }));
    const client = await fake.connect();
    await client.send(post(5) + "hello");
    await client[leave]();
    await fake.clock.advance(leave === "end" ? 1_000 : 0);
    assertEquals([isCancelled, client.isClosed], [true, true]);
    await stopFakeServer(fake);
  });
}

Deno.test("serve() gives a stream all the content that came before the end of its client", async () => {
  const step = Promise.withResolvers<void>();
  const fake = startFakeServer(({ body }) => ({
    ...textResponse(200, ""),
    body: (async function* () {
      yield new TextEncoder().encode("begun ");
      await step.promise;
      for (let piece = await body.read(); piece !== null; piece = await body.read()) yield piece.slice();
    })(),
  }));
  const client = await fake.connect();
  await client.send(post(10) + "AB");
  await client.send("CDE");
  await client.send("FGHIJ");
  await client.end();
  step.resolve();
  await settle();
  assertEquals(client.output.replaceAll(/[^]*begun|[^A-Z]/g, ""), "ABCDEFGHIJ");
  await stopFakeServer(fake);
});

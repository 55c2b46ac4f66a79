// Which content of a Response goes out with its length, and which piece by piece.

import { assertEquals, assertMatch } from "@std/assert";
import { ask } from "../../../support/ask.ts";
import { streamOf, withFetch } from "../../../support/fetch_server.ts";
import { connectRaw, exchange } from "../../../support/loopback.ts";

const encoder = new TextEncoder();

function form(): FormData {
  const data = new FormData();
  data.set("name", "value");
  data.set("file", new File(["content ".repeat(20_000)], "file.txt"));
  return data;
}

const KNOWN: Readonly<Record<string, () => Response>> = {
  text: () => new Response("héllo"),
  "an empty text": () => new Response(""),
  "a long text": () => new Response("x".repeat(1_000_000)),
  bytes: () => new Response(new Uint8Array([1, 2, 3])),
  "a buffer": () => new Response(new ArrayBuffer(3)),
  "a view": () => new Response(new DataView(new ArrayBuffer(8), 2, 3)),
  "a Blob": () => new Response(new Blob(["blob"], { type: "text/x" })),
  "a large Blob": () => new Response(new Blob(["x".repeat(1_000_000)])),
  JSON: () => Response.json({ a: 1 }),
  FormData: () => new Response(form()),
  URLSearchParams: () => new Response(new URLSearchParams({ a: "b c" })),
  "a stream of one piece": () => new Response(streamOf(encoder.encode("one"))),
};

for (const [kind, respond] of Object.entries(KNOWN)) {
  Deno.test(`serve() sends ${kind} with its Content-Length, the same for HEAD (RFC 9110 §8.6)`, async () => {
    await withFetch(respond, async (port) => {
      const got = await ask(port, "GET /");
      const [length] = got.fields.get("content-length") ?? [];
      assertEquals({ status: got.status, hasTransferEncoding: got.fields.has("transfer-encoding") }, {
        status: 200,
        hasTransferEncoding: false,
      });
      assertEquals(Number(length), encoder.encode(got.body).length);
      const type = respond().headers.get("content-type");
      if (type !== null && kind !== "FormData") assertEquals(got.fields.get("content-type"), [type]);
      const head = await ask(port, "HEAD /");
      assertEquals([head.fields.get("content-length"), head.body], [[length!], ""]);
    });
  });
}

Deno.test("serve() sends FormData with the boundary that its parts have", async () => {
  await withFetch(() => new Response(form()), async (port) => {
    const received = await (await fetch(`http://127.0.0.1:${port}/`)).formData();
    assertEquals(received.get("name"), "value");
    assertEquals((await (received.get("file") as File).text()).length, 160_000);
  });
});

Deno.test("serve() sends a stream of several pieces in chunks, texts as UTF-8, buffers and views as bytes", async () => {
  const bytes = encoder.encode("abcdef");
  const respond = (): Response =>
    new Response(streamOf("hé", bytes.buffer, new DataView(bytes.buffer, 2, 2)));
  await withFetch(respond, async (port) => {
    const got = await ask(port, "GET /");
    assertEquals(got.fields.get("transfer-encoding"), ["chunked"]);
    assertEquals(got.body, "3\r\nhé\r\n6\r\nabcdef\r\n2\r\ncd\r\n0\r\n\r\n");
  });
});

Deno.test("serve() sends content in chunks when the handler says that it is chunked", async () => {
  const respond = (): Response =>
    new Response(streamOf("one"), { headers: { "Transfer-Encoding": "chunked" } });
  await withFetch(respond, async (port) => {
    const got = await ask(port, "GET /");
    assertEquals({
      transferEncoding: got.fields.get("transfer-encoding"),
      hasContentLength: got.fields.has("content-length"),
    }, { transferEncoding: ["chunked"], hasContentLength: false });
    assertEquals(got.body, "3\r\none\r\n0\r\n\r\n");
  });
});

Deno.test("serve() sends the head of a stream before its first piece, and a piece before the next one", async () => {
  const first = Promise.withResolvers<Uint8Array>();
  const second = Promise.withResolvers<Uint8Array>();
  const texts = [first.promise, second.promise];
  const respond = (): Response =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          const next = texts.shift();
          if (next === undefined) controller.close();
          else controller.enqueue(await next);
        },
      }, { highWaterMark: 0 }),
    );
  await withFetch(respond, async (port) => {
    const client = await connectRaw(port);
    await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assertMatch(await client.readUntil("\r\n\r\n"), /chunked\r\n\r\n$/);
    first.resolve(encoder.encode("one"));
    assertMatch(await client.readUntil("one\r\n"), /\r\n3\r\none\r\n$/);
    second.resolve(encoder.encode("two"));
    assertMatch(await client.readUntil("0\r\n\r\n"), /\r\n3\r\ntwo\r\n0\r\n\r\n$/);
    client.close();
  });
});

Deno.test("serve() corrects a Content-Length that does not match known content (RFC 9110 §8.6)", async () => {
  for (const length of ["3", "99"]) {
    const respond = (): Response => new Response("hello", { headers: { "Content-Length": length } });
    await withFetch(respond, async (port, errors) => {
      for (const method of ["GET", "HEAD"]) {
        assertEquals((await ask(port, `${method} /`)).fields.get("content-length"), ["5"]);
      }
      assertEquals((await ask(port, "GET /")).body, "hello");
      assertEquals(errors, []);
    });
  }
});

Deno.test("serve() sends as much of a stream as its length promised, and only then cuts the connection (RFC 9112 §8)", async () => {
  const respond = ({ url }: Request): Response =>
    new Response(streamOf("one ", "two ", "three"), {
      headers: { "Content-Length": new URL(url).pathname.slice(1) },
    });
  const request = (length: number): string => `GET /${length} HTTP/1.1\r\nHost: a\r\n\r\n`;
  await withFetch(respond, async (port, errors) => {
    assertMatch(await exchange(port, request(6)), /Content-Length: 6\r\n\r\none tw$/);
    assertMatch(await exchange(port, request(99)), /Content-Length: 99\r\n\r\none two three$/);
    assertEquals(errors.map((error) => (error as Error).name), ["RangeError", "RangeError"]);
    const client = await connectRaw(port);
    await client.send(request(13) + request(13));
    assertMatch(await client.readUntil("three"), /Content-Length: 13\r\n\r\none two three/);
    client.close();
  });
});

Deno.test("serve() cancels the stream of a response to HEAD", async () => {
  const cancelled = Promise.withResolvers<void>();
  const endless = (): Response =>
    new Response(new ReadableStream({ cancel: () => cancelled.resolve() }), { headers: { "X-A": "1" } });
  await withFetch(endless, async (port) => {
    const head = await ask(port, "HEAD /");
    assertEquals([head.status, head.fields.get("x-a"), head.body], [200, ["1"], ""]);
    await cancelled.promise;
  });
});

// Which content of a Response goes out with its length, and which piece by piece.

import { assertEquals, assertMatch } from "@std/assert";
import { FastResponse } from "../../../../src/backend/fetch/response/fast_response.ts";
import { ask } from "../../../support/ask.ts";
import { streamOf, withFetch } from "../../../support/fetch_server.ts";
import { connectRaw, exchange } from "../../../support/loopback.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
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
  "a Blob of many parts": () => new Response(new Blob(Array.from({ length: 400 }, () => "part"))),
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

Deno.test("serve() streams a Blob that is too large to be gathered, with its right Content-Length", async () => {
  const respond = (): Response =>
    new Response(new Blob(["x", "x".repeat(17_000_000)]), { headers: { "Content-Length": "3" } });
  await withFetch(respond, async (port, errors) => {
    for (const method of ["GET", "HEAD"]) {
      const { headers, body } = await fetch(`http://127.0.0.1:${port}/`, { method });
      assertEquals(headers.get("content-length"), "17000001");
      let length = 0;
      for await (const piece of body ?? []) length += piece.length;
      assertEquals([length, errors], [method === "GET" ? 17_000_001 : 0, []]);
    }
  });
});

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

for (const [kind, respond] of Object.entries(KNOWN)) {
  if (kind.startsWith("a stream")) continue;
  Deno.test(`serve() corrects a Content-Length that does not match ${kind} (RFC 9110 §8.6)`, async () => {
    for (const length of ["1", "999999999"]) {
      const promise = (): Response => {
        const response = respond();
        response.headers.set("content-length", length);
        return response;
      };
      await withFetch(promise, async (port, errors) => {
        const got = await ask(port, "GET /");
        const size = String(encoder.encode(got.body).length);
        assertEquals(got.fields.get("content-length"), [size]);
        assertEquals((await ask(port, "HEAD /")).fields.get("content-length"), [size]);
        assertEquals(errors, []);
      });
    }
  });
}

Deno.test("serve() corrects the Content-Length of text that was cloned", async () => {
  const respond = (): Response => {
    const response = new Response("hello", { headers: { "Content-Length": "3" } });
    response.clone();
    return response;
  };
  await withFetch(respond, async (port) => {
    const { fields, body } = await ask(port, "GET /");
    assertEquals([fields.get("content-length"), body], [["5"], "hello"]);
  });
});

/** Streams of "one two three". */
const STREAMS: Readonly<Record<string, () => ReadableStream<Uint8Array>>> = {
  "one piece": () => streamOf("one two three"),
  "several pieces": () => streamOf("one ", "two ", "three"),
  "one long piece and another": () => streamOf("one two three", "x".repeat(20_000)),
};

for (const [kind, stream] of Object.entries(STREAMS)) {
  Deno.test(`serve() cuts a stream of ${kind} after the promised length (RFC 9112 §8)`, async () => {
    for (const Class of [Response, FastResponse]) {
      const respond = (): Response => new Class(stream(), { headers: { "Content-Length": "6" } }) as Response;
      await withFetch(respond, async (port, errors) => {
        assertMatch(await exchange(port, GET), /Content-Length: 6\r\n\r\none tw$/);
        assertEquals(errors.map((error) => (error as Error).name), ["RangeError"]);
        const head = await ask(port, "HEAD /");
        assertEquals([head.fields.get("content-length"), head.body], [["6"], ""]);
      });
    }
  });
}

for (const pieces of [[], ["one"], ["one", "two"]]) {
  Deno.test(`serve() cuts the connection if a stream of ${pieces.length} pieces is shorter than promised (RFC 9112 §8)`, async () => {
    const respond = (): Response =>
      new Response(streamOf(...pieces), { headers: { "Content-Length": "99" } });
    await withFetch(respond, async (port, errors) => {
      const sent = await exchange(port, GET);
      assertEquals(sent.endsWith(`Content-Length: 99\r\n\r\n${pieces.join("")}`), true);
      assertEquals(errors.map((error) => (error as Error).name), ["RangeError"]);
    });
  });
}

Deno.test("serve() keeps the connection if a stream is as long as promised", async () => {
  for (const stream of [() => streamOf("one two three"), () => streamOf("one ", "two ", "three")]) {
    const respond = (): Response => new Response(stream(), { headers: { "Content-Length": "13" } });
    await withFetch(respond, async (port) => {
      const client = await connectRaw(port);
      await client.send(GET + GET);
      for (let response = 0; response < 2; response++) {
        assertMatch(await client.readUntil("three"), /Content-Length: 13\r\n\r\none two three/);
      }
      client.close();
    });
  }
});

Deno.test("serve() heeds no Content-Length of a stream that is no number", async () => {
  const respond = (): Response => new Response(streamOf("one"), { headers: { "Content-Length": "+3" } });
  await withFetch(respond, async (port) => {
    assertEquals((await ask(port, "GET /")).body, "3\r\none\r\n0\r\n\r\n");
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

const CANCELS: Readonly<Record<string, () => Promise<void>>> = {
  fails: () => Promise.reject(new Error("cannot end")),
  "never ends": () => new Promise(() => {}),
};

for (const [kind, cancel] of Object.entries(CANCELS)) {
  Deno.test(`serve() ends the response to HEAD, and a stream that is too long, when cancel() ${kind}`, async () => {
    const pull = (controller: ReadableStreamDefaultController): void =>
      controller.enqueue(encoder.encode("one"));
    const respond = ({ method }: Request): Response => {
      const headers: HeadersInit = method === "GET" ? { "Content-Length": "4" } : {};
      return new Response(new ReadableStream({ pull, cancel }), { headers });
    };
    await withFetch(respond, async (port, errors) => {
      const sent = await exchange(port, `${GET.replace("GET", "HEAD")}${GET}`);
      assertMatch(sent, /chunked\r\n\r\nHTTP\/1.1 200 OK\r\n[^]*Content-Length: 4\r\n\r\noneo$/);
      assertEquals(errors.map((error) => (error as Error).name), ["RangeError"]);
    });
  });
}

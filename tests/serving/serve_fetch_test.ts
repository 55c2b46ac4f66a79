import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Hono } from "hono";
import { listen } from "../../src/net/listen.ts";
import { serve } from "../../src/serving/serve.ts";
import type { ServeOptions } from "../../src/serving/serve_options.ts";
import { ask } from "../support/ask.ts";
import { within } from "../support/deadline.ts";
import { connectRaw, exchange } from "../support/loopback.ts";

type Fetch = (request: Request) => Response | Promise<Response>;

async function withFetch(
  fetch: Fetch,
  test: (port: number, errors: unknown[]) => Promise<void>,
  options: ServeOptions = {},
): Promise<void> {
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const server = serve(await listen({ port: 0 }), { fetch }, { onError, ...options });
  try {
    await test(server.address.port, errors);
  } finally {
    await within(server.shutdown(), "the end of the server");
  }
}

Deno.test("serve() gives a web-standard handler the request as it was sent", async () => {
  const handler: Fetch = async (request) => {
    const { method, url } = request;
    return Response.json({ method, url, x: request.headers.get("x"), text: await request.text() });
  };
  await withFetch(handler, async (port) => {
    const response = await ask(port, "POST //a/b?c=%20d", { fields: "X: 1\r\nx: 2\r\n", content: "héllo" });
    assertEquals(response.status, 200);
    assertStringIncludes(response.fields.get("content-type")![0]!, "application/json");
    const text = response.fields.has("transfer-encoding") ? unchunk(response.body) : response.body;
    assertEquals(JSON.parse(text), {
      method: "POST",
      url: `http://127.0.0.1:${port}//a/b?c=%20d`,
      x: "1, 2",
      text: "héllo",
    });
  });
});

Deno.test("serve() sends web-standard responses: empty ones, several cookies, streams", async () => {
  const handler: Fetch = (request) => {
    switch (new URL(request.url).pathname) {
      case "/empty":
        return new Response(null, { status: 204 });
      case "/cookies": {
        const headers = new Headers();
        headers.append("Set-Cookie", "a=1");
        headers.append("Set-Cookie", "b=2");
        return new Response("", { headers });
      }
      case "/redirect":
        return Response.redirect(new URL("/empty", request.url), 303);
      default:
        return new Response(
          ReadableStream.from([new TextEncoder().encode("one "), new TextEncoder().encode("two")]),
        );
    }
  };
  await withFetch(handler, async (port) => {
    const empty = await ask(port, "GET /empty");
    assertEquals({
      status: empty.status,
      body: empty.body,
      hasContentLength: empty.fields.has("content-length"),
    }, { status: 204, body: "", hasContentLength: false });
    assertEquals((await ask(port, "GET /cookies")).fields.get("set-cookie"), ["a=1", "b=2"]);
    const redirect = await ask(port, "GET /redirect");
    assertEquals([redirect.status, redirect.fields.get("location")], [303, [
      `http://127.0.0.1:${port}/empty`,
    ]]);
    assertEquals(unchunk((await ask(port, "GET /stream")).body), "one two");
    assertEquals((await ask(port, "HEAD /stream")).body, "");
  });
});

Deno.test("serve() responds 500 when a web-standard handler throws, and goes on", async () => {
  const handler: Fetch = (request) => {
    if (request.url.endsWith("/throw")) throw new Error("secret");
    if (request.url.endsWith("/reject")) return Promise.reject(new Error("secret"));
    return request.url.endsWith("/error") ? Response.error() : new Response("fine");
  };
  await withFetch(handler, async (port) => {
    for (const target of ["/throw", "/reject", "/error"]) {
      const response = await ask(port, `GET ${target}`);
      assertEquals(response.status, 500, target);
      assertEquals(response.body.includes("secret"), false);
    }
    assertEquals((await ask(port, "GET /")).status, 200);
  });
});

Deno.test("serve() echoes a stream through a web-standard handler piece by piece", async () => {
  await withFetch((request) => new Response(request.body), async (port) => {
    const client = await connectRaw(port);
    await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nping\r\n");
    assertMatch(await client.readUntil("ping"), /\r\n4\r\nping/);
    await client.send("4\r\npong\r\n0\r\n\r\n");
    assertMatch(await client.readUntil("\r\n0\r\n\r\n"), /\r\n4\r\npong\r\n0\r\n\r\n$/);
    client.close();
  });
});

Deno.test("serve() passes a broken body on to a web-standard handler as an error", async () => {
  const broken = Promise.withResolvers<unknown>();
  const handler: Fetch = async (request) => {
    try {
      return new Response(await request.text());
    } catch (error) {
      broken.resolve(error);
      throw error;
    }
  };
  await withFetch(handler, async (port) => {
    const client = await connectRaw(port);
    await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
    await client.end();
    assertMatch(await client.readAll(), /^HTTP\/1\.1 400 /);
    client.close();
    assertEquals(await within(broken.promise, "the failure") instanceof Error, true);
  });
});

Deno.test("serve() runs an unchanged Hono application", async () => {
  const app = new Hono();
  app.get("/hello/:name", (context) => context.text(`hello ${context.req.param("name")}`));
  app.post("/json", async (context) => context.json(await context.req.json()));
  await withFetch((request) => app.fetch(request), async (port) => {
    const url = `http://127.0.0.1:${port}`;
    const hello = await fetch(`${url}/hello/world`);
    assertEquals([hello.status, await hello.text()], [200, "hello world"]);
    const json = await fetch(`${url}/json`, { method: "POST", body: '{"a":[1,2]}' });
    assertEquals(await json.json(), { a: [1, 2] });
    const missing = await fetch(`${url}/nowhere`);
    assertEquals([missing.status, await missing.text()], [404, "404 Not Found"]);
  });
});

Deno.test("serve() refuses malformed requests without calling a web-standard handler", async () => {
  let calls = 0;
  const handler: Fetch = () => {
    calls++;
    return new Response("");
  };
  await withFetch(handler, async (port) => {
    assertMatch(await exchange(port, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), /^HTTP\/1\.1 400 /);
    assertMatch(
      await exchange(port, "TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
      /^HTTP\/1\.1 501 /,
    );
    assertEquals(calls, 0);
  });
});

/** Joins the chunks of a body (RFC 9112 §7.1). */
function unchunk(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const pieces: string[] = [];
  for (let at = 0;;) {
    const lineEnd = bytes.indexOf(0x0d, at);
    const size = parseInt(new TextDecoder().decode(bytes.subarray(at, lineEnd)), 16);
    if (size === 0) return pieces.join("");
    pieces.push(new TextDecoder().decode(bytes.subarray(lineEnd + 2, lineEnd + 2 + size)));
    at = lineEnd + 2 + size + 2;
  }
}

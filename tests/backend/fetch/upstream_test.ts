// A handler that passes on the response of another server.

import { assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { ask } from "../../support/ask.ts";
import { withFetch } from "../../support/fetch_server.ts";

const TEXT = "hello from upstream ".repeat(1_000);
const GZIPPED = Uint8Array.from(gzipSync(TEXT));

const upstream = ({ url, method }: Request): Response => {
  const coding = new URL(url).pathname.slice(1);
  const headers = { "Content-Encoding": coding, "X-Upstream": "1", "Keep-Alive": "timeout=7" };
  if (method === "HEAD") return new Response(null, { headers: { ...headers, "Content-Length": "99" } });
  return new Response(coding === "gzip" ? GZIPPED : "as it is", { headers });
};

Deno.test("serve() passes on a response of fetch() whole, without the fields that no longer hold", async () => {
  await withFetch(upstream, async (upstreamPort) => {
    const proxy = (request: Request): Promise<Response> =>
      fetch(`http://127.0.0.1:${upstreamPort}${new URL(request.url).pathname}`, { method: request.method });
    await withFetch(proxy, async (port, errors) => {
      const got = await fetch(`http://127.0.0.1:${port}/gzip`);
      assertEquals(await got.text(), TEXT);
      assertEquals(got.headers.get("content-encoding"), null);
      assertEquals(got.headers.get("x-upstream"), "1");
      const raw = await ask(port, "GET /gzip");
      assertEquals({
        hasContentEncoding: raw.fields.has("content-encoding"),
        hasKeepAlive: raw.fields.has("keep-alive"),
      }, { hasContentEncoding: false, hasKeepAlive: false });
      const head = await ask(port, "HEAD /gzip");
      assertEquals({
        hasContentEncoding: head.fields.has("content-encoding"),
        contentLength: head.fields.get("content-length"),
      }, { hasContentEncoding: false, contentLength: undefined });
      const other = await ask(port, "GET /other");
      assertEquals(other.fields.get("content-encoding"), ["other"]);
      assertEquals(other.fields.get("content-length"), ["8"]);
      assertEquals(errors, []);
    });
  });
});

Deno.test("serve() keeps the coding that a handler has made itself", async () => {
  const respond = (): Response => new Response(GZIPPED, { headers: { "Content-Encoding": "gzip" } });
  await withFetch(respond, async (port) => {
    const got = await fetch(`http://127.0.0.1:${port}/`, { headers: { "Accept-Encoding": "gzip" } });
    assertEquals(await got.text(), TEXT);
    assertEquals((await ask(port, "GET /")).fields.get("content-encoding"), ["gzip"]);
  });
});

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { gzipSync } from "node:zlib";
import { trapPageFiles } from "../../../../src/servers/trap/page/page_files.ts";
import { pageRoutes } from "../../../../src/servers/trap/page/page_routes.ts";
import { createBackend } from "../../../../src/backend/handler.ts";
import { routes } from "../../../../src/backend/routes.ts";
import { listen } from "../../../../src/net/listen.ts";
import { serve } from "../../../../src/serving/serve.ts";
import { within } from "../../../support/deadline.ts";

const MAX_PACKED_BYTES = 60_000;
// Loaded only when content needs them.
const CONTENT_LIBRARIES = ["/page/xml.js", "/page/xml-parser-xo.js"];

async function withPage(test: (origin: string) => Promise<void>): Promise<void> {
  const server = serve(await listen({ port: 0 }), createBackend([], routes(pageRoutes({ trapPort: 4321 }))));
  try {
    await test(`http://127.0.0.1:${server.address.port}`);
  } finally {
    await server.shutdown();
  }
}

function get(url: string, options: RequestInit = {}): Promise<Response> {
  return within(fetch(url, options), url);
}

Deno.test("pageRoutes() serves the document and everything that it refers to, with their types", async () => {
  await withPage(async (origin) => {
    const response = await get(`${origin}/`);
    assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
    const document = await response.text();
    assertStringIncludes(document, '<meta name="trap-port" content="4321">');
    const paths = Array.from(document.matchAll(/(?:href|src)="([^"]+)"/g), ([, path]) => path!);
    assertEquals([...paths, ...CONTENT_LIBRARIES].sort(), [...trapPageFiles().keys()].sort());
    for (const path of paths) {
      const file = await get(origin + path);
      assertEquals(file.status, 200, path);
      assertMatch(file.headers.get("content-type")!, /^(text\/javascript|text\/css|image\/svg)/);
      assert((await file.text()).length > 100, path);
    }
  });
});

Deno.test("pageRoutes() lets nothing foreign run, load or embed it", async () => {
  await withPage(async (origin) => {
    for (const path of ["/", "/page/page.js"]) {
      const { headers, body } = await get(origin + path);
      await body?.cancel();
      const policy = headers.get("content-security-policy")!;
      for (
        const directive of [
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "connect-src 'self'",
          "img-src 'self' data:",
          "form-action 'none'",
          "base-uri 'none'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
        ]
      ) assert(policy.split("; ").includes(directive), directive);
      assertEquals(
        [
          "x-content-type-options",
          "referrer-policy",
          "cross-origin-resource-policy",
          "cross-origin-opener-policy",
        ]
          .map((name) => headers.get(name)),
        ["nosniff", "no-referrer", "same-origin", "same-origin"],
      );
    }
  });
});

Deno.test("pageRoutes() responds 304 if the browser has the file, and takes HEAD (RFC 9110 §13.1.2)", async () => {
  await withPage(async (origin) => {
    const url = `${origin}/page/page.css`;
    const head = await get(url, { method: "HEAD" });
    const tag = head.headers.get("etag")!;
    assertEquals([head.status, await head.text()], [200, ""]);
    for (const list of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
      assertEquals((await get(url, { headers: { "If-None-Match": list } })).status, 304, list);
    }
    const other = await get(url, { headers: { "If-None-Match": '"other"' } });
    assertEquals({ status: other.status, hasContent: (await other.text()).length > 0 }, {
      status: 200,
      hasContent: true,
    });
  });
});

Deno.test("the scripts and styles of the page are at most 60 KB after gzip", () => {
  const first = [...trapPageFiles()].filter(([path]) =>
    /\.(js|css)$/.test(path) && !CONTENT_LIBRARIES.includes(path)
  );
  const texts = first.map(([, { text }]) => text);
  const bytes = texts.map((text) => gzipSync(text).length).reduce((sum, size) => sum + size, 0);
  assert(bytes <= MAX_PACKED_BYTES, `${bytes} bytes`);
});

import { assert, assertEquals, assertFalse, assertNotEquals } from "@std/assert";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { test } from "./asked_folder.ts";
import { withFolder } from "./static_folder.ts";

const PRECOMPRESSED = {
  "app.js": "as it is",
  "app.js.br": "in br",
  "app.js.zst": "in zstd",
  "app.js.gz": "in gzip",
  "plain.txt": "alone",
  "dir/index.html": "index",
  "dir/index.html.gz": "index in gzip",
};

test("a precompressed neighbour is sent to those who take its coding, with a tag of its own", async (withFolder) => {
  await withFolder(PRECOMPRESSED, {}, async (folder) => {
    const tags = new Set<string>();
    const cases = [
      ["", "as it is", undefined],
      ["br", "in br", "br"],
      ["zstd, gzip", "in zstd", "zstd"],
      ["gzip", "in gzip", "gzip"],
      ["identity, br;q=0.5", "as it is", undefined],
    ] as const;
    for (const [accepted, text, coding] of cases) {
      const answer = await folder.get("GET /app.js", { "Accept-Encoding": accepted });
      assertEquals([answer.text, answer.headers.get("Content-Encoding")], [text, coding], accepted);
      assertEquals(answer.headers.get("Vary"), "Accept-Encoding");
      assertEquals(answer.headers.get("Content-Type"), "text/javascript");
      assertEquals(answer.headers.get("Content-Length"), String(text.length));
      const tag = answer.headers.get("ETag")!;
      assert(/^"/.test(tag), "the tag is strong");
      tags.add(tag);
      const conditional = { "Accept-Encoding": accepted, "If-None-Match": tag };
      const known = await folder.get("GET /app.js", conditional);
      assertEquals([known.status, known.headers.get("Vary")], [304, "Accept-Encoding"]);
    }
    assertEquals(tags.size, 4);
  });
});

test("ranges count in the coding that is sent (RFC 9110 §14.2)", async (withFolder) => {
  await withFolder(PRECOMPRESSED, {}, async (folder) => {
    const answer = await folder.get("GET /app.js", { "Accept-Encoding": "gzip", Range: "bytes=3-" });
    assertEquals([answer.status, answer.text], [206, "gzip"]);
    assertEquals(answer.headers.get("Content-Encoding"), "gzip");
    assertEquals(answer.headers.get("Content-Range"), "bytes 3-6/7");
  });
});

test("an index has neighbours too, and a compressed file can be asked for itself", async (withFolder) => {
  await withFolder(PRECOMPRESSED, {}, async (folder) => {
    const index = await folder.get("GET /dir/", { "Accept-Encoding": "gzip" });
    assertEquals([index.text, index.headers.get("Content-Type")], ["index in gzip", "text/html"]);
    const archive = await folder.get("GET /app.js.gz", { "Accept-Encoding": "gzip" });
    assertEquals(archive.headers.get("Content-Type"), "application/gzip");
    assertFalse(archive.headers.has("Content-Encoding"));
    assertFalse((await folder.get("GET /plain.txt")).headers.has("Vary"));
  });
});

Deno.test("a neighbour that comes or goes is noticed", async () => {
  await withFolder(PRECOMPRESSED, {}, async (folder) => {
    await folder.get("GET /plain.txt", { "Accept-Encoding": "br" });
    await folder.write("plain.txt.br", "compressed");
    folder.nowMs += 1_000;
    assertEquals((await folder.get("GET /plain.txt", { "Accept-Encoding": "br" })).text, "compressed");
    await Deno.remove(`${folder.path}/plain.txt.br`);
    folder.nowMs += 1_000;
    assertEquals((await folder.get("GET /plain.txt", { "Accept-Encoding": "br" })).text, "alone");
  });
});

const TEXT = "All work and no play makes a dull text. ".repeat(200);

Deno.test("--compress compresses text on the fly, and nothing else", async () => {
  const noise = crypto.getRandomValues(new Uint8Array(8_000));
  const files = {
    "a.txt": TEXT,
    "a.json": TEXT,
    "a.svg": TEXT,
    "short.txt": "short",
    "a.png": TEXT,
    "noise.txt": noise,
  };
  await withFolder(files, { compress: true }, async (folder) => {
    for (const path of ["/a.txt", "/a.json", "/a.svg"]) {
      const gzip = await folder.get(`GET ${path}`, { "Accept-Encoding": "gzip" });
      assertEquals(gzip.headers.get("Content-Encoding"), "gzip", path);
      assertEquals(gunzipSync(gzip.bytes).toString(), TEXT);
      assertEquals(gzip.headers.get("Content-Length"), String(gzip.bytes.length));
      const br = await folder.get(`GET ${path}`, { "Accept-Encoding": "gzip, br" });
      assertEquals(brotliDecompressSync(br.bytes).toString(), TEXT);
      const plain = await folder.get(`GET ${path}`);
      assertEquals([plain.text, plain.headers.get("Vary")], [TEXT, "Accept-Encoding"]);
      const tags = [gzip, br, plain].map(({ headers }) => headers.get("ETag"));
      assertEquals(new Set(tags).size, 3);
      const head = await folder.get(`HEAD ${path}`, { "Accept-Encoding": "gzip" });
      assertEquals([...head.headers], [...gzip.headers]);
    }
    for (const path of ["/short.txt", "/a.png", "/noise.txt"]) {
      const answer = await folder.get(`GET ${path}`, { "Accept-Encoding": "gzip, br" });
      assertFalse(answer.headers.has("Content-Encoding"), path);
      assertFalse(answer.headers.has("Vary"), path);
    }
  });
});

Deno.test("--compress follows a change, and prefers a neighbour that is there", async () => {
  await withFolder({ "a.txt": TEXT, "a.txt.gz": "by hand" }, { compress: true }, async (folder) => {
    assertEquals((await folder.get("GET /a.txt", { "Accept-Encoding": "gzip" })).text, "by hand");
    const old = await folder.get("GET /a.txt", { "Accept-Encoding": "br" });
    await folder.write("a.txt", TEXT.toUpperCase());
    folder.nowMs += 1_000;
    const changed = await folder.get("GET /a.txt", { "Accept-Encoding": "br" });
    assertEquals(brotliDecompressSync(changed.bytes).toString(), TEXT.toUpperCase());
    assertNotEquals(changed.headers.get("ETag"), old.headers.get("ETag"));
  });
});

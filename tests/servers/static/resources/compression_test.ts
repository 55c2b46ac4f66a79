import { assert, assertEquals, assertFalse, assertNotEquals, assertRejects } from "@std/assert";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { test } from "../asked_folder.ts";
import { compressPieces } from "../../../../src/servers/static/resources/compression.ts";
import { withFolder } from "../static_folder.ts";

const BY_HAND = Uint8Array.from([0x1f, 0x8b, ...new TextEncoder().encode("by hand")]);
const BY_HAND_TEXT = new TextDecoder().decode(BY_HAND);
const TEXT = "All work and no play makes a dull text. ".repeat(200);

Deno.test("several ranges are ignored if --compress or --header name a coding (RFC 9110 §14.6)", async () => {
  const Range = "bytes=0-1,-2";
  await withFolder({ "a.txt": TEXT }, { compress: true }, async (folder) => {
    const { status, bytes } = await folder.get("GET /a.txt", { "Accept-Encoding": "gzip", Range });
    assertEquals([status, gunzipSync(bytes).toString()], [200, TEXT]);
  });
  await withFolder({ "tile.pbf": "in gzip" }, {
    fields: [{ pattern: undefined, field: ["Content-Encoding", "gzip"] }],
  }, async (folder) => {
    assertEquals((await folder.get("GET /tile.pbf", { Range })).status, 200);
    assertEquals((await folder.get("GET /tile.pbf", { Range: "bytes=0-1" })).status, 206);
  });
});

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
      const response = await folder.get(`GET ${path}`, { "Accept-Encoding": "gzip, br" });
      assertFalse(response.headers.has("Content-Encoding"), path);
      assertFalse(response.headers.has("Vary"), path);
    }
  });
});

Deno.test("--compress follows a change, and prefers an existing neighbour", async () => {
  await withFolder(
    { "a.txt": TEXT, "a.txt.gz": BY_HAND },
    { compress: true, precompressed: true },
    async (folder) => {
      assertEquals((await folder.get("GET /a.txt", { "Accept-Encoding": "gzip" })).text, BY_HAND_TEXT);
      const old = await folder.get("GET /a.txt", { "Accept-Encoding": "br" });
      await folder.write("a.txt", TEXT.toUpperCase());
      folder.nowMs += 1_000;
      const changed = await folder.get("GET /a.txt", { "Accept-Encoding": "br" });
      assertEquals(brotliDecompressSync(changed.bytes).toString(), TEXT.toUpperCase());
      assertNotEquals(changed.headers.get("ETag"), old.headers.get("ETag"));
    },
  );
});

const LONG_TEXT = TEXT.repeat(400);

Deno.test("--compress compresses large texts while it sends them (RFC 9112 §6.3)", async () => {
  await withFolder({ "a.txt": LONG_TEXT }, { compress: true }, async (folder) => {
    const plain = await folder.get("GET /a.txt");
    assertEquals([plain.bytes.length, plain.headers.get("Vary")], [LONG_TEXT.length, "Accept-Encoding"]);
    const fields = { "Accept-Encoding": "br, gzip" };
    const gzip = await folder.get("GET /a.txt", fields);
    assertEquals(gzip.headers.get("Content-Encoding"), "gzip");
    assert(gunzipSync(gzip.bytes).equals(plain.bytes));
    // The length is unknown before all is sent, so there are no ranges.
    assertEquals([gzip.headers.get("Content-Length"), gzip.headers.get("Accept-Ranges")], [
      undefined,
      "none",
    ]);
    assertEquals((await folder.get("GET /a.txt", { ...fields, Range: "bytes=0-1" })).status, 200);
    const head = await folder.ask("HEAD /a.txt", fields);
    assertEquals([...head.headers], [...gzip.headers]);
    assert(typeof head.body === "object" && head.body !== null, "the framing of HEAD is that of GET");
    const tag = gzip.headers.get("ETag")!;
    assertNotEquals(tag, plain.headers.get("ETag"));
    assertEquals((await folder.get("GET /a.txt", { ...fields, "If-None-Match": tag })).status, 304);
    assertEquals((await folder.get("GET /a.txt", { "If-None-Match": tag })).status, 200);
  });
});

Deno.test("--compress sends large texts uncompressed while it is busy", async () => {
  await withFolder(
    { "a.txt": LONG_TEXT, "b.txt": LONG_TEXT, "b.txt.gz": BY_HAND },
    { compress: true, precompressed: true },
    async (folder) => {
      const fields = { "Accept-Encoding": "gzip" };
      const streams: AsyncIterator<Uint8Array>[] = [];
      const begin = async (): Promise<string | undefined> => {
        const { headers, body } = await folder.ask("GET /a.txt", fields);
        const pieces = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
        streams.push(pieces);
        await folder.pass(pieces.next());
        return headers.get("Content-Encoding");
      };
      for (let i = 0; i < 64; i++) assertEquals(await begin(), "gzip");
      assertEquals(await begin(), undefined);
      assertEquals((await folder.get("GET /b.txt", fields)).text, BY_HAND_TEXT);
      for (const pieces of streams) await pieces.return?.();
      assertEquals(await begin(), "gzip");
      await streams.at(-1)!.return?.();
    },
  );
});

Deno.test("--compress counts a stream from the response on: of many simultaneous requests, 64 get one", async () => {
  await withFolder({ "a.txt": LONG_TEXT }, { compress: true }, async (folder) => {
    const asked = Array.from({ length: 200 }, () => folder.ask("GET /a.txt", { "Accept-Encoding": "gzip" }));
    const responses = await Promise.all(asked);
    const coded = responses.filter(({ headers }) => headers.has("Content-Encoding"));
    assertEquals(coded.length, 64);
    const letGo = async (body: unknown): Promise<void> => {
      await (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]().return?.();
    };
    for (const { body } of coded) await letGo(body);
    const { headers, body } = await folder.ask("GET /a.txt", { "Accept-Encoding": "gzip" });
    assertEquals(headers.get("Content-Encoding"), "gzip");
    await letGo(body);
  });
});

test("--compress: fonts, wasm, SQL and playlists too", async (withFolder) => {
  const names = ["a.ttf", "a.otf", "a.wasm", "a.sql", "a.m3u8"];
  const files = Object.fromEntries(names.map((name) => [name, TEXT]));
  await withFolder({ ...files, "a.woff2": TEXT }, { compress: true }, async (folder) => {
    for (const name of [...names, "a.woff2"]) {
      const { headers } = await folder.get(`GET /${name}`, { "Accept-Encoding": "gzip" });
      assertEquals(headers.get("Content-Encoding"), name === "a.woff2" ? undefined : "gzip", name);
    }
  });
});

Deno.test("compressPieces() fails when its source does, and cancels it when it is left", async () => {
  let isLeft = false;
  async function* source(fails: boolean): AsyncGenerator<Uint8Array, void> {
    try {
      yield* Array.from({ length: 9 }, () => crypto.getRandomValues(new Uint8Array(65_536)));
      if (fails) throw new RangeError("the source is at fault");
    } finally {
      isLeft = true;
    }
  }
  await assertRejects(() => Array.fromAsync(compressPieces(source(true), "br")), RangeError, "at fault");
  isLeft = false;
  for await (const piece of compressPieces(source(false), "gzip")) {
    assert(piece.length > 0);
    break;
  }
  assert(isLeft);
});

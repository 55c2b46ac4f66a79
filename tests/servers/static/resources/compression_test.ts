import { assert, assertEquals, assertFalse, assertNotEquals, assertRejects } from "@std/assert";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { test } from "../asked_folder.ts";
import { compressPieces } from "../../../../src/servers/static/resources/compression.ts";
import { withFolder } from "../static_folder.ts";

// The beginning of each coding; the rest is made up for the test.
function startingWith(magic: readonly number[], text: string): Uint8Array {
  return Uint8Array.from([...magic, ...new TextEncoder().encode(text)]);
}

const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
const IN_GZIP = startingWith(GZIP, "in gzip");
const IN_ZSTD = startingWith(ZSTD, "in zstd");
const INDEX_IN_GZIP = startingWith(GZIP, "index in gzip");
const BY_HAND = startingWith(GZIP, "by hand");

/** The parts of a response that a test compares. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

const PRECOMPRESSED = {
  "app.js": "as it is",
  "app.js.br": "in br",
  "app.js.zst": IN_ZSTD,
  "app.js.gz": IN_GZIP,
  "plain.txt": "alone",
  "dir/index.html": "index",
  "dir/index.html.gz": INDEX_IN_GZIP,
};

test("a precompressed neighbour is sent to clients that take its coding, with a tag of its own", async (withFolder) => {
  await withFolder(PRECOMPRESSED, { precompressed: true }, async (folder) => {
    const tags = new Set<string>();
    const cases = [
      ["", "as it is", undefined],
      ["br", "in br", "br"],
      ["zstd, gzip", textOf(IN_ZSTD), "zstd"],
      ["gzip", textOf(IN_GZIP), "gzip"],
      ["identity, br;q=0.5", "as it is", undefined],
    ] as const;
    for (const [accepted, text, coding] of cases) {
      const response = await folder.get("GET /app.js", { "Accept-Encoding": accepted });
      assertEquals([response.text, response.headers.get("Content-Encoding")], [text, coding], accepted);
      assertEquals(response.headers.get("Vary"), "Accept-Encoding");
      assertEquals(response.headers.get("Content-Type"), "text/javascript");
      assertEquals(response.headers.get("Content-Length"), String(response.bytes.length));
      const tag = response.headers.get("ETag")!;
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
  await withFolder(PRECOMPRESSED, { precompressed: true }, async (folder) => {
    const response = await folder.get("GET /app.js", { "Accept-Encoding": "br", Range: "bytes=3-" });
    assertEquals([response.status, response.text], [206, "br"]);
    assertEquals(response.headers.get("Content-Encoding"), "br");
    assertEquals(response.headers.get("Content-Range"), "bytes 3-4/5");
  });
});

test("several ranges of coded content are ignored: their frame would not be in the coding (RFC 9110 §8.4, §14.6)", async (withFolder) => {
  await withFolder(PRECOMPRESSED, { precompressed: true }, async (folder) => {
    const whole = await folder.get("GET /app.js", { "Accept-Encoding": "br" });
    const fields = { "Accept-Encoding": "br", Range: "bytes=0-1,-2" };
    const response = await folder.get("GET /app.js", fields);
    assertEquals([response.status, response.text], [200, "in br"]);
    assertEquals([...response.headers].sort(), [...whole.headers].sort());
    // If only one part is left, it needs no frame.
    for (const Range of ["bytes=0-1,2-3,1-2", "bytes=0-3,100-"]) {
      const part = await folder.get("GET /app.js", { ...fields, Range });
      assertEquals([part.status, part.headers.get("Content-Range"), part.text], [206, "bytes 0-3/5", "in b"]);
    }
    assertEquals((await folder.get("GET /app.js", { ...fields, Range: "bytes=7-,8-" })).status, 416);
    assertEquals((await folder.get("GET /app.js", { Range: "bytes=0-1,-2" })).status, 206);
  });
});

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

test("an index has neighbours too, and a compressed file can be asked for itself", async (withFolder) => {
  await withFolder(PRECOMPRESSED, { precompressed: true }, async (folder) => {
    const index = await folder.get("GET /dir/", { "Accept-Encoding": "gzip" });
    assertEquals([index.text, index.headers.get("Content-Type")], [textOf(INDEX_IN_GZIP), "text/html"]);
    const archive = await folder.get("GET /app.js.gz", { "Accept-Encoding": "gzip" });
    assertEquals(archive.headers.get("Content-Type"), "application/gzip");
    assertFalse(archive.headers.has("Content-Encoding"));
    // A precompressed file has no neighbours of its own.
    assertEquals((await folder.get("GET /plain.txt")).headers.get("Vary"), "Accept-Encoding");
  });
});

// Neighbours of a.js that are passed over for the next coding.
const UNUSABLE: Readonly<Record<string, Uint8Array>> = {
  "a.js.gz": startingWith([0x50, 0x4b], "no gzip"),
  "b.js.gz": new Uint8Array(0),
  "c.js.zst": startingWith(GZIP, "no zstd"),
  "d.js.br": new Uint8Array(0),
};

test("a neighbour that is empty, or begins like another format, is passed over for the next coding", async (withFolder) => {
  const own = { "a.js": "own", "b.js": "own", "c.js": "own", "d.js": "own" };
  const others = { "a.js.zst": IN_ZSTD, "c.js.gz": IN_GZIP };
  await withFolder({ ...own, ...UNUSABLE, ...others }, { precompressed: true }, async (folder) => {
    const codingOf = async (path: string, accepted: string): Promise<string | undefined> => {
      const { headers } = await folder.get(`GET ${path}`, { "Accept-Encoding": accepted });
      return headers.get("Content-Encoding");
    };
    assertEquals(await codingOf("/a.js", "gzip"), undefined);
    assertEquals(await codingOf("/a.js", "gzip, zstd"), "zstd");
    assertEquals(await codingOf("/b.js", "gzip"), undefined);
    assertEquals(await codingOf("/c.js", "gzip, zstd"), "gzip");
    assertEquals(await codingOf("/d.js", "br"), undefined);
  });
});

test("a neighbour that is older than its file is passed over", async (withFolder) => {
  await withFolder({ "dump.sql": "old", "dump.sql.gz": IN_GZIP }, { precompressed: true }, async (folder) => {
    const fields = { "Accept-Encoding": "gzip" };
    assertEquals((await folder.get("GET /dump.sql", fields)).headers.get("Content-Encoding"), "gzip");
  });
  await withFolder({ "dump.sql.gz": IN_GZIP }, { precompressed: true }, async (folder) => {
    await folder.write("dump.sql", "newer");
    const { text, headers } = await folder.get("GET /dump.sql", { "Accept-Encoding": "gzip" });
    assertEquals([text, headers.get("Content-Encoding")], ["newer", undefined]);
  });
});

test("without --precompressed a neighbour is an ordinary file", async (withFolder) => {
  await withFolder(PRECOMPRESSED, {}, async (folder) => {
    const { text, headers } = await folder.get("GET /app.js", { "Accept-Encoding": "br, gzip" });
    assertEquals(
      { text, hasContentEncoding: headers.has("Content-Encoding"), hasVary: headers.has("Vary") },
      { text: "as it is", hasContentEncoding: false, hasVary: false },
    );
    assertEquals((await folder.get("GET /app.js.br")).text, "in br");
  });
});

Deno.test("a neighbour that comes or goes is noticed", async () => {
  await withFolder(PRECOMPRESSED, { precompressed: true }, async (folder) => {
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
      assertEquals((await folder.get("GET /a.txt", { "Accept-Encoding": "gzip" })).text, textOf(BY_HAND));
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
      assertEquals((await folder.get("GET /b.txt", fields)).text, textOf(BY_HAND));
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

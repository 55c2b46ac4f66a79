import { assert, assertEquals, assertFalse } from "@std/assert";
import { test } from "../asked_folder.ts";
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

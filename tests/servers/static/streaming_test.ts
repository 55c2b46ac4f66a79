import { assert, assertEquals, assertRejects } from "@std/assert";
import { open, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readBody, withFolder } from "./static_folder.ts";

// Larger than a file that is held in memory.
const SIZE = 3_000_000;
const LARGE = new Uint8Array(SIZE).map((_, i) => i % 251);

function piecesOf(body: unknown): AsyncIterator<Uint8Array> {
  return (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
}

Deno.test("a large file is streamed, whole and in parts", async () => {
  await withFolder({ "large.bin": LARGE }, {}, async (folder) => {
    const whole = await folder.get("GET /large.bin");
    assertEquals(whole.headers.get("Content-Length"), String(SIZE));
    assertEquals(whole.bytes, LARGE);
    const part = await folder.get("GET /large.bin", { Range: "bytes=999999-2000000" });
    assertEquals([part.status, part.headers.get("Content-Range")], [206, `bytes 999999-2000000/${SIZE}`]);
    assertEquals(part.bytes, LARGE.subarray(999_999, 2_000_001));
    const parts = await folder.get("GET /large.bin", { Range: "bytes=0-9,-10" });
    assertEquals(parts.headers.get("Content-Length"), String(parts.bytes.length));
    const empty = await folder.get("HEAD /large.bin");
    assertEquals([...empty.headers], [...whole.headers]);
    const tag = whole.headers.get("ETag")!;
    assertEquals((await folder.get("GET /large.bin", { "If-None-Match": tag })).status, 304);
  });
});

Deno.test("a file of 1 MB is in memory and sent in pieces, as often as it is asked for", async () => {
  const content = LARGE.subarray(0, 1_000_000);
  await withFolder({ "a.bin": content }, {}, async (folder) => {
    await folder.get("GET /a.bin");
    const response = folder.ask("GET /a.bin");
    if (response instanceof Promise) throw new Error("the file was looked at again");
    const pieces = await Promise.all([readBody(response.body), readBody(response.body)]);
    assertEquals(pieces, [content, content]);
    assertEquals(response.headers.get("Content-Length"), "1000000");
    assertEquals((await folder.get("GET /a.bin", { Range: "bytes=-7" })).bytes, content.subarray(-7));
  });
});

Deno.test("a stream that is left before or in the middle leaves no file open", async () => {
  await withFolder({ "large.bin": LARGE }, {}, async (folder) => {
    const unread = await folder.ask("GET /large.bin");
    await piecesOf(unread.body).return?.();
    const left = piecesOf((await folder.ask("GET /large.bin")).body);
    await left.next();
    await left.return?.();
    assertEquals((await left.next()).done, true);
  });
});

Deno.test("a file that is rewritten in place while it is sent breaks off the stream", async () => {
  await withFolder({ "large.bin": LARGE }, {}, async (folder) => {
    for (const Range of ["", "bytes=0-2999999", "bytes=0-9,100-2000000"]) {
      const { body } = await folder.ask("GET /large.bin", Range === "" ? {} : { Range });
      const pieces = piecesOf(body);
      await pieces.next();
      await folder.write("large.bin", LARGE.toReversed());
      await assertRejects(
        async () => {
          while (!(await pieces.next()).done);
        },
        RangeError,
        "written anew",
        Range,
      );
      folder.nowMs += 1_000;
    }
  });
});

Deno.test("a file that shrinks while it is sent breaks off the stream", async () => {
  await withFolder({ "large.bin": LARGE }, {}, async (folder) => {
    const { body } = await folder.ask("GET /large.bin");
    const pieces = piecesOf(body);
    await pieces.next();
    await truncate(join(folder.path, "large.bin"), 1_000);
    await assertRejects(async () => {
      while ((await pieces.next()).done !== true);
    }, RangeError);
  });
});

Deno.test("a file that grows while it is sent gives exactly the promised bytes", async () => {
  await withFolder({ "large.bin": LARGE }, {}, async (folder) => {
    const { body } = await folder.ask("GET /large.bin");
    const pieces = piecesOf(body);
    let length = (await pieces.next()).value.length;
    await writeFile(join(folder.path, "large.bin"), LARGE, { flag: "a" });
    for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next()) {
      length += piece.value.length;
    }
    assertEquals(length, SIZE);
  });
});

Deno.test("a file that grows between head and content gives exactly the promised bytes (RFC 9112 §6.3)", async () => {
  await withFolder({ "log.txt": LARGE }, { compress: true }, async (folder) => {
    const whole = await folder.ask("GET /log.txt");
    const end = await folder.ask("GET /log.txt", { Range: "bytes=-10" });
    const compressed = await folder.ask("GET /log.txt", { "Accept-Encoding": "gzip" });
    await writeFile(join(folder.path, "log.txt"), "one line more", { flag: "a" });
    assertEquals(whole.headers.get("Content-Length"), String(SIZE));
    assertEquals(await readBody(whole.body), LARGE);
    assertEquals(await readBody(end.body), LARGE.subarray(-10));
    assertEquals(new Uint8Array(gunzipSync(await readBody(compressed.body))), LARGE);
    assertEquals((await folder.get("GET /log.txt")).bytes.length, SIZE + 13);
  });
});

Deno.test("a file that vanishes, shrinks or is replaced between head and content breaks off the stream", async () => {
  await withFolder({ "a.bin": LARGE, "b.bin": LARGE, "c.bin": LARGE, "d.bin": LARGE }, {}, async (folder) => {
    const vanishing = await folder.ask("GET /a.bin");
    await rm(join(folder.path, "a.bin"));
    await assertRejects(() => readBody(vanishing.body), RangeError, "gone");
    const shrinking = await folder.ask("GET /b.bin", { Range: "bytes=0-0" });
    await truncate(join(folder.path, "b.bin"), SIZE - 1);
    await assertRejects(() => readBody(shrinking.body), RangeError, "changed");
    const replaced = await folder.ask("GET /c.bin");
    await rename(join(folder.path, "d.bin"), join(folder.path, "c.bin"));
    await assertRejects(() => readBody(replaced.body), RangeError, "changed");
  });
});

Deno.test("a file that vanishes while it is sent is sent to its end", async () => {
  await withFolder({ "large.bin": LARGE }, {}, async (folder) => {
    const { body } = await folder.ask("GET /large.bin");
    const pieces = piecesOf(body);
    let length = (await pieces.next()).value.length;
    await rm(join(folder.path, "large.bin"));
    for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next()) {
      length += piece.value.length;
    }
    assertEquals(length, SIZE);
  });
});

Deno.test("a thousand clients that read nothing hold one open file and less than 16 MiB of buffers", async () => {
  await withFolder({ "large.bin": LARGE }, {}, async (folder) => {
    const streams: AsyncIterator<Uint8Array>[] = [];
    const buffers = new Set<ArrayBufferLike>();
    try {
      const firsts: Promise<void>[] = [];
      for (let i = 0; i < 1_000; i++) {
        const pieces = piecesOf((await folder.ask("GET /large.bin")).body);
        streams.push(pieces);
        firsts.push(pieces.next().then(({ value }) => void buffers.add(value.buffer)));
      }
      await folder.pass(Promise.all(firsts));
      const held = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
      assert(held < 16 * 2 ** 20, `held ${held} bytes`);
    } finally {
      for (const pieces of streams) await pieces.return?.();
    }
  });
});

Deno.test("rewriting a large file in place, with the same size and in quick succession, changes its tag", async () => {
  await withFolder({ "large.bin": LARGE }, {}, async (folder) => {
    const file = await open(join(folder.path, "large.bin"), "r+");
    const tags = new Set<string>();
    try {
      for (let i = 0; i < 10; i++) {
        await file.write(Uint8Array.of(i), 0, 1, 1_000_000);
        folder.nowMs = Date.now();
        tags.add((await folder.get("HEAD /large.bin")).headers.get("ETag")!);
      }
    } finally {
      await file.close();
    }
    assertEquals(tags.size, 10);
  });
});

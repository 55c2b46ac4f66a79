import { assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { CHANGED_AT_MS, withFolder } from "./static_folder.ts";

Deno.test("a file in memory is served at once, and checked again after a second", async () => {
  await withFolder({ "a.txt": "old" }, {}, async (folder) => {
    await folder.get("GET /a.txt");
    const hit = folder.ask("GET /a.txt");
    assertEquals(hit instanceof Promise, false);
    assertStrictEquals(folder.ask("GET /a.txt"), hit);
    folder.nowMs += 999;
    assertStrictEquals(folder.ask("GET /a.txt"), hit);
    folder.nowMs += 1;
    assertStrictEquals(await folder.ask("GET /a.txt"), hit);
    assertStrictEquals(folder.ask("GET /a.txt"), hit);
  });
});

Deno.test("a change of a file shows within a second", async () => {
  await withFolder({ "a.txt": "old" }, {}, async (folder) => {
    const old = await folder.get("GET /a.txt");
    await folder.write("a.txt", "newer");
    folder.nowMs += 1_000;
    const changed = await folder.get("GET /a.txt");
    assertEquals(changed.text, "newer");
    assertNotEquals(changed.headers.get("ETag"), old.headers.get("ETag"));
    await rm(join(folder.path, "a.txt"));
    folder.nowMs += 1_000;
    assertEquals((await folder.get("GET /a.txt")).status, 404);
  });
});

Deno.test("a clock that is set back makes nothing fresh", async () => {
  await withFolder({ "a.txt": "old" }, {}, async (folder) => {
    await folder.get("GET /a.txt");
    await folder.write("a.txt", "new");
    folder.nowMs -= 5_000;
    assertEquals((await folder.get("GET /a.txt")).text, "new");
  });
});

Deno.test("changes of the same size within the same tick of the clock are seen", async () => {
  await withFolder({ "a.txt": "0000" }, {}, async (folder) => {
    const startedAtMs = Date.now();
    const tags = new Set<string>();
    for (let i = 0; i < 20; i++) {
      await folder.write("a.txt", `000${i.toString(36)}`);
      // Each time the clock goes back, the file is checked, and no change counts as old.
      folder.nowMs = startedAtMs - i;
      const response = await folder.get("GET /a.txt");
      assertEquals(response.text, `000${i.toString(36)}`);
      tags.add(response.headers.get("ETag")!);
      // Now the file looks exactly as before the change.
      await utimes(join(folder.path, "a.txt"), CHANGED_AT_MS / 1_000, CHANGED_AT_MS / 1_000);
    }
    assertEquals(tags.size, 20);
  });
});

Deno.test("a replaced file is noticed, also with the same size and time", async () => {
  await withFolder({ "a.txt": "old", "b.txt": "new" }, {}, async (folder) => {
    await folder.get("GET /a.txt");
    await rename(join(folder.path, "b.txt"), join(folder.path, "a.txt"));
    folder.nowMs += 1_000;
    assertEquals((await folder.get("GET /a.txt")).text, "new");
  });
});

Deno.test("many requests for a file at once check it once, and all get it", async () => {
  await withFolder({ "a.txt": "text" }, {}, async (folder) => {
    const responses = await Promise.all(Array.from({ length: 100 }, () => folder.ask("GET /a.txt")));
    assertEquals(new Set(responses).size, 1);
  });
});

Deno.test("Last-Modified never lies in the future (RFC 9110 §8.8.2.1)", async () => {
  await withFolder({ "a.txt": "text" }, {}, async (folder) => {
    await utimes(join(folder.path, "a.txt"), folder.nowMs / 1_000 + 5_000, folder.nowMs / 1_000 + 5_000);
    const { headers } = await folder.get("GET /a.txt");
    assertEquals(Date.parse(headers.get("Last-Modified")!), Math.floor(folder.nowMs / 1_000) * 1_000);
  });
});

import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { constants } from "node:fs";
import { join } from "node:path";
import { digestOf, digestOfFile } from "../../../../src/servers/static/disk/digest.ts";
import { OpenFile } from "../../../../src/servers/static/disk/open_file.ts";
import { withFolder } from "../static_folder.ts";

Deno.test("digestOf() differs with every byte", async () => {
  const digest = await digestOf(new TextEncoder().encode("hello"));
  assertMatch(digest, /^[\w-]{22}$/);
  assertNotEquals(digest, await digestOf(new TextEncoder().encode("hellp")));
});

Deno.test("digestOfFile() gives the same in pieces as digestOf() at once", async () => {
  const content = new Uint8Array(700_000).map((_, i) => i % 251);
  await withFolder({ "a.bin": content }, {}, async ({ path }) => {
    const file = await OpenFile.open(join(path, "a.bin"), constants.O_RDONLY);
    try {
      assertEquals(await digestOfFile(file), await digestOf(content));
      await Deno.writeFile(join(path, "a.bin"), content, { append: true });
      assertEquals(await digestOfFile(file), await digestOf(content), "later bytes do not count");
      await Deno.truncate(join(path, "a.bin"), 5);
      assertEquals(await digestOfFile(file), await digestOf(content.slice(0, 5)));
    } finally {
      await file.close();
    }
  });
});

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { rename, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DocumentRoot } from "../../../../src/servers/static/disk/document_root.ts";
import { type PromisedFile, SharedFiles } from "../../../../src/servers/static/disk/shared_files.ts";
import { withFolder } from "../static_folder.ts";

async function withFiles(
  body: (files: SharedFiles, promised: PromisedFile, folder: string) => Promise<void>,
): Promise<void> {
  await withFolder({ "a.bin": "first", "b.bin": "other" }, {}, async ({ path }) => {
    const root = new DocumentRoot({ path, symlinks: "inside", dotfiles: "deny", now: Date.now });
    const located = await root.locate(["a.bin"]);
    if (located.kind !== "file") throw new Error("the file is not there");
    const files = new SharedFiles(root);
    await body(files, located, path);
    assertEquals(files.size, 0);
  });
}

Deno.test("SharedFiles opens a file once for all of its readers", async () => {
  await withFiles(async (files, promised) => {
    const [one, two] = await Promise.all([files.join(promised), files.join(promised)]);
    assertStrictEquals(one.file, two.file);
    assertEquals(files.size, 1);
    await one.leave();
    assertEquals(await two.file.read(new Uint8Array(9), 0), 5);
    await two.leave();
  });
});

Deno.test("SharedFiles gives each reader the version that was promised", async () => {
  await withFiles(async (files, promised, folder) => {
    const old = await files.join(promised);
    await rename(join(folder, "b.bin"), join(folder, "a.bin"));
    const stamp = { ...promised.stamp, ino: (await Deno.stat(promised.path)).ino! };
    const newer = await files.join({ ...promised, stamp });
    const [first, other] = await Promise.all([old, newer].map(async ({ file }) => {
      const buffer = new Uint8Array(5);
      await file.read(buffer, 0);
      return new TextDecoder().decode(buffer);
    }));
    assertEquals([first, other], ["first", "other"]);
    await Promise.all([old.leave(), newer.leave()]);
  });
});

Deno.test("SharedFiles gives a file that has grown, also to a reader that joins others", async () => {
  await withFiles(async (files, promised, folder) => {
    await writeFile(join(folder, "a.bin"), "first, and more");
    const reader = await files.join(promised);
    await writeFile(join(folder, "a.bin"), "first, and still more");
    const other = await files.join(promised);
    assertStrictEquals(reader.file, other.file);
    await Promise.all([reader.leave(), other.leave()]);
  });
});

Deno.test("SharedFiles fails for a file that was rewritten in place with the same size", async () => {
  await withFiles(async (files, promised) => {
    const { size, mtimeMs } = promised.stamp;
    await writeFile(promised.path, "x".repeat(size));
    await utimes(promised.path, mtimeMs / 1_000 + 5, mtimeMs / 1_000 + 5);
    await assertRejects(() => files.join(promised), RangeError, "changed");
  });
});

Deno.test("SharedFiles fails for a file that is shorter, replaced or gone, also while others read it", async () => {
  await withFiles(async (files, promised, folder) => {
    const reader = await files.join(promised);
    await writeFile(join(folder, "a.bin"), "less");
    await assertRejects(() => files.join(promised), RangeError, "changed");
    await reader.leave();
    await rename(join(folder, "b.bin"), join(folder, "a.bin"));
    await assertRejects(() => files.join(promised), RangeError, "changed");
    await Deno.remove(join(folder, "a.bin"));
    const attempts = [files.join(promised), files.join(promised)];
    for (const attempt of attempts) await assertRejects(() => attempt, RangeError, "is gone");
  });
});

import { assertEquals, assertRejects } from "@std/assert";
import { chmod, symlink } from "node:fs/promises";
import { join } from "node:path";
import { HttpError } from "../../../src/http/errors.ts";
import { DocumentRoot } from "../../../src/servers/static/document_root.ts";
import { withFolder } from "./static_folder.ts";

const FILES = { "a.txt": "text", "dir/b.txt": "text", "../outside.txt": "outside" };

Deno.test("DocumentRoot.locate() tells files, directories and what is missing or hidden apart", async () => {
  await withFolder(FILES, {}, async ({ path }) => {
    const root = new DocumentRoot({ path, symlinks: "inside", dotfiles: "deny" });
    const file = await root.locate(["a.txt"]);
    assertEquals(file.kind === "file" ? [file.path, file.stamp.size] : [], [
      await Deno.realPath(join(path, "a.txt")),
      4,
    ]);
    assertEquals((await root.locate(["dir"])).kind, "directory");
    assertEquals((await root.locate([])).kind, "directory");
    assertEquals(await root.locate(["nothing"]), { kind: "missing", isHidden: false });
    assertEquals(await root.locate([".git", "config"]), { kind: "missing", isHidden: true });
  });
});

Deno.test("DocumentRoot.open() follows no link that took the place of a file", async () => {
  await withFolder(FILES, {}, async ({ path }) => {
    const root = new DocumentRoot({ path, symlinks: "inside", dotfiles: "deny" });
    const located = await root.locate(["a.txt"]);
    assertEquals(located.kind, "file");
    await Deno.remove(join(path, "a.txt"));
    await symlink("../outside.txt", join(path, "a.txt"));
    const error = await assertRejects(() => root.open(join(path, "a.txt")), HttpError);
    assertEquals((error as HttpError).status, 404);
    await assertRejects(() => root.open(join(path, "dir")), HttpError, "no file any more");
  });
});

Deno.test({
  name: "files and folders that may not be read are 403",
  // Nothing is unreadable to the administrator, and modes mean nothing on Windows.
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
  fn: async () => {
    const large = new Uint8Array(3_000_000);
    await withFolder({ ...FILES, "large.bin": large }, { listing: true }, async (folder) => {
      for (const name of ["a.txt", "large.bin", "dir"]) await chmod(join(folder.path, name), 0);
      for (const path of ["/a.txt", "/large.bin", "/dir/b.txt", "/dir/"]) {
        assertEquals((await folder.get(`GET ${path}`)).status, 403, path);
        assertEquals((await folder.get(`HEAD ${path}`)).status, 403, path);
      }
      // What may be entered but not listed.
      await chmod(join(folder.path, "dir"), 0o100);
      assertEquals((await folder.get("GET /dir/")).status, 403);
      await chmod(join(folder.path, "dir"), 0o700);
    });
  },
});

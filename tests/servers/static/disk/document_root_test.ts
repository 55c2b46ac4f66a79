import { assert, assertEquals, assertFalse, assertMatch, assertRejects } from "@std/assert";
import { chmod, symlink } from "node:fs/promises";
import { join } from "node:path";
import { HttpError } from "../../../../src/http/errors.ts";
import { DocumentRoot } from "../../../../src/servers/static/disk/document_root.ts";
import { withFolder } from "../static_folder.ts";

const FILES = { "a.txt": "text", "dir/b.txt": "text", "../outside.txt": "outside" };

Deno.test("DocumentRoot.locate() tells apart files, directories, and missing or hidden paths", async () => {
  await withFolder(FILES, {}, async ({ path }) => {
    const root = new DocumentRoot({ path, symlinks: "inside", dotfiles: "deny", now: Date.now });
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

Deno.test("DocumentRoot.open() follows no link that replaced a file", async () => {
  await withFolder(FILES, {}, async ({ path }) => {
    const root = new DocumentRoot({ path, symlinks: "inside", dotfiles: "deny", now: Date.now });
    const located = await root.locate(["a.txt"]);
    assertEquals(located.kind, "file");
    await Deno.remove(join(path, "a.txt"));
    await symlink("../outside.txt", join(path, "a.txt"));
    assertEquals(await root.open(join(path, "a.txt")), undefined);
    await assertRejects(() => root.open(join(path, "dir")), HttpError, "no file any more");
  });
});

Deno.test("DocumentRoot.open() refuses a file behind a link that replaced a directory", async () => {
  const files = { "dir/b.txt": "inside", "../other/b.txt": "outside" };
  for (const symlinks of ["inside", "deny", "follow"] as const) {
    await withFolder(files, {}, async ({ path }) => {
      const root = new DocumentRoot({ path, symlinks, dotfiles: "deny", now: Date.now });
      const located = await root.locate(["dir", "b.txt"]);
      if (located.kind !== "file") throw new Error("the file is not there");
      await Deno.rename(join(path, "dir"), join(path, "moved"));
      await symlink("../other", join(path, "dir"));
      if (symlinks === "follow") await (await root.open(located.path))?.close();
      else await assertRejects(() => root.open(located.path), HttpError, "a link has come in its way");
    });
  }
});

Deno.test("a file that is constantly replaced is served whole, in one of its versions, or not at all", async () => {
  await withFolder({ "a.txt": "0".repeat(1_000) }, {}, async (folder) => {
    let isReplacing = true;
    const replacing = (async (): Promise<void> => {
      for (let i = 0; isReplacing; i++) {
        await folder.write("next.txt", String(i % 10).repeat(1_000));
        await Deno.rename(join(folder.path, "next.txt"), join(folder.path, "a.txt"));
      }
    })();
    try {
      let served = 0;
      for (let round = 0; round < 50 || (served === 0 && round < 5_000); round++) {
        folder.nowMs += 1_000;
        const { status, text } = await folder.get("GET /a.txt");
        // 503 if each look found a different file.
        if (status === 503) continue;
        assertMatch(`${status} ${text}`, /^200 (\d)\1{999}$/);
        served++;
      }
      assert(served > 0);
    } finally {
      isReplacing = false;
      await replacing;
    }
  });
});

// A program constantly swaps a directory with a link that leads out, while the files below it are requested.
const SWAPPING = `import ctypes, sys
libc = ctypes.CDLL(None)
inside, link = (argument.encode() for argument in sys.argv[1:])
print("swapping", flush=True)
while True: libc.renameat2(-100, inside, -100, link, 2)
`;

Deno.test({
  name: "nothing outside of the root is sent while a directory is constantly swapped with a link",
  ignore: !await canSwap(),
  fn: async () => {
    const large = new Uint8Array(3_000_000).fill(0x69);
    const files = { "dir/a.txt": "inside", "dir/large": large, "../other/a.txt": "outside" };
    await withFolder(files, {}, async (folder) => {
      await Deno.writeFile(join(folder.path, "..", "other", "large"), large.map(() => 0x6f));
      await symlink("../other", join(folder.path, "link"));
      const swapping = startSwapping(join(folder.path, "dir"), join(folder.path, "link"));
      try {
        await swapping.started;
        const statuses = new Set<number>();
        for (let round = 0; round < 60; round++) {
          folder.nowMs += 1_000;
          for (const path of ["/dir/a.txt", "/link/a.txt", "/dir/large"]) {
            // A large file that is swapped after its head breaks off.
            const response = await folder.get(`GET ${path}`).catch(() => undefined);
            if (response === undefined) continue;
            statuses.add(response.status);
            assertFalse(/^o/.test(response.text), path);
          }
        }
        // 503 if it was swapped at each look.
        // Chance decides which of them a request meets. None of the three is ever a file outside.
        assert(statuses.size > 0 && statuses.isSubsetOf(new Set([200, 403, 503])), `${[...statuses]}`);
      } finally {
        await swapping.stop();
      }
    });
  },
});

async function canSwap(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  const code = "import ctypes; ctypes.CDLL(None).renameat2";
  const found = await new Deno.Command("python3", { args: ["-c", code], stderr: "null" }).output()
    .catch(() => undefined);
  return found?.success === true;
}

function startSwapping(
  inside: string,
  link: string,
): { readonly started: Promise<unknown>; stop(): Promise<void> } {
  const args = ["-c", SWAPPING, inside, link];
  const child = new Deno.Command("python3", { args, stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  return {
    started: reader.read(),
    async stop(): Promise<void> {
      child.kill("SIGKILL");
      await reader.cancel();
      await child.status;
    },
  };
}

Deno.test({
  name: "files and folders that may not be read are 403",
  // The administrator can read everything, and modes mean nothing on Windows.
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
  fn: async () => {
    const large = new Uint8Array(3_000_000);
    const files = { ...FILES, "large.bin": large, "plain.txt": "plain", "plain.txt.gz": "unreadable" };
    await withFolder(files, { listing: true }, async (folder) => {
      const closed = ["a.txt", "large.bin", "dir", "plain.txt.gz"];
      for (const name of closed) await chmod(join(folder.path, name), 0);
      const plain = await folder.get("GET /plain.txt", { "Accept-Encoding": "gzip" });
      assertEquals({ text: plain.text, hasVary: plain.headers.has("Vary") }, {
        text: "plain",
        hasVary: false,
      });
      for (const path of ["/a.txt", "/large.bin", "/dir/b.txt", "/dir/"]) {
        assertEquals((await folder.get(`GET ${path}`)).status, 403, path);
        assertEquals((await folder.get(`HEAD ${path}`)).status, 403, path);
      }
      // A folder that may be entered but not listed.
      await chmod(join(folder.path, "dir"), 0o100);
      assertEquals((await folder.get("GET /dir/")).status, 403);
      await chmod(join(folder.path, "dir"), 0o700);
    });
  },
});

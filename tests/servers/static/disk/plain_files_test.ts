import { assert, assertEquals } from "@std/assert";
import { rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { DocumentRoot } from "../../../../src/servers/static/disk/document_root.ts";
import { type FileCalls, SYSTEM_FILE_CALLS } from "../../../../src/servers/static/disk/file_calls.ts";
import { PlainFiles } from "../../../../src/servers/static/disk/plain_files.ts";
import { withFolder } from "../static_folder.ts";

const FILES = {
  "a.txt": "top",
  "dir/b.txt": "inside",
  "one/two/three/c.txt": "deep",
  ".env": "secret",
  "../other/b.txt": "outside",
};

interface Watched {
  readonly plain: PlainFiles;
  readonly root: DocumentRoot;
  readonly path: string;
  /** The names of the calls since the last time. */
  readonly takeCalls: () => string[];
}

// One kernel tells where an open file lies, one does not: Deno with --allow-read alone may not ask.
const KERNELS = Deno.build.os === "linux" ? [true, false] : [false];

async function withPlainFiles(
  asksKernel: boolean,
  body: (watched: Watched) => Promise<void>,
  before: (way: string) => void = () => {},
): Promise<void> {
  await withFolder(FILES, {}, async ({ path }) => {
    const later = (): number => Date.now() + 86_400_000;
    const root = new DocumentRoot({ path, symlinks: "inside", dotfiles: "deny", now: later });
    const calls: string[] = [];
    const watch =
      <Args extends unknown[], T>(name: string, call: (...args: Args) => T) => (...args: Args): T => {
        calls.push(name);
        if (name === "open") before(String(args[0]));
        return call(...args);
      };
    const watched: FileCalls = {
      lstat: watch("lstat", SYSTEM_FILE_CALLS.lstat),
      open: watch("open", SYSTEM_FILE_CALLS.open),
      read: watch("read", SYSTEM_FILE_CALLS.read),
      close: watch("close", SYSTEM_FILE_CALLS.close),
      readLink: watch("readLink", (link) => {
        if (asksKernel) return SYSTEM_FILE_CALLS.readLink(link);
        throw new Error("not allowed");
      }),
    };
    const plain = new PlainFiles({ root, maxBytes: 100, now: later, calls: watched });
    await root.locate([], 0);
    if (!asksKernel) plain.read(["a.txt"], 0);
    calls.length = 0;
    await body({ plain, root, path, takeCalls: () => calls.splice(0) });
  });
}

function textOf(plain: PlainFiles, ...segments: readonly string[]): string | undefined {
  const file = plain.read(segments, 0);
  return file === undefined ? undefined : new TextDecoder().decode(file.bytes);
}

for (const asksKernel of KERNELS) {
  const where = asksKernel ? "asks the kernel" : "looks at folders";

  Deno.test(`PlainFiles.read() makes at most 8 calls for a cold file: ${where}`, async () => {
    await withPlainFiles(asksKernel, async ({ plain, takeCalls }) => {
      const guards = asksKernel ? ["readLink"] : ["lstat"];
      assertEquals(textOf(plain, "a.txt"), "top");
      assertEquals(takeCalls(), ["lstat", "open", ...guards.slice(asksKernel ? 0 : 1), "read", "close"]);
      assertEquals(textOf(plain, "dir", "b.txt"), "inside");
      assertEquals(takeCalls(), ["lstat", "open", ...guards, "read", "close"]);
      assertEquals(textOf(plain, "one", "two", "three", "c.txt"), "deep");
      assert(takeCalls().length <= 8);
      await Promise.resolve();
    });
  });

  Deno.test(`PlainFiles.read() reads nothing through a link, and nothing hidden: ${where}`, async () => {
    await withPlainFiles(asksKernel, async ({ plain, path }) => {
      await symlink("a.txt", join(path, "link.txt"));
      await symlink("../other", join(path, "leaving"));
      await symlink("dir", join(path, "linked"));
      for (
        const way of [["link.txt"], ["leaving", "b.txt"], ["linked", "b.txt"], [".env"], ["dir"], ["no"]]
      ) {
        assertEquals(plain.read(way, 0), undefined, way.join("/"));
        assertEquals(plain.look(way, 0), undefined, way.join("/"));
      }
      assertEquals(plain.read([], 0), undefined);
    });
  });

  Deno.test(`PlainFiles.read() reads nothing from a folder that is swapped before the open: ${where}`, async () => {
    let swap: ((way: string) => void) | undefined;
    const before = (way: string): void => swap?.(way);
    await withPlainFiles(asksKernel, async ({ plain, path }) => {
      await rename(join(path, "..", "other"), join(path, "..", "elsewhere"));
      swap = () => {
        Deno.renameSync(join(path, "dir"), join(path, "moved"));
        Deno.symlinkSync("../elsewhere", join(path, "dir"));
      };
      assertEquals(textOf(plain, "dir", "b.txt"), undefined);
    }, before);
  });

  Deno.test(`PlainFiles.read() refuses a file whose size changes before it is read: ${where}`, async () => {
    let path = "";
    const before = (): void => Deno.writeTextFileSync(join(path, "a.txt"), "longer than it was");
    await withPlainFiles(asksKernel, async (watched) => {
      path = watched.path;
      assertEquals(textOf(watched.plain, "a.txt"), undefined);
      await Promise.resolve();
    }, () => path === "" ? undefined : before());
  });
}

Deno.test("PlainFiles.look() makes two calls for a file in a folder, and one within the same second", async () => {
  await withPlainFiles(true, async ({ plain, takeCalls }) => {
    assertEquals(plain.look(["dir", "b.txt"], 5_000)?.size, 6);
    assertEquals(takeCalls(), ["lstat", "lstat"]);
    plain.look(["dir", "b.txt"], 5_999);
    assertEquals(takeCalls(), ["lstat"]);
    plain.look(["dir", "b.txt"], 6_000);
    assertEquals(takeCalls(), ["lstat", "lstat"]);
    await Promise.resolve();
  });
});

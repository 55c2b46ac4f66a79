import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { mkdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SYSTEM_CLOCK } from "../../../../src/base/clock.ts";
import { DiskPace } from "../../../../src/servers/static/disk/disk_pace.ts";
import { DocumentRoot } from "../../../../src/servers/static/disk/document_root.ts";
import type { FolderEntries } from "../../../../src/servers/static/listing/entry_columns.ts";
import { FolderLooks } from "../../../../src/servers/static/listing/folder_looks.ts";

interface Looked {
  readonly path: string;
  readonly read: (nowMs: number) => Promise<FolderEntries>;
  /** How often names were read. */
  readonly reads: () => number;
}

async function withLooks(names: readonly string[], body: (looked: Looked) => Promise<void>): Promise<void> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  let reads = 0;
  class CountedRoot extends DocumentRoot {
    override async *readNames(path: string): AsyncGenerator<readonly string[], void> {
      reads++;
      yield* super.readNames(path);
    }
    override readNamesAtOnce(path: string): readonly string[] {
      reads++;
      return super.readNamesAtOnce(path);
    }
  }
  const root = new CountedRoot({ path, symlinks: "inside", dotfiles: "deny", now: Date.now });
  const looks = new FolderLooks({ root, pace: new DiskPace(SYSTEM_CLOCK), clock: { monotonicMs: () => 0 } });
  try {
    for (const name of names) await writeFile(join(path, name), "");
    await body({
      path,
      read: (nowMs) => looks.read({ segments: [], path, nowMs }),
      reads: () => reads,
    });
  } finally {
    looks.clear();
    await rm(path, { recursive: true });
  }
}

function namesOf({ names }: FolderEntries): string {
  return [...names].sort().join(" ");
}

function sizeOf({ names, sizes }: FolderEntries, name: string): number | undefined {
  return sizes[names.indexOf(name)];
}

// The folders of these tests have not changed for a day.
const LATER_MS = Date.now() + 86_400_000;

Deno.test("FolderLooks shows names that come, go and change at once", async () => {
  await withLooks(["a", "b"], async ({ path, read }) => {
    assertEquals(namesOf(await read(LATER_MS)), "a b");
    const changes: readonly (readonly [change: () => Promise<unknown>, names: string])[] = [
      [() => writeFile(join(path, "c"), ""), "a b c"],
      [() => rm(join(path, "a")), "b c"],
      [() => rename(join(path, "b"), join(path, "d")), "c d"],
      [() => mkdir(join(path, "e")), "c d e"],
    ];
    for (const [index, [change, names]] of changes.entries()) {
      await change();
      // Changes that follow each other so quickly can have the same time.
      await utimes(path, 1_000 + index, 1_000 + index);
      assertEquals(namesOf(await read(LATER_MS)), names);
    }
  });
});

Deno.test("FolderLooks shows a file that was changed in place a second after the last look at all files", async () => {
  await withLooks(["a", "b"], async ({ path, read }) => {
    const first = await read(LATER_MS);
    await writeFile(join(path, "a"), "12345");
    assertStrictEquals(await read(LATER_MS + 999), first);
    assertEquals(sizeOf(await read(LATER_MS + 1_000), "a"), 5);
    await writeFile(join(path, "a"), "1");
    assertEquals(sizeOf(await read(LATER_MS), "a"), 1, "the clock was set back");
  });
});

Deno.test("FolderLooks looks at new names alone within that second, and at all files after it", async () => {
  await withLooks(["a"], async ({ path, read }) => {
    await read(LATER_MS);
    await writeFile(join(path, "a"), "12345");
    await writeFile(join(path, "new"), "123");
    await utimes(path, 1_000, 1_000);
    const within = await read(LATER_MS + 999);
    assertEquals([sizeOf(within, "a"), sizeOf(within, "new")], [0, 3]);
    assertEquals(sizeOf(await read(LATER_MS + 1_000), "a"), 5);
  });
});

Deno.test("FolderLooks gives the same entries while nothing changes", async () => {
  await withLooks(["a"], async ({ path, read, reads }) => {
    const first = await read(LATER_MS);
    assertStrictEquals(await read(LATER_MS + 5_000), first);
    assertEquals(reads(), 1);
    await utimes(join(path, "a"), 1_000, 1_000);
    assertNotStrictEquals(await read(LATER_MS + 10_000), first);
  });
});

Deno.test("FolderLooks trusts no folder that has just changed: the next change may have the same time", async () => {
  await withLooks(["a"], async ({ path, read }) => {
    const mtime = new Date();
    for (const laterMs of [0, 25, 50]) {
      const nowMs = mtime.getTime() + laterMs;
      await utimes(path, mtime, mtime);
      await read(nowMs);
      await writeFile(join(path, `new${laterMs}`), "");
      await utimes(path, mtime, mtime);
      assertEquals((await read(nowMs)).names.includes(`new${laterMs}`), true);
    }
  });
});

Deno.test("FolderLooks reads a folder once for all who ask, and once more for those who ask after a change", async () => {
  await withLooks(["a"], async ({ path, read, reads }) => {
    const before = [read(LATER_MS), read(LATER_MS), read(LATER_MS)];
    assertEquals(new Set(await Promise.all(before)).size, 1);
    assertEquals(reads(), 1);
    await writeFile(join(path, "b"), "");
    await utimes(path, 1_000, 1_000);
    const running = read(LATER_MS);
    await writeFile(join(path, "c"), "");
    await utimes(path, 1_001, 1_001);
    const after = await Promise.all([read(LATER_MS), read(LATER_MS), running]);
    assertEquals(after.slice(0, 2).map(namesOf), ["a b c", "a b c"]);
    assertEquals(reads() <= 3, true);
  });
});

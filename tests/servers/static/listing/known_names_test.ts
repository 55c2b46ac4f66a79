import { assertEquals } from "@std/assert";
import { rename, utimes } from "node:fs/promises";
import { join } from "node:path";
import { KnownNames } from "../../../../src/servers/static/listing/known_names.ts";

interface Watched {
  readonly path: string;
  readonly names: KnownNames;
  /** How often a folder was really read. */
  readonly reads: () => number;
}

/** Runs a test with a folder, at a time as long after its last change as is said. */
async function withNames(agedMs: number, body: (watched: Watched) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  let reads = 0;
  const root = {
    async *readNames(path: string): AsyncGenerator<readonly string[], void> {
      reads++;
      for await (const { name } of Deno.readDir(path)) yield [name];
    },
  };
  const clock = { nowMs: () => Date.now() + agedMs };
  try {
    await Deno.writeTextFile(join(path, "a"), "");
    await body({ path, names: new KnownNames(root, clock), reads: () => reads });
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

async function namesOf({ names, path }: Watched): Promise<string> {
  const all: string[] = [];
  for await (const piece of names.read(path)) all.push(...piece);
  return all.sort().join(" ");
}

Deno.test("KnownNames reads a folder once while it does not change", async () => {
  await withNames(60_000, async (watched) => {
    assertEquals([await namesOf(watched), await namesOf(watched), watched.reads()], ["a", "a", 1]);
    watched.names.clear();
    assertEquals([await namesOf(watched), watched.reads()], ["a", 2]);
  });
});

Deno.test("KnownNames reads a folder again when its time or its place has changed", async () => {
  await withNames(60_000, async (watched) => {
    const { path } = watched;
    await namesOf(watched);
    await utimes(path, 1_000, 1_000);
    assertEquals([await namesOf(watched), watched.reads()], ["a", 2]);
    await rename(path, `${path}.old`);
    await Deno.mkdir(path);
    await utimes(path, 1_000, 1_000);
    assertEquals([await namesOf(watched), watched.reads()], ["", 3]);
    await Deno.remove(`${path}.old`, { recursive: true });
  });
});

Deno.test("KnownNames keeps nothing of a folder that has just changed: the next change may have the same time", async () => {
  await withNames(0, async (watched) => {
    assertEquals([await namesOf(watched), await namesOf(watched), watched.reads()], ["a", "a", 2]);
  });
});

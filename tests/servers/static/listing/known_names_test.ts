import { assertEquals } from "@std/assert";
import { rename, utimes } from "node:fs/promises";
import { join } from "node:path";
import { SYSTEM_CLOCK } from "../../../../src/base/clock.ts";
import { DiskPace } from "../../../../src/servers/static/disk/disk_pace.ts";
import { stateOf } from "../../../../src/servers/static/listing/folder_state.ts";
import { KnownNames } from "../../../../src/servers/static/listing/known_names.ts";

const PACE = new DiskPace(SYSTEM_CLOCK);

interface Watched {
  readonly path: string;
  readonly names: KnownNames;
  readonly agedMs: number;
  /** How often a folder was really read. */
  readonly reads: () => number;
  /** How often it was read synchronously. */
  readonly readsAtOnce: () => number;
}

/** Runs a test with a folder, at a time as long after its last change as is said. */
async function withNames(agedMs: number, body: (watched: Watched) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  let reads = 0;
  let readsAtOnce = 0;
  const root = {
    async *readNames(path: string): AsyncGenerator<readonly string[], void> {
      reads++;
      for await (const { name } of Deno.readDir(path)) yield [name];
    },
    readNamesAtOnce(path: string): readonly string[] {
      readsAtOnce++;
      return Array.from(Deno.readDirSync(path), ({ name }) => name);
    },
  };
  try {
    await Deno.writeTextFile(join(path, "a"), "");
    const names = new KnownNames({ root, pace: PACE });
    await body({ path, names, agedMs, reads: () => reads + readsAtOnce, readsAtOnce: () => readsAtOnce });
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

async function namesOf({ names, path, agedMs }: Watched): Promise<string> {
  const all: string[] = [];
  const folder = { path, state: await stateOf(path, PACE), nowMs: Date.now() + agedMs };
  for await (const piece of names.read(folder)) all.push(...piece);
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

Deno.test("KnownNames reads a folder synchronously if it had few names at the last look", async () => {
  await withNames(60_000, async (watched) => {
    const { path, names, readsAtOnce } = watched;
    assertEquals([await namesOf(watched), readsAtOnce()], ["a", 0]);
    await Deno.writeTextFile(join(path, "b"), "");
    // Changes that follow each other so quickly can have the same time.
    await utimes(path, 1_000, 1_000);
    assertEquals([await namesOf(watched), readsAtOnce()], ["a b", 1]);
    await Promise.all(Array.from({ length: 400 }, (_, i) => Deno.writeTextFile(join(path, `grown${i}`), "")));
    await utimes(path, 2_000, 2_000);
    assertEquals([(await namesOf(watched)).length > 400, readsAtOnce()], [true, 1]);
    names.clear();
    await namesOf(watched);
    assertEquals(readsAtOnce(), 1);
  });
});

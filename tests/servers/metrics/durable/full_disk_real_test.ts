// A disk that is full: a small file system in memory, which only root can mount.

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { openDurableStore } from "../../../../src/servers/metrics/durable/durable_store.ts";
import { readSoundSeries } from "../../../../src/servers/metrics/durable/format/database_file.ts";
import type { MetricStore } from "../../../../src/servers/metrics/store.ts";
import { withDirectory } from "../../../support/program.ts";
import { putUncommitted, readRows } from "../store_actions.ts";

async function run(program: string, ...args: readonly string[]): Promise<boolean> {
  const command = new Deno.Command(program, { args: [...args], stdout: "null", stderr: "null" });
  return await command.output().then(({ success }) => success, () => false);
}

/** Whether a small file system can be mounted here. */
async function canMount(): Promise<boolean> {
  const directory = await Deno.makeTempDir();
  const isMounted = await run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", directory);
  if (isMounted) await run("umount", directory);
  await Deno.remove(directory);
  return isMounted;
}

function withSmallDisk(test: (directory: string) => Promise<void>): Promise<void> {
  return withDirectory(async (directory) => {
    await run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", directory);
    try {
      await test(directory);
    } finally {
      await run("umount", directory);
    }
  });
}

/** Puts samples until the disk is full. @returns how many the store has acknowledged */
async function fillDisk(store: MetricStore): Promise<number> {
  for (let acknowledged = 0;; acknowledged += 1_000) {
    for (let index = 0; index < 1_000; index++) {
      await putUncommitted(store, "key", index / 7, acknowledged + index);
    }
    try {
      await store.commit();
    } catch {
      return acknowledged;
    }
  }
}

const isPossible = await canMount();

Deno.test({
  name: "openDurableStore() serves a file on a full disk read-only, with all that was acknowledged" +
    (isPossible ? "" : ": skipped, no small disk can be mounted"),
  ignore: !isPossible,
  fn: () =>
    withSmallDisk(async (directory) => {
      const path = `${directory}/metrics.db`;
      await Deno.writeFile(`${directory}/other`, new Uint8Array(262_144));
      const store = await openDurableStore(path);
      const acknowledged = await fillDisk(store);
      await store.close();
      // The room that closing has freed is used up, too.
      await Deno.writeFile(`${directory}/rest`, new Uint8Array(1_048_576)).catch(() => {});
      const notices: string[] = [];
      const full = await openDurableStore(path, { onNotice: (line) => notices.push(line) });
      assertEquals((await readRows(full, "key")).length, acknowledged);
      assertEquals(full.readOnlyReason, "the database cannot be written");
      assertMatch(notices.join(), /^read-only: ".*metrics\.db" cannot be written: .*no room/);
      await assertRejects(
        () => putUncommitted(full, "key", 1, 1),
        Error,
        "read-only: the database cannot be",
      );
      await full.close();
      assertEquals((await readSoundSeries(path, 1)).set.sampleCount, acknowledged);
      for (const name of ["other", "rest"]) await Deno.remove(`${directory}/${name}`);
      const again = await openDurableStore(path);
      assertEquals((await readRows(again, "key")).length, acknowledged);
      await putUncommitted(again, "key", 1, -1);
      await again.commit();
      await again.close();
    }),
});

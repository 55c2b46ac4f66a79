import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { inNextTurn } from "../../../../src/base/event_loop.ts";
import {
  type DurableStoreOptions,
  openDurableStore,
} from "../../../../src/servers/metrics/durable/durable_store.ts";
import type { MetricStore } from "../../../../src/servers/metrics/store.ts";
import { deleteFrom, putOne, putUncommitted, readRows } from "../store_actions.ts";
import { testStore } from "../store_cases.ts";
import { withDirectory } from "../../../support/program.ts";

// The store of the shared cases lives in a directory that is removed with it.
async function openTemporary(options: DurableStoreOptions): Promise<MetricStore> {
  const directory = await Deno.makeTempDir();
  const store = await openDurableStore(`${directory}/metrics.db`, options);
  let isGone = false;
  return {
    put: (command) => store.put(command),
    openRows: (name, span) => store.openRows(name, span),
    openKeys: (pattern) => store.openKeys(pattern),
    delete: (name, span) => store.delete(name, span),
    commit: () => store.commit(),
    maintain: () => store.maintain(),
    close: async () => {
      await store.close();
      if (!isGone) await Deno.remove(directory, { recursive: true });
      isGone = true;
    },
  };
}

testStore("DurableStore", (limits = {}) => openTemporary(limits));
testStore(
  "DurableStore that seals all the time",
  (limits = {}) => openTemporary({ ...limits, sealAfterPuts: 1 }),
);
testStore(
  "DurableStore with normal durability",
  (limits = {}) => openTemporary({ ...limits, durability: "normal" }),
);

Deno.test("openDurableStore() finds everything again, whether it was sealed, journalled or both", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    const model = new Map<string, string>();
    for (let round = 0; round < 6; round++) {
      const store = await openDurableStore(path, { sealAfterPuts: 700 });
      assertEquals((await readRows(store, "*")).sort(), [...model.values()].sort());
      for (let step = 0; step < 1_000; step++) {
        const key = `key${(step * 7 + round) % 13}`;
        const timestamp = (step * 7_919 + round * 13) % 900;
        await putUncommitted(store, key, step / 4, timestamp);
        model.set(`${key} ${timestamp}`, `${key} ${step / 4} ${timestamp}`);
        if (step % 100 === 99) await store.commit();
      }
      await store.close();
    }
    const store = await openDurableStore(path);
    assertEquals((await readRows(store, "*")).sort(), [...model.values()].sort());
    await store.close();
  }));

Deno.test("openDurableStore() finds committed samples when the process ended abruptly", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    const store = await openDurableStore(path);
    for (let index = 0; index < 50; index++) await putOne(store, "k", index, index);
    // A copy of the files equals the remains of a kill.
    await Deno.copyFile(path, `${directory}/copy.db`);
    await Deno.copyFile(`${path}-wal`, `${directory}/copy.db-wal`);
    await store.close();
    const copy = await openDurableStore(`${directory}/copy.db`);
    assertEquals((await readRows(copy, "k")).length, 50);
    await copy.close();
  }));

Deno.test("openDurableStore() keeps the order of first puts over restarts and dropped keys", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    let nowMs = 0;
    const options = { retentionSeconds: 100, now: () => nowMs };
    const first = await openDurableStore(path, options);
    for (const key of ["c", "a", "z"]) await putOne(first, key, 1, key === "z" ? 0 : 90);
    nowMs = 150_000;
    await first.maintain();
    await putOne(first, "b", 1, 100);
    await first.close();
    const second = await openDurableStore(path, options);
    await putOne(second, "z", 2, 100);
    assertEquals(await readRows(second, "*"), ["c 1 90", "a 1 90", "b 1 100", "z 2 100"]);
    await second.close();
    const third = await openDurableStore(path, options);
    assertEquals(await readRows(third, "*"), ["c 1 90", "a 1 90", "b 1 100", "z 2 100"]);
    await third.close();
  }));

Deno.test("DurableStore drops expired samples and keys from the file", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    let nowMs = 0;
    const options = { retentionSeconds: 10, now: () => nowMs };
    const store = await openDurableStore(path, options);
    for (let index = 0; index < 2_000; index++) {
      await putUncommitted(store, `k${index % 4}`, index, index % 2);
    }
    await store.close();
    nowMs = 60_000;
    const later = await openDurableStore(path, options);
    await later.maintain();
    await later.close();
    const database = new DatabaseSync(path, { readOnly: true });
    const counts = ["series", "block", "journal"].map((table) =>
      database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count
    );
    database.close();
    assertEquals(counts, [0, 0, 0]);
  }));

Deno.test("DurableStore takes 4 bytes on disk or less for a sample of regular gauges", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    const store = await openDurableStore(path, { durability: "normal" });
    const count = 200_000;
    for (let index = 0; index < count; index++) {
      const step = Math.floor(index / 20);
      const value = 50 + (step * 37 % 100) / 10;
      void putUncommitted(store, `gauge${index % 20}`, value, 1_700_000_000 + step * 10);
    }
    await store.commit();
    await store.close();
    const bytesPerSample = (await Deno.stat(path)).size / count;
    assert(bytesPerSample <= 4, `${bytesPerSample} bytes per sample`);
  }));

Deno.test("openDurableStore() finds deletions again when the process ended abruptly", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    const first = await openDurableStore(path);
    for (const key of ["a", "b", "c.x", "c.y"]) {
      for (let index = 0; index < 600; index++) await putUncommitted(first, key, index, index);
    }
    await first.close();
    const store = await openDurableStore(path);
    await putOne(store, "b", 7, 700);
    await deleteFrom(store, "a");
    await deleteFrom(store, "c.*", { from: 1, until: 598 });
    await deleteFrom(store, "b", { from: 0, until: 599 });
    await putOne(store, "a", 1, 1);
    await deleteFrom(store, "c.y");
    // A copy of the files equals the remains of a kill.
    await Deno.copyFile(path, `${directory}/copy.db`);
    await Deno.copyFile(`${path}-wal`, `${directory}/copy.db-wal`);
    await store.close();
    const expected = ["b 7 700", "c.x 0 0", "c.x 599 599", "a 1 1"];
    for (const name of ["copy", "metrics", "copy", "metrics"]) {
      const again = await openDurableStore(`${directory}/${name}.db`);
      assertEquals(await readRows(again, "*"), expected);
      await again.close();
    }
    const database = new DatabaseSync(`${directory}/copy.db`, { readOnly: true });
    const counts = ["series", "block", "journal"].map((table) =>
      database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count
    );
    database.close();
    assertEquals(counts, [3, 4, 0]);
  }));

Deno.test("DurableStore empties its log after 8 MiB and begins it anew at once", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    const store = await openDurableStore(path, { sealAfterPuts: Infinity });
    const key = new TextEncoder().encode("k");
    for (let index = 0; index < 450_000; index++) {
      void store.put({ bytes: key, keyStart: 0, keyEnd: 1, value: 1, timestamp: index });
      if (index % 50_000 === 0) await store.commit();
    }
    await store.commit();
    assert((await Deno.stat(path)).size > 8_000_000);
    // A log has a head of 24 bytes and frames of a page each; each frame begins with the numbers of its log.
    const log = new DataView((await Deno.readFile(`${path}-wal`)).buffer);
    const isCurrent = (frame: number): boolean =>
      log.getBigUint64(32 + frame * 4_120 + 8) === log.getBigUint64(16);
    assertEquals({ isCurrent0: isCurrent(0), isCurrent1: isCurrent(1) }, {
      isCurrent0: true,
      isCurrent1: false,
    });
    await store.close();
  }));

Deno.test("DurableStore reports the size of its file with its log, and counts its commits", () =>
  withDirectory(async (directory) => {
    const store = await openDurableStore(`${directory}/metrics.db`);
    const before = store.disk!;
    await putOne(store, "a", 1, 1);
    await putOne(store, "a", 2, 2);
    const { bytes, commits, commitSeconds, lastCommitSeconds } = store.disk!;
    assert(bytes > before.bytes);
    assertEquals(commits - before.commits, 2);
    assert(commitSeconds > lastCommitSeconds && lastCommitSeconds > 0);
    await store.close();
  }));

Deno.test("commit() of a large group waits for those that send in the next turns", () =>
  withDirectory(async (directory) => {
    const store = await openDurableStore(`${directory}/metrics.db`);
    await putMany(store, 0);
    const first = store.commit();
    await new Promise<void>((resolve) => inNextTurn(resolve));
    await putMany(store, 1);
    const second = store.commit();
    await Promise.all([first, second]);
    assertEquals(store.disk?.commits, 1);
    assertEquals((await readRows(store, "k")).length, 4_000);
    await store.close();
  }));

async function putMany(store: MetricStore, part: number): Promise<void> {
  for (let index = 0; index < 2_000; index++) await putUncommitted(store, "k", index, part * 2_000 + index);
}

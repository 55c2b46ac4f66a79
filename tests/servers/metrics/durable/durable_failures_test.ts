// Failures of the database under a DurableStore.

import { assertEquals, assertRejects } from "@std/assert";
import { MetricsDatabase } from "../../../../src/servers/metrics/durable/database.ts";
import { openDurableStore } from "../../../../src/servers/metrics/durable/durable_store.ts";
import { putOne, putUncommitted, readRows } from "../store_actions.ts";
import { withDirectory } from "../../../support/program.ts";

// Lets one method of the database fail once.
function failOnce(name: "insertJournal" | "writeBlock" | "deleteSeries" | "insertSeries"): void {
  const original: unknown = Reflect.get(MetricsDatabase.prototype, name);
  Reflect.set(MetricsDatabase.prototype, name, () => {
    Reflect.set(MetricsDatabase.prototype, name, original);
    throw new Error("disk full");
  });
}

Deno.test("DurableStore.commit() rejects when the database refuses, and stores none of the puts", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    const store = await openDurableStore(path);
    await putOne(store, "a", 1, 1);
    failOnce("insertJournal");
    await putUncommitted(store, "b", 1, 1);
    await putUncommitted(store, "a", 2, 1);
    await assertRejects(() => Promise.resolve(store.commit()), Error, "disk full");
    assertEquals(await readRows(store, "*"), ["a 1 1"]);
    await putOne(store, "c", 1, 1);
    await store.close();
    const again = await openDurableStore(path);
    assertEquals(await readRows(again, "*"), ["a 1 1", "c 1 1"]);
    await again.close();
  }));

Deno.test("DurableStore.put() throws when the commit that a limit needs fails, and stores nothing of it", () =>
  withDirectory(async (directory) => {
    const store = await openDurableStore(`${directory}/metrics.db`, { maxSamples: 1 });
    await putUncommitted(store, "a", 1, 1);
    failOnce("insertJournal");
    await assertRejects(() => putUncommitted(store, "a", 1, 2), Error, "disk full");
    assertEquals(store.commit(), undefined);
    assertEquals(await readRows(store, "*"), []);
    assertEquals(await putOne(store, "a", 1, 3), "stored");
    await store.close();
  }));

Deno.test("DurableStore outlives a failure of sealing: the journal keeps the samples that are not in blocks", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    const store = await openDurableStore(path, { sealAfterPuts: 1 });
    failOnce("writeBlock");
    for (let index = 0; index < 20; index++) await putOne(store, `k${index % 2}`, index, index);
    await store.close();
    const again = await openDurableStore(path);
    assertEquals((await readRows(again, "*")).length, 20);
    await again.close();
  }));

Deno.test("DurableStore.close() leaves samples in the journal that cannot be sealed", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    const store = await openDurableStore(path);
    await putOne(store, "a", 1, 1);
    failOnce("writeBlock");
    await store.close();
    const again = await openDurableStore(path);
    assertEquals(await readRows(again, "a"), ["a 1 1"]);
    await again.close();
  }));

Deno.test("DurableStore.close() rejects when the last puts cannot be committed", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    const store = await openDurableStore(path);
    await putOne(store, "a", 1, 1);
    await putUncommitted(store, "a", 2, 2);
    failOnce("insertJournal");
    await assertRejects(() => store.close(), Error, "disk full");
    const again = await openDurableStore(path);
    assertEquals(await readRows(again, "a"), ["a 1 1"]);
    await again.close();
  }));

Deno.test("DurableStore does not count the keys of puts that could not be stored", () =>
  withDirectory(async (directory) => {
    const store = await openDurableStore(`${directory}/metrics.db`, { maxSeries: 2 });
    await putOne(store, "a", 1, 1);
    for (const name of ["insertJournal", "insertSeries"] as const) {
      failOnce(name);
      await assertRejects(() => putOne(store, "b", 1, 1), Error, "disk full");
    }
    assertEquals(await putOne(store, "c", 1, 1), "stored");
    assertEquals(await readRows(store, "*"), ["a 1 1", "c 1 1"]);
    await store.close();
  }));

Deno.test("DurableStore removes the rows of expired keys later when the database fails", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    let nowMs = 0;
    const options = { retentionSeconds: 10, now: () => nowMs };
    let store = await openDurableStore(path, options);
    await putOne(store, "a", 1, 1);
    await store.close();
    store = await openDurableStore(path, options);
    nowMs = 60_000;
    failOnce("deleteSeries");
    await store.maintain();
    await putOne(store, "a", 2, 60);
    await store.close();
    store = await openDurableStore(path, options);
    assertEquals(await readRows(store, "*"), ["a 2 60"]);
    await store.close();
  }));

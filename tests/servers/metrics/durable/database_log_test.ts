import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { signRow } from "../../../../src/servers/metrics/durable/format/checksum.ts";
import { openDurableStore } from "../../../../src/servers/metrics/durable/durable_store.ts";
import { putOne, readRows } from "../store_actions.ts";
import { withDirectory } from "../../../support/program.ts";
import { namesIn, refuse, serveUntouched } from "./opened_files.ts";

const PARTS = ["", "-wal", "-acknowledged"] as const;

// The remains of a kill: the file, its log, and the mark of the last acknowledged commit.
async function leaveAsKilled(directory: string, commits: number): Promise<string> {
  const path = `${directory}/living.db`;
  const killed = `${directory}/metrics.db`;
  const store = await openDurableStore(path);
  for (let index = 0; index < commits; index++) await putOne(store, `k${index % 3}`, index, index);
  for (const part of PARTS) await Deno.copyFile(path + part, killed + part);
  await store.close();
  await Deno.remove(path);
  return killed;
}

async function refuseAllUntouched(path: string): Promise<void> {
  const before = await Promise.all(PARTS.map((part) => Deno.readFile(path + part).catch(() => undefined)));
  await refuse(path, "damaged");
  const after = await Promise.all(PARTS.map((part) => Deno.readFile(path + part).catch(() => undefined)));
  assertEquals(after, before);
}

async function serveAllUntouched(path: string): Promise<void> {
  const before = await Promise.all(PARTS.map((part) => Deno.readFile(path + part).catch(() => undefined)));
  const rows = await serveUntouched(path);
  assertEquals(rows.length < 10, true);
  const after = await Promise.all(PARTS.map((part) => Deno.readFile(path + part).catch(() => undefined)));
  assertEquals(after, before);
}

Deno.test("openDurableStore() serves a file read-only whose log was damaged at any place, cut or removed", () =>
  withDirectory(async (directory) => {
    const path = await leaveAsKilled(directory, 10);
    const log = await Deno.readFile(`${path}-wal`);
    for (const at of [0, 17, 33, 60, Math.floor(log.length / 2), log.length - 4_000, log.length - 1]) {
      const damaged = log.slice();
      damaged[at]! ^= 0x40;
      await Deno.writeFile(`${path}-wal`, damaged);
      await serveAllUntouched(path);
    }
    for (const length of [0, 10, 32, log.length - 4_120, log.length - 1]) {
      await Deno.writeFile(`${path}-wal`, log.subarray(0, length));
      await serveAllUntouched(path);
    }
    await Deno.remove(`${path}-wal`);
    await serveAllUntouched(path);
    assertEquals(await namesIn(directory), ["metrics.db", "metrics.db-acknowledged"]);
  }));

Deno.test("openDurableStore() takes the remains of a kill, also without the mark or with that of another file", () =>
  withDirectory(async (directory) => {
    const path = await leaveAsKilled(directory, 10);
    const mark = await Deno.readFile(`${path}-acknowledged`);
    const another = mark.slice();
    new Float64Array(another.buffer, 8, 2).set([1, 1_000]);
    signRow(another);
    const damaged = mark.slice();
    damaged[20]! ^= 1;
    const files = await Promise.all([path, `${path}-wal`].map((name) => Deno.readFile(name)));
    for (const content of [mark, another, damaged, mark.subarray(0, 5), undefined]) {
      await Deno.writeFile(path, files[0]!);
      await Deno.writeFile(`${path}-wal`, files[1]!);
      if (content === undefined) await Deno.remove(`${path}-acknowledged`).catch(() => {});
      else await Deno.writeFile(`${path}-acknowledged`, content);
      const store = await openDurableStore(path);
      assertEquals((await readRows(store, "*")).length, 10);
      await store.close();
      assertEquals(await namesIn(directory), ["metrics.db"]);
    }
  }));

Deno.test("openDurableStore() refuses a log whose file is gone or empty", () =>
  withDirectory(async (directory) => {
    const path = await leaveAsKilled(directory, 3);
    await Deno.truncate(path);
    await refuseAllUntouched(path);
    await Deno.remove(path);
    await refuse(path, "damaged");
    assertEquals(await namesIn(directory), ["metrics.db-acknowledged", "metrics.db-wal"]);
  }));

Deno.test("openDurableStore() follows a link to the file, so that its log is found", () =>
  withDirectory(async (directory) => {
    const path = await leaveAsKilled(directory, 4);
    await Deno.mkdir(`${directory}/links`);
    await Deno.symlink(path, `${directory}/links/link.db`);
    const store = await openDurableStore(`${directory}/links/link.db`);
    assertEquals((await readRows(store, "*")).length, 4);
    await store.close();
    assertEquals(await namesIn(`${directory}/links`), ["link.db"]);
    await Deno.remove(path);
    await refuse(`${directory}/links/link.db`, "failed");
  }));

Deno.test("openDurableStore() serves a file read-only whose journal has a gap, or puts of an unknown series", () =>
  withDirectory(async (directory) => {
    for (
      const statement of [
        "DELETE FROM journal WHERE id = 2",
        "UPDATE state SET last_order = 2; DELETE FROM series",
      ]
    ) {
      const path = await leaveAsKilled(directory, 5);
      const database = new DatabaseSync(path);
      database.exec(statement);
      database.close();
      assertEquals((await serveUntouched(path)).length < 5, true);
      await Deno.remove(path);
    }
  }));

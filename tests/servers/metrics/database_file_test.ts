import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openDurableStore } from "../../../src/servers/metrics/durable_store.ts";
import { StoreOpenError, type StoreOpenErrorCode } from "../../../src/servers/metrics/store.ts";
import { putOne, putUncommitted, readRows } from "./store_cases.ts";
import { withDirectory } from "../../support/program.ts";

async function refuse(path: string, code: StoreOpenErrorCode): Promise<void> {
  const error = await assertRejects(() => openDurableStore(path), StoreOpenError);
  assertEquals((error as StoreOpenError).code, code);
  assert(!(error as StoreOpenError).message.includes("\n"));
}

async function refuseUntouched(path: string, code: StoreOpenErrorCode): Promise<void> {
  const before = await Deno.readFile(path);
  await refuse(path, code);
  assertEquals(await Deno.readFile(path), before);
}

Deno.test("openDurableStore() refuses a file of another kind and leaves it as it is", () =>
  withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/text`, "not a database\n".repeat(500));
    await refuseUntouched(`${directory}/text`, "foreign");
    await Deno.writeTextFile(`${directory}/short`, "x");
    await refuseUntouched(`${directory}/short`, "foreign");
    await refuse(directory, "foreign");
  }));

Deno.test("openDurableStore() refuses a database of another program and leaves it as it is", () =>
  withDirectory(async (directory) => {
    for (const mode of ["DELETE", "WAL"]) {
      const path = `${directory}/${mode}.db`;
      const database = new DatabaseSync(path);
      database.exec(
        `PRAGMA journal_mode = ${mode}; CREATE TABLE series (id INTEGER); INSERT INTO series VALUES (1)`,
      );
      database.close();
      await refuseUntouched(path, "foreign");
    }
    const names = (await Array.fromAsync(Deno.readDir(directory))).map((entry) => entry.name);
    assertEquals(names.sort(), ["DELETE.db", "WAL.db"]);
  }));

Deno.test("openDurableStore() takes a name with any characters in it", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/a #?%41&b=c.db`;
    const store = await openDurableStore(path);
    await putOne(store, "a", 1, 1);
    await store.close();
    const again = await openDurableStore(path);
    assertEquals(await readRows(again, "a"), ["a 1 1"]);
    await again.close();
  }));

Deno.test("openDurableStore() refuses a later version of the format", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    await (await openDurableStore(path)).close();
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 2");
    database.close();
    await refuseUntouched(path, "foreign");
  }));

Deno.test("openDurableStore() refuses a damaged file at whatever place, and leaves it as it is", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    const store = await openDurableStore(path);
    for (let index = 0; index < 20_000; index++) {
      void putUncommitted(store, `k${index % 10}`, Math.sin(index), index);
    }
    await store.close();
    const whole = await Deno.readFile(path);
    for (const part of [0.3, 0.5, 0.7, 0.9]) {
      const damaged = whole.slice();
      const at = Math.floor(whole.length * part);
      damaged.fill(0xa5, at, at + 600);
      await Deno.writeFile(path, damaged);
      await refuseUntouched(path, "damaged");
    }
    await Deno.writeFile(path, whole.subarray(0, Math.floor(whole.length / 2)));
    await refuseUntouched(path, "damaged");
  }));

const CONTRADICTIONS: readonly (readonly [string, string])[] = [
  ["a block of an unknown series", "DELETE FROM series"],
  [
    "two blocks with the same samples",
    "INSERT INTO block (series, samples) SELECT series, samples FROM block",
  ],
];

for (const [name, statement] of CONTRADICTIONS) {
  Deno.test(`openDurableStore() refuses a file with ${name}`, () =>
    withDirectory(async (directory) => {
      const path = `${directory}/metrics.db`;
      const store = await openDurableStore(path);
      await putOne(store, "a", 1, 1);
      await store.close();
      const database = new DatabaseSync(path);
      database.exec(statement);
      database.close();
      await refuseUntouched(path, "damaged");
    }));
}

Deno.test("openDurableStore() refuses a file that another store has open", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    const store = await openDurableStore(path);
    await refuse(path, "locked");
    await putOne(store, "a", 1, 1);
    assertEquals(await readRows(store, "a"), ["a 1 1"]);
    await store.close();
    await (await openDurableStore(path)).close();
  }));

Deno.test("openDurableStore() refuses a directory that does not exist", () =>
  withDirectory(async (directory) => {
    await refuse(`${directory}/none/metrics.db`, "no-directory");
    await Deno.writeTextFile(`${directory}/file`, "");
    await refuse(`${directory}/file/metrics.db`, "no-directory");
  }));

Deno.test("openDurableStore() takes an empty file for a new one, and leaves nothing beside its file", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    await Deno.writeTextFile(path, "");
    const store = await openDurableStore(path);
    await putOne(store, "a", 1, 1);
    await store.close();
    const again = await openDurableStore(path);
    assertEquals(await readRows(again, "a"), ["a 1 1"]);
    await again.close();
    assertEquals((await Array.fromAsync(Deno.readDir(directory))).map((entry) => entry.name), ["metrics.db"]);
  }));

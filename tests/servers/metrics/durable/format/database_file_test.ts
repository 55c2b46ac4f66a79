import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { signRow } from "../../../../../src/servers/metrics/durable/format/checksum.ts";
import { openDurableStore } from "../../../../../src/servers/metrics/durable/durable_store.ts";
import { putOne, putUncommitted, readRows } from "../../store_actions.ts";
import { withDirectory } from "../../../../support/program.ts";
import { namesIn, refuse, refuseUntouched, serveUntouched } from "../opened_files.ts";

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
    assertEquals(await namesIn(directory), ["DELETE.db", "WAL.db"]);
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
    database.exec("PRAGMA user_version = 3");
    database.close();
    await refuseUntouched(path, "foreign");
  }));

Deno.test("openDurableStore() serves the sound parts of a file damaged at any place, and leaves it as it is", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    const store = await openDurableStore(path);
    for (let index = 0; index < 20_000; index++) {
      void putUncommitted(store, `k${index % 10}`, Math.sin(index), index);
    }
    await store.commit();
    const known = new Set(await readRows(store, "*"));
    await store.close();
    const whole = await Deno.readFile(path);
    for (const part of [0.3, 0.5, 0.7, 0.9]) {
      const damaged = whole.slice();
      const at = Math.floor(whole.length * part);
      damaged.fill(0xa5, at, at + 600);
      await Deno.writeFile(path, damaged);
      const rows = await serveUntouched(path);
      assertEquals(rows.length < 20_000 && rows.every((row) => known.has(row)), true);
    }
  }));

// Damage that concerns the whole file: without this part nothing else has a meaning.
const REFUSED: readonly (readonly [string, string])[] = [
  ["a malformed number", "UPDATE state SET last_order = 'many'"],
  ["no state", "DELETE FROM state"],
  ["two states", "INSERT INTO state VALUES (2, 1, 1, 1)"],
  ["another table", "CREATE TABLE more (id INTEGER)"],
  ["another column", "ALTER TABLE series ADD COLUMN more"],
];

// Damage beside which sound parts are served.
const SERVED: readonly (readonly [string, string, readonly string[]])[] = [
  ["a block of an unknown series", "DELETE FROM series WHERE id = 1", ["c 1 5"]],
  ["a block of another series", "UPDATE block SET series = 3 - series", []],
  ["a block in the place of another", "UPDATE block SET id = id + 7", []],
  ["another key", "UPDATE series SET key = CAST(replace(key, 'a', 'b') AS BLOB) WHERE id = 1", ["c 1 5"]],
  ["a key under another number", "UPDATE series SET id = 9 WHERE id = 1", ["c 1 5"]],
  ["a series after the last one", "UPDATE state SET last_order = 1", ["a 1 1", "c 1 5"]],
  ["a text for a key", "UPDATE series SET key = 'a' WHERE id = 1", ["c 1 5"]],
];

async function changeFile(directory: string, statement: string): Promise<string> {
  const path = `${directory}/metrics.db`;
  const store = await openDurableStore(path);
  await putOne(store, "a", 1, 1);
  await putOne(store, "c", 1, 5);
  await store.close();
  const database = new DatabaseSync(path);
  database.exec(statement);
  database.close();
  return path;
}

for (const [name, statement] of REFUSED) {
  Deno.test(`openDurableStore() refuses a file with ${name}, and leaves it as it is`, () =>
    withDirectory(async (directory) => {
      const path = await changeFile(directory, statement);
      await refuseUntouched(path, "damaged");
      assertEquals(await namesIn(directory), ["metrics.db"]);
    }));
}

for (const [name, statement, rows] of SERVED) {
  Deno.test(`openDurableStore() serves a file with ${name} read-only as far as it is sound, and leaves it as it is`, () =>
    withDirectory(async (directory) => {
      const path = await changeFile(directory, statement);
      assertEquals(await serveUntouched(path), rows);
      assertEquals(await namesIn(directory), ["metrics.db"]);
    }));
}

Deno.test("openDurableStore() serves a file with the same block twice read-only", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    const store = await openDurableStore(path);
    await putOne(store, "a", 1, 1);
    await store.close();
    const database = new DatabaseSync(path);
    const row = database.prepare("SELECT samples FROM block").get()!.samples as Uint8Array;
    signRow(row, 2, 1);
    database.prepare("INSERT INTO block VALUES (2, 1, ?)").run(row);
    database.close();
    assertEquals(await serveUntouched(path), ["a 1 1"]);
  }));

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
    await refuse(`${directory}/none/`, "no-directory");
    await Deno.writeTextFile(`${directory}/file`, "");
    await refuse(`${directory}/file/metrics.db`, "no-directory");
    await refuse(`${directory}/file/`, "no-directory");
    assertEquals(await namesIn(directory), ["file"]);
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
    assertEquals(await namesIn(directory), ["metrics.db"]);
  }));

Deno.test({
  name: "openDurableStore() refuses a file that may not be written, and leaves nothing beside it",
  // Root may write everywhere.
  ignore: Deno.uid() === 0,
  fn: () =>
    withDirectory(async (directory) => {
      const path = `${directory}/metrics.db`;
      await (await openDurableStore(path)).close();
      await Deno.chmod(path, 0o444);
      await refuseUntouched(path, "denied");
      assertEquals(await namesIn(directory), ["metrics.db"]);
    }),
});

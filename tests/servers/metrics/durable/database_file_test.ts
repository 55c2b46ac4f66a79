import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { signRow } from "../../../../src/servers/metrics/durable/checksum.ts";
import { openDurableStore } from "../../../../src/servers/metrics/durable/durable_store.ts";
import {
  StoreOpenError,
  type StoreOpenErrorCode,
  StoreRefusal,
} from "../../../../src/servers/metrics/store.ts";
import { putOne, putUncommitted, readRows } from "../store_cases.ts";
import { withDirectory } from "../../../support/program.ts";

async function refuse(path: string, code: StoreOpenErrorCode): Promise<void> {
  const error = await assertRejects(() => openDurableStore(path), StoreOpenError);
  assertEquals((error as StoreOpenError).code, code);
  assert(!(error as StoreOpenError).message.includes("\n"));
}

async function namesIn(directory: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(directory))).map((entry) => entry.name).sort();
}

// Opens a damaged file, checks the messages, and gives the rows that are served.
async function serveUntouched(path: string): Promise<string[]> {
  const before = await Deno.readFile(path);
  const notices: string[] = [];
  const store = await openDurableStore(path, { onNotice: (line) => notices.push(line) });
  assertEquals(store.readOnlyReason, "the database is damaged");
  assertEquals(notices.length, 1);
  await assertRejects(() => putOne(store, "k", 1, 1), StoreRefusal, "read-only: the database is damaged");
  const rows = await readRows(store, "*");
  await store.close();
  assertEquals(await Deno.readFile(path), before);
  return rows;
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

const PARTS = ["", "-wal", "-acknowledged"] as const;

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

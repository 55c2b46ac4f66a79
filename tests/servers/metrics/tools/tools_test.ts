import { assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openDurableStore } from "../../../../src/servers/metrics/durable/durable_store.ts";
import { backupTool } from "../../../../src/servers/metrics/tools/backup_tool.ts";
import { checkTool } from "../../../../src/servers/metrics/tools/check_tool.ts";
import { salvageTool } from "../../../../src/servers/metrics/tools/salvage_tool.ts";
import { StartError } from "../../../../src/program/command.ts";
import { withDirectory } from "../../../support/program.ts";
import { deleteFrom, putOne, putUncommitted, readRows } from "../store_actions.ts";

interface Ran {
  readonly code: number;
  readonly text: string;
}

async function run(
  tool: typeof checkTool | typeof salvageTool,
  values: object,
  { isTerminal = false } = {},
): Promise<Ran> {
  let text = "";
  const print = (said: string): void => void (text += said);
  const printError = (line: string): void => print(`${line}\n`);
  try {
    const context = { values: values as never, print, printError, isTerminal };
    return { code: await tool.run(context), text };
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return { code: error.exitCode, text: error.message };
  }
}

async function makeFile(path: string): Promise<void> {
  const store = await openDurableStore(path);
  for (let index = 0; index < 5; index++) await putOne(store, `k${index % 2}`, index, index);
  await store.close();
}

function damage(path: string): void {
  const database = new DatabaseSync(path);
  database.exec("UPDATE block SET samples = zeroblob(20) WHERE id = 1");
  database.close();
}

Deno.test("checkTool ends with 0 for a sound file, 1 for a damaged one, 2 for one that it cannot read", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    await makeFile(path);
    const before = await Deno.readFile(path);
    assertEquals(await run(checkTool, { file: path }), { code: 0, text: "sound: 2 keys, 5 samples\n" });
    assertEquals(await Deno.readFile(path), before);
    damage(path);
    const damaged = await run(checkTool, { file: path });
    assertEquals(damaged.code, 1);
    assertEquals(
      damaged.text,
      'damaged: 1 key, 2 samples can be read; missing: 1 block of samples ("k0")\n',
    );
    assertEquals((await run(checkTool, { file: `${directory}/none.db` })).code, 2);
    await Deno.writeTextFile(`${directory}/text`, "hello");
    assertEquals((await run(checkTool, { file: `${directory}/text` })).code, 2);
    assertEquals((await Array.fromAsync(Deno.readDir(directory))).length, 2);
  }));

Deno.test("salvageTool makes a sound file from the sound parts, and overwrites nothing", () =>
  withDirectory(async (directory) => {
    const [path, out] = [`${directory}/metrics.db`, `${directory}/saved.db`];
    await makeFile(path);
    damage(path);
    const saved = await run(salvageTool, { file: path, out });
    assertEquals(saved.code, 0);
    assertStringIncludes(saved.text, "saved 1 key, 2 samples");
    assertEquals((await run(checkTool, { file: out })).code, 0);
    const store = await openDurableStore(out);
    assertEquals(await readRows(store, "*"), ["k1 1 1", "k1 3 3"]);
    await store.close();
    const again = await run(salvageTool, { file: path, out });
    assertEquals(again.code, 1);
    assertStringIncludes(again.text, "exists already");
  }));

Deno.test("salvageTool loses the rows of a damaged page, and no others", () =>
  withDirectory(async (directory) => {
    const [path, out] = [`${directory}/metrics.db`, `${directory}/saved.db`];
    const store = await openDurableStore(path);
    const keys = Array.from({ length: 3_000 }, (_, index) => `key${String(index).padStart(4, "0")}`);
    for (const key of keys) await putUncommitted(store, key, 1, 1);
    await store.close();
    const lost = await destroyPage(path, "key1500");
    assertEquals(lost.size > 10 && lost.size < 1_000, true);
    const saved = await run(salvageTool, { file: path, out });
    assertStringIncludes(saved.text, `${lost.size} keys with their samples`);
    const copy = await openDurableStore(out);
    assertEquals(await readRows(copy, "*"), keys.filter((key) => !lost.has(key)).map((key) => `${key} 1 1`));
    await copy.close();
  }));

Deno.test("checkTool says what is missing in the grammar of its number", () =>
  withDirectory(async (directory) => {
    const rows: readonly { readonly destroy: string; readonly missing: string }[] = [
      {
        destroy: "UPDATE series SET key = zeroblob(9) WHERE id = 1",
        missing: "1 key with its samples (1 block)",
      },
      { destroy: "UPDATE series SET key = zeroblob(9)", missing: "2 keys with their samples (2 blocks)" },
      { destroy: "UPDATE block SET samples = zeroblob(9)", missing: '2 blocks of samples (among them "k0")' },
      { destroy: "DELETE FROM series WHERE id = 2", missing: "the key of 1 block of samples" },
    ];
    for (const [index, { destroy, missing }] of rows.entries()) {
      const path = `${directory}/${index}.db`;
      await makeFile(path);
      const database = new DatabaseSync(path);
      database.exec(destroy);
      database.close();
      assertStringIncludes((await run(checkTool, { file: path })).text, `can be read; missing: ${missing}\n`);
    }
  }));

Deno.test("checkTool does not know the number of keys if their table cannot be read", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    await makeFile(path);
    await destroyPage(path, "k0");
    const { code, text } = await run(checkTool, { file: path });
    assertEquals(code, 1);
    assertStringIncludes(
      text,
      "missing: an unknown number of keys with their samples (2 blocks); SQLite says",
    );
  }));

Deno.test("salvageTool reads a file that has lost its end", () =>
  withDirectory(async (directory) => {
    const [path, out] = [`${directory}/metrics.db`, `${directory}/saved.db`];
    const store = await openDurableStore(path);
    for (let index = 0; index < 3_000; index++) await putUncommitted(store, `key${index}`, 1, 1);
    await store.close();
    await Deno.truncate(path, (await Deno.stat(path)).size - 4_096);
    assertEquals((await run(checkTool, { file: path })).code, 1);
    const { code, text } = await run(salvageTool, { file: path, out });
    assertEquals(code, 0);
    const saved = Number(/^saved (\d+) keys/.exec(text)?.[1]);
    assertEquals(saved > 1_000 && saved < 3_000, true, text);
    assertEquals((await run(checkTool, { file: out })).text, `sound: ${saved} keys, ${saved} samples\n`);
  }));

// Destroys the page of a database that holds a key; the keys in it.
async function destroyPage(path: string, key: string): Promise<ReadonlySet<string>> {
  const pageBytes = 4_096;
  const file = await Deno.readFile(path);
  const text = new TextDecoder("latin1").decode(file);
  const start = text.indexOf(key) - text.indexOf(key) % pageBytes;
  file.fill(0xff, start, start + pageBytes);
  await Deno.writeFile(path, file);
  return new Set(text.slice(start, start + pageBytes).match(/key\d{4}/g));
}

Deno.test("checkTool, salvageTool and backupTool show their progress on a terminal alone", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    await makeFile(path);
    for (const tool of [checkTool, salvageTool, backupTool]) {
      const values = { file: path, out: `${directory}/${tool.name}.db` };
      assertStringIncludes((await run(tool, values, { isTerminal: true })).text, "samples read");
    }
  }));

Deno.test("backupTool copies all acknowledged samples from a file in use", () =>
  withDirectory(async (directory) => {
    const [path, out] = [`${directory}/metrics.db`, `${directory}/copy.db`];
    const store = await openDurableStore(path);
    for (let index = 0; index < 1_000; index++) await putOne(store, `k${index % 7}`, index, index);
    await deleteFrom(store, "k6");
    const rows = await readRows(store, "*");
    assertEquals(await run(backupTool, { file: path, out }), {
      code: 0,
      text: "copied 6 keys, 858 samples\n",
    });
    await putOne(store, "later", 1, 1);
    assertEquals((await run(backupTool, { file: path, out })).code, 1);
    const copy = await openDurableStore(out);
    assertEquals(await readRows(copy, "*"), rows);
    await copy.close();
    await store.close();
    assertEquals((await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort(), [
      "copy.db",
      "metrics.db",
    ]);
  }));

Deno.test("backupTool and checkTool find no damage if a deleted key was put again", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    await makeFile(path);
    const store = await openDurableStore(path);
    await deleteFrom(store, "k0");
    await putOne(store, "k0", 7, 7);
    const copied = await run(backupTool, { file: path, out: `${directory}/copy.db` });
    assertEquals(copied, { code: 0, text: "copied 2 keys, 3 samples\n" });
    await store.close();
    assertEquals((await run(checkTool, { file: path })).text, "sound: 2 keys, 3 samples\n");
  }));

Deno.test("backupTool names the file that it cannot back up, not its own copy", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/text`;
    await Deno.writeTextFile(path, "hello");
    const failed = await run(backupTool, { file: path, out: `${directory}/copy.db` });
    assertEquals(failed, {
      code: 1,
      text: `cannot open "${path}": it is no database of the metrics server`,
    });
  }));

Deno.test("backupTool says whether the file is missing or the copy fails", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    const missing = await run(backupTool, { file: path, out: `${directory}/copy.db` });
    assertEquals(missing, { code: 1, text: `cannot back up "${path}": there is no such file` });
    await makeFile(path);
    const failed = await run(backupTool, { file: path, out: `${directory}/none/copy.db` });
    assertEquals(failed.code, 1);
    assertStringIncludes(failed.text, `cannot back up "${path}": cannot copy it to "${directory}/none": `);
  }));

Deno.test("DurableStore notices that its file is gone, and acknowledges nothing from then on", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    const notices: string[] = [];
    const store = await openDurableStore(path, { onNotice: (line) => notices.push(line) });
    await putOne(store, "a", 1, 1);
    await Deno.remove(path);
    await store.maintain();
    assertEquals(notices.length, 1);
    assertEquals(store.readOnlyReason, "the database file is gone");
    assertEquals(await readRows(store, "a"), ["a 1 1"]);
    await store.close().catch(() => {});
  }));

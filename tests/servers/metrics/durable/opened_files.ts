// Checks of files that are refused or served read-only.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { openDurableStore } from "../../../../src/servers/metrics/durable/durable_store.ts";
import {
  StoreOpenError,
  type StoreOpenErrorCode,
  StoreRefusal,
} from "../../../../src/servers/metrics/store.ts";
import { putOne, readRows } from "../store_actions.ts";

/** Checks that opening a file fails with a code, and with a message of one line. */
export async function refuse(path: string, code: StoreOpenErrorCode): Promise<void> {
  const error = await assertRejects(() => openDurableStore(path), StoreOpenError);
  assertEquals((error as StoreOpenError).code, code);
  assert(!(error as StoreOpenError).message.includes("\n"));
}

/** The sorted names in a directory. */
export async function namesIn(directory: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(directory))).map((entry) => entry.name).sort();
}

/** Opens a damaged file, checks the messages, and returns the rows that are served. */
export async function serveUntouched(path: string): Promise<string[]> {
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

/** Checks that opening a file fails with a code, and does not change the file. */
export async function refuseUntouched(path: string, code: StoreOpenErrorCode): Promise<void> {
  const before = await Deno.readFile(path);
  await refuse(path, code);
  assertEquals(await Deno.readFile(path), before);
}

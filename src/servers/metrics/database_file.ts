import type { DatabaseSync } from "node:sqlite";
import { type DatabaseKind, openDatabaseFile } from "../../sqlite/database_file.ts";
import { checkBlock } from "./block_codec.ts";
import { checkJournalRow } from "./journal_group.ts";
import type { Durability } from "./store.ts";

// AUTOINCREMENT: a number must never come back for another key, because older rows of the journal may still hold it.
const METRICS_DATABASE: DatabaseKind = {
  owner: "metrics server",
  applicationId: "mrMS",
  formatVersion: 1,
  tables: `
    CREATE TABLE series (id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL);
    CREATE TABLE block (id INTEGER PRIMARY KEY, series INTEGER NOT NULL, samples BLOB NOT NULL);
    CREATE TABLE journal (id INTEGER PRIMARY KEY, puts BLOB NOT NULL);
  `,
  check(database: DatabaseSync): void {
    for (const row of database.prepare("SELECT samples FROM block").iterate()) {
      checkBlock(row.samples as Uint8Array);
    }
    for (const row of database.prepare("SELECT puts FROM journal").iterate()) {
      checkJournalRow(row.puts as Uint8Array);
    }
  },
};

/**
 * Opens a database file for this process alone, and makes it when it does not exist.
 *
 * @param path directory and name; the directory must exist
 * @throws {StoreOpenError} when it cannot be; an existing file is as it was then
 */
export function openDatabase(path: string, durability: Durability): Promise<DatabaseSync> {
  return openDatabaseFile(path, {
    kind: METRICS_DATABASE,
    synchronous: durability === "full" ? "FULL" : "NORMAL",
  });
}

import type { DatabaseSync } from "node:sqlite";

/** SQLite's verdict on the structure of a database; undefined when it is sound. */
export function findProblem(database: DatabaseSync): string | undefined {
  const verdict = Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {})[0];
  return verdict === "ok" ? undefined : String(verdict).replaceAll(/\s+/g, " ");
}

/**
 * Lets a database be read that has lost its end. Before the first statement, SQLite compares its size with the one in its
 * header; it goes on only if its schema may be written, which a defensive connection denies (`lockBtree` in btree.c).
 *
 * @param database opened to be read alone
 */
export function allowMissingPages(database: DatabaseSync): void {
  // Node 22 has neither the method nor the default that it takes back.
  if ("enableDefensive" in database && typeof database.enableDefensive === "function") {
    database.enableDefensive(false);
  }
  database.exec("PRAGMA writable_schema = ON");
}

/** Checks that a database has the tables of its kind. @throws {RangeError} when they differ */
export function checkTables(database: DatabaseSync, kind: { readonly tables: readonly string[] }): void {
  const tables = database.prepare("SELECT sql FROM sqlite_schema ORDER BY rowid").all();
  if (tables.map(({ sql }) => sql).join() !== kind.tables.join()) {
    throw new RangeError("Cannot read the database: its tables are not as they were made");
  }
}

import type { DatabaseSync } from "node:sqlite";

/** SQLite's verdict on the structure of a database; undefined when it is sound. */
export function findProblem(database: DatabaseSync): string | undefined {
  const verdict = Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {})[0];
  return verdict === "ok" ? undefined : String(verdict).replaceAll(/\s+/g, " ");
}

/** Checks that a database has the tables of its kind. @throws {RangeError} when they differ */
export function checkTables(database: DatabaseSync, kind: { readonly tables: readonly string[] }): void {
  const tables = database.prepare("SELECT sql FROM sqlite_schema ORDER BY rowid").all();
  if (tables.map(({ sql }) => sql).join() !== kind.tables.join()) {
    throw new RangeError("Cannot read the database: its tables are not as they were made");
  }
}

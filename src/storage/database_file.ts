// How a database file is recognized, made, checked and taken. A file that is not ours, or is damaged, is only read.

import type { Stats } from "node:fs";
import { link, realpath, stat, unlink } from "node:fs/promises";
import { dirname, isAbsolute } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { allowMissingPages, checkTables, findProblem } from "./database_checks.ts";
import { checkHeader, toNumber } from "./database_header.ts";
import { isMissing, lacksIndexRoom, toOpenError, usedByAnother } from "./open_errors.ts";
import { StoreOpenError } from "./store_open_error.ts";

/** The kind of database of one server: its marks, and its schema. */
export interface DatabaseKind {
  /** Their owner, for messages: `metrics server`. */
  readonly owner: string;
  /** Four characters, the bytes 68 to 71 of the file, by which SQLite databases of several programs are told apart. */
  readonly applicationId: string;
  /** The version of the format, above 0. */
  readonly formatVersion: number;
  /** The statements that make the tables, without a semicolon; a file with other ones counts as damaged. */
  readonly tables: readonly string[];
  /** The statement that fills the tables of a new database; default none. */
  readonly fill?: () => string;
}

/** How a database file is opened. */
export interface OpenDatabaseOptions<Content> {
  /** The kind of the database. */
  readonly kind: DatabaseKind;
  /** Whether a commit waits for the disk, or leaves it to the system to write it soon. */
  readonly synchronous: "FULL" | "NORMAL";
  /** Reads everything, before anything can be written. An error that it throws means damage. */
  readonly read: (database: DatabaseSync) => Content;
}

/** An opened database, and the result of reading it. */
export interface OpenedDatabase<Content> {
  /** The database, of this process alone. */
  readonly database: DatabaseSync;
  /** The result of `read`. */
  readonly content: Content;
}

type OpenSqlite = (path: string, options?: { readonly readOnly?: boolean }) => DatabaseSync;

// Two servers that start at once wait for each other this long; Deno's own time is five seconds (2.9.6).
const BUSY_TIMEOUT_MS = 500;

// 16 MiB of log before its pages go to the database: larger pieces, fewer of them.
const CHECKPOINT_PAGES = 4_096;

/**
 * Opens a database file for this process alone, and makes it when it does not exist.
 *
 * @param path directory and name, free of links (see {@linkcode resolveDataFile}); the directory must exist
 * @throws {StoreOpenError} when it cannot be opened; an existing file is unchanged then
 */
export async function openDatabaseFile<Content>(
  path: string,
  options: OpenDatabaseOptions<Content>,
): Promise<OpenedDatabase<Content>> {
  const { kind } = options;
  const openSqlite = await loadSqlite();
  try {
    await makeWhereMissing(openSqlite, path, kind);
    await checkHeader(path, kind);
    const before = await describe(path);
    const content = await readContent(openSqlite, path, options);
    const database = openSqlite(path);
    try {
      takeFile(database, options.synchronous);
      if (await describe(path) !== before) throw usedByAnother(path);
      // In exclusive mode no process uses it.
      await remove(`${path}-shm`);
      return { database, content };
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw toOpenError(path, error, "failed");
  }
}

/** How a damaged file is read. */
export interface ReadDatabaseOptions<Content> {
  /** The kind of the database. */
  readonly kind: DatabaseKind;
  /** Reads it. @param problem SQLite's verdict on its structure; undefined when that is sound */
  readonly read: (database: DatabaseSync, problem: string | undefined) => Content;
}

/**
 * Reads a database file that may be damaged, and leaves it as it is.
 *
 * @throws {StoreOpenError} when it is not ours, another process has it open, its header or its tables are damaged, or
 *   `read` throws
 */
export async function readDatabaseFile<Content>(
  path: string,
  { kind, read }: ReadDatabaseOptions<Content>,
): Promise<Content> {
  const openSqlite = await loadSqlite();
  try {
    await checkHeader(path, kind);
  } catch (error) {
    throw toOpenError(path, error, "failed");
  }
  const traces = await findMissing(path);
  const readSound = (database: DatabaseSync): Content => {
    allowMissingPages(database);
    const problem = findProblem(database);
    checkTables(database, kind);
    return read(database, problem);
  };
  const content = await readBeside(path, () => {
    try {
      return readOnce(openSqlite(path, { readOnly: true }), "NORMAL", readSound);
    } catch (error) {
      if (!lacksIndexRoom(error)) throw error;
      // On a full disk the index of the log stays in memory, and only a connection that may write can ask for
      // that.
      return readOnce(openSqlite(path), "EXCLUSIVE", readSound);
    }
  });
  for (const name of traces) await removeTrace(name);
  return content;
}

/**
 * The real path of a data file behind a link, because SQLite keeps the log next to the file, not next to the
 * link.
 */
export async function resolveDataFile(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isMissing(error)) return path;
    throw toOpenError(path, error, "failed");
  }
}

async function loadSqlite(): Promise<OpenSqlite> {
  try {
    const { DatabaseSync } = await import("node:sqlite");
    // ":memory:" and names that begin with "file:" are special to SQLite; with a directory in front they are
    // names.
    return (path, options = {}) => new DatabaseSync(isAbsolute(path) ? path : `./${path}`, options);
  } catch (cause) {
    const message =
      "Cannot open a database: this runtime has no node:sqlite (Deno, Bun or Node 22.13 and later have)";
    throw new StoreOpenError("no-sqlite", message, { cause });
  }
}

async function makeWhereMissing(
  openSqlite: OpenSqlite,
  path: string,
  kind: DatabaseKind,
): Promise<void> {
  // The name in `none/` would be `none` to dirname alone.
  const directory = dirname(`${path}x`);
  if (!(await statOf(directory))?.isDirectory()) {
    throw new StoreOpenError("no-directory", `Cannot open "${path}": there is no directory "${directory}"`);
  }
  const status = await statOf(path);
  if (status !== undefined && !status.isFile()) {
    throw new StoreOpenError("foreign", `Cannot open "${path}": it is no file`);
  }
  if (status !== undefined && status.size > 0) return;
  // SQLite would take the log of a lost database for one of the new one.
  if (((await statOf(`${path}-wal`))?.size ?? 0) > 0) {
    throw new StoreOpenError(
      "damaged",
      `Cannot open "${path}": it is gone, but its log "${path}-wal" is not`,
    );
  }
  if (status === undefined) await makeFile(openSqlite, path, kind);
  else fillFile(openSqlite, path, kind);
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function remove(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

// Made whole under another name first: a file that a kill left half made would look damaged. A link, unlike a rename,
// fails when another server was faster, and then its file is opened.
async function makeFile(openSqlite: OpenSqlite, path: string, kind: DatabaseKind): Promise<void> {
  const draft = `${path}.${crypto.randomUUID()}`;
  try {
    fillFile(openSqlite, draft, kind);
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await remove(draft);
  }
}

function fillFile(openSqlite: OpenSqlite, path: string, kind: DatabaseKind): void {
  const database = openSqlite(path);
  try {
    database.exec(`
      PRAGMA auto_vacuum = INCREMENTAL;
      BEGIN EXCLUSIVE;
      PRAGMA application_id = ${toNumber(kind.applicationId)};
      PRAGMA user_version = ${kind.formatVersion};
      ${kind.tables.join(";\n")};
      ${kind.fill?.() ?? ""};
      COMMIT;
      PRAGMA journal_mode = WAL;
    `);
  } finally {
    database.close();
  }
}

// Sizes and times of change: a read counts only if no other process has written until the file was taken.
async function describe(path: string): Promise<string> {
  const [file, log] = [await statOf(path), await statOf(`${path}-wal`)];
  return [file?.size, file?.mtimeMs, log?.size ?? 0, (log?.size ?? 0) > 0 ? log?.mtimeMs : 0].join(" ");
}

function readContent<Content>(
  openSqlite: OpenSqlite,
  path: string,
  { kind, read }: OpenDatabaseOptions<Content>,
): Promise<Content> {
  return readBeside(path, () =>
    readOnce(openSqlite(path, { readOnly: true }), "NORMAL", (database) => {
      const problem = findProblem(database);
      if (problem !== undefined) throw new RangeError(`Cannot read the database: ${problem}`);
      checkTables(database, kind);
      return read(database);
    }));
}

// The files beside the database that reading makes go with it: a refused file is left as it was found.
async function readBeside<Content>(path: string, read: () => Content): Promise<Content> {
  const traces = await findMissing(path);
  try {
    return read();
  } catch (error) {
    for (const name of traces) await removeTrace(name);
    throw toOpenError(path, error, "damaged");
  }
}

function readOnce<Content>(
  database: DatabaseSync,
  lockingMode: "NORMAL" | "EXCLUSIVE",
  read: (database: DatabaseSync) => Content,
): Content {
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA locking_mode = ${lockingMode}`);
    return read(database);
  } finally {
    database.close();
  }
}

async function findMissing(path: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const name of [`${path}-wal`, `${path}-shm`]) if (await statOf(name) === undefined) missing.push(name);
  return missing;
}

// A log with content belongs to a server that has started meanwhile.
async function removeTrace(name: string): Promise<void> {
  if (name.endsWith("-wal") && ((await statOf(name))?.size ?? 0) > 0) return;
  await remove(name);
}

// In exclusive mode the lock that the first write takes stays until the end, and the index of the log needs no file.
function takeFile(database: DatabaseSync, synchronous: "FULL" | "NORMAL"): void {
  database.exec(`
    PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS};
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA synchronous = ${synchronous};
    PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
    BEGIN EXCLUSIVE;
    COMMIT;
  `);
}

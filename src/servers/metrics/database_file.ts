// How a database file is recognized, made, checked and taken. A file that is not ours, or is damaged, is only read.

import { Buffer } from "node:buffer";
import { link, open, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { checkBlock } from "./block_codec.ts";
import { checkJournalRow } from "./journal_group.ts";
import { type Durability, StoreOpenError, type StoreOpenErrorCode } from "./store.ts";

type DatabaseConstructor = new (
  path: string | URL,
  options?: { readonly readOnly?: boolean },
) => DatabaseSync;

// "mrMS": the bytes 68 to 71 of our files, by which they are told from other SQLite databases.
const APPLICATION_ID = 0x6d724d53;
const FORMAT_VERSION = 1;

// Result codes of SQLite (https://www.sqlite.org/rescode.html).
const SQLITE_PERM = 3;
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

// AUTOINCREMENT: a number must never come back for another key, because older rows of the journal may still hold it.
const SCHEMA = `
  PRAGMA auto_vacuum = INCREMENTAL;
  BEGIN;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${FORMAT_VERSION};
  CREATE TABLE series (id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL);
  CREATE TABLE block (id INTEGER PRIMARY KEY, series INTEGER NOT NULL, samples BLOB NOT NULL);
  CREATE TABLE journal (id INTEGER PRIMARY KEY, puts BLOB NOT NULL);
  COMMIT;
`;

// 16 MiB of log before its pages go to the database: larger pieces, fewer of them.
const CHECKPOINT_PAGES = 4_096;

/**
 * Opens a database file for this process alone, and makes it when it does not exist.
 *
 * @param path directory and name; the directory must exist
 * @throws {StoreOpenError} when it cannot be; an existing file is as it was then
 */
export async function openDatabase(path: string, durability: Durability): Promise<DatabaseSync> {
  const Database = await loadSqlite();
  try {
    const size = await sizeOf(path);
    if (size === undefined) await createFile(Database, path);
    else if (size > 0) {
      await checkKind(path);
      checkContent(Database, path);
    }
    const database = new Database(path);
    try {
      takeFile(database, durability, size === 0);
      // Left behind by the check, which reads in shared mode; in exclusive mode nobody uses it.
      await unlink(`${path}-shm`).catch(() => {});
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw toOpenError(path, error);
  }
}

async function loadSqlite(): Promise<DatabaseConstructor> {
  try {
    return (await import("node:sqlite")).DatabaseSync;
  } catch (cause) {
    const message =
      "Cannot open a database: this runtime has no node:sqlite (Deno, Bun or Node 22.13 and later have)";
    throw new StoreOpenError("no-sqlite", message, { cause });
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  const directory = dirname(path);
  const directoryStatus = await stat(directory).catch(ignoreMissing);
  if (!directoryStatus?.isDirectory()) {
    throw new StoreOpenError("no-directory", `Cannot open "${path}": there is no directory "${directory}"`);
  }
  const status = await stat(path).catch(ignoreMissing);
  if (status === undefined || status.isFile()) return status?.size;
  throw new StoreOpenError("foreign", `Cannot open "${path}": it is no file`);
}

function ignoreMissing(error: unknown): undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
}

// Made whole under another name first: a file that a kill left half made would look damaged. A link, unlike a rename,
// fails when another server was faster, and then its file is opened.
async function createFile(Database: DatabaseConstructor, path: string): Promise<void> {
  const draft = `${path}.${crypto.randomUUID()}`;
  const database = new Database(draft);
  try {
    database.exec(SCHEMA);
  } finally {
    database.close();
  }
  try {
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await unlink(draft);
  }
}

const MAGIC = "SQLite format 3\0";
// Where the header of a database has the numbers that say whose it is, four bytes each, the highest first.
const USER_VERSION_OFFSET = 60;
const APPLICATION_ID_OFFSET = 68;
const HEADER_BYTES = 100;

// The header is read as bytes: SQLite would put files of its own beside the database of another program, and Deno
// opens database URLs only with the permission to write everywhere. Our headers never wait in the log.
async function checkKind(path: string): Promise<void> {
  const header = await readHeader(path);
  const isOurs = header.subarray(0, MAGIC.length).toString("latin1") === MAGIC &&
    header.readUInt32BE(APPLICATION_ID_OFFSET) === APPLICATION_ID;
  if (!isOurs) {
    throw new StoreOpenError("foreign", `Cannot open "${path}": it is no database of the metrics server`);
  }
  const version = header.readUInt32BE(USER_VERSION_OFFSET);
  if (version !== FORMAT_VERSION) {
    const message =
      `Cannot open "${path}": its format is version ${version}, this program knows ${FORMAT_VERSION}`;
    throw new StoreOpenError("foreign", message);
  }
}

async function readHeader(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    // What is missing of a short file stays zero.
    const header = Buffer.alloc(HEADER_BYTES);
    await file.read(header, 0, HEADER_BYTES, 0);
    return header;
  } finally {
    await file.close();
  }
}

function checkContent(Database: DatabaseConstructor, path: string): void {
  const database = new Database(path, { readOnly: true });
  try {
    const verdict = Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {})[0];
    if (verdict !== "ok") {
      throw new RangeError(`Cannot read the database: ${String(verdict).replaceAll(/\s+/g, " ")}`);
    }
    for (const row of database.prepare("SELECT samples FROM block").iterate()) {
      checkBlock(row.samples as Uint8Array);
    }
    for (const row of database.prepare("SELECT puts FROM journal").iterate()) {
      checkJournalRow(row.puts as Uint8Array);
    }
  } finally {
    database.close();
  }
}

// In exclusive mode the lock that the first write takes stays until the end, and the index of the log needs no file.
function takeFile(database: DatabaseSync, durability: Durability, isEmpty: boolean): void {
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  if (isEmpty) database.exec(SCHEMA);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = ${durability === "full" ? "FULL" : "NORMAL"};
    PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
    BEGIN EXCLUSIVE;
    COMMIT;
  `);
}

function toOpenError(path: string, error: unknown): StoreOpenError {
  if (error instanceof StoreOpenError) return error;
  const code = classify(error);
  const state = code === "locked"
    ? "another server has it open"
    : code === "damaged"
    ? `it is damaged (${messageOf(error)})`
    : messageOf(error);
  return new StoreOpenError(code, `Cannot open "${path}": ${state}`, { cause: error });
}

function classify(error: unknown): StoreOpenErrorCode {
  if (error instanceof RangeError) return "damaged";
  if (!(error instanceof Error)) return "failed";
  const { name, code, errcode } = error as Error & { readonly code?: unknown; readonly errcode?: unknown };
  if (name === "NotCapable" || code === "EACCES" || code === "EPERM") return "denied";
  // The low byte is the result code, the rest says more about it.
  switch (typeof errcode === "number" ? errcode & 0xff : 0) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "locked";
    case SQLITE_CORRUPT:
      return "damaged";
    case SQLITE_NOTADB:
      return "foreign";
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return "denied";
    default:
      return "failed";
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

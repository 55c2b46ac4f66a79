// How a database file is recognized, made, checked and taken. A file that is not ours, or is damaged, is only read.

import { Buffer } from "node:buffer";
import { link, open, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { StoreOpenError, type StoreOpenErrorCode } from "./store_open_error.ts";

/** What tells the databases of one server from all others, and how they are made. */
export interface DatabaseKind {
  /** Whose they are, for messages: `metrics server`. */
  readonly owner: string;
  /** Four characters, the bytes 68 to 71 of the file, by which SQLite databases of several programs are told apart. */
  readonly applicationId: string;
  /** The version of the format, above 0. */
  readonly formatVersion: number;
  /** The statements that make the tables of an empty database. */
  readonly tables: string;
  /** Reads everything in a database of this format. @throws {RangeError} when it is damaged */
  readonly check: (database: DatabaseSync) => void;
}

type DatabaseConstructor = new (
  path: string | URL,
  options?: { readonly readOnly?: boolean },
) => DatabaseSync;

// Result codes of SQLite (https://www.sqlite.org/rescode.html).
const SQLITE_PERM = 3;
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

function schemaOf({ applicationId, formatVersion, tables }: DatabaseKind): string {
  return `
    PRAGMA auto_vacuum = INCREMENTAL;
    BEGIN;
    PRAGMA application_id = ${toNumber(applicationId)};
    PRAGMA user_version = ${formatVersion};
    ${tables}
    COMMIT;
  `;
}

function toNumber(applicationId: string): number {
  return Buffer.from(applicationId, "latin1").readUInt32BE();
}

// 16 MiB of log before its pages go to the database: larger pieces, fewer of them.
const CHECKPOINT_PAGES = 4_096;

/** How a database file is opened. */
export interface OpenDatabaseOptions {
  /** What a database of this file is. */
  readonly kind: DatabaseKind;
  /** Whether a commit waits for the disk, or leaves it to the system to write it soon. */
  readonly synchronous: "FULL" | "NORMAL";
}

/**
 * Opens a database file for this process alone, and makes it when it does not exist.
 *
 * @param path directory and name; the directory must exist
 * @throws {StoreOpenError} when it cannot be; an existing file is as it was then
 */
export async function openDatabaseFile(path: string, options: OpenDatabaseOptions): Promise<DatabaseSync> {
  const { kind } = options;
  const Database = await loadSqlite();
  try {
    const size = await sizeOf(path);
    if (size === undefined) await createFile(Database, path, kind);
    else if (size > 0) {
      await checkKind(path, kind);
      checkContent(Database, path, kind);
    }
    const database = new Database(path);
    try {
      takeFile(database, options, size === 0);
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
async function createFile(Database: DatabaseConstructor, path: string, kind: DatabaseKind): Promise<void> {
  const draft = `${path}.${crypto.randomUUID()}`;
  const database = new Database(draft);
  try {
    database.exec(schemaOf(kind));
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
async function checkKind(path: string, kind: DatabaseKind): Promise<void> {
  const header = await readHeader(path);
  const isOurs = header.subarray(0, MAGIC.length).toString("latin1") === MAGIC &&
    header.readUInt32BE(APPLICATION_ID_OFFSET) === toNumber(kind.applicationId);
  if (!isOurs) {
    throw new StoreOpenError("foreign", `Cannot open "${path}": it is no database of the ${kind.owner}`);
  }
  const version = header.readUInt32BE(USER_VERSION_OFFSET);
  if (version !== kind.formatVersion) {
    const message =
      `Cannot open "${path}": its format is version ${version}, this program knows ${kind.formatVersion}`;
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

function checkContent(Database: DatabaseConstructor, path: string, kind: DatabaseKind): void {
  const database = new Database(path, { readOnly: true });
  try {
    const verdict = Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {})[0];
    if (verdict !== "ok") {
      throw new RangeError(`Cannot read the database: ${String(verdict).replaceAll(/\s+/g, " ")}`);
    }
    kind.check(database);
  } finally {
    database.close();
  }
}

// In exclusive mode the lock that the first write takes stays until the end, and the index of the log needs no file.
function takeFile(
  database: DatabaseSync,
  { kind, synchronous }: OpenDatabaseOptions,
  isEmpty: boolean,
): void {
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  if (isEmpty) database.exec(schemaOf(kind));
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = ${synchronous};
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

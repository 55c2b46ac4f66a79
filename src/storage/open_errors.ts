// Maps failures of SQLite and of the file system to errors for the opener of a database.

import { ownMessageOf } from "../base/error_text.ts";
import { StoreOpenError, type StoreOpenErrorCode } from "./store_open_error.ts";

// Result codes of SQLite (https://www.sqlite.org/rescode.html).
const SQLITE_PERM = 3;
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;
// The index of the log could not grow: the disk has room for the database, but not for 32 KiB more.
const SQLITE_IOERR_SHMSIZE = 4_874;

/** Whether there was no room on the disk for the index of a log. */
export function lacksIndexRoom(error: unknown): boolean {
  return codesOf(error).errcode === SQLITE_IOERR_SHMSIZE;
}

/** Whether a call of the file system failed because the path does not exist. */
export function isMissing(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** The error of a database that another process has open. */
export function usedByAnother(path: string, cause?: unknown): StoreOpenError {
  return new StoreOpenError("locked", `Cannot open "${path}": another server has it open`, { cause });
}

/**
 * Makes the error for the opener of a database.
 *
 * @param otherwise the code of a failure if neither its class nor its code says more
 */
export function toOpenError(path: string, error: unknown, otherwise: StoreOpenErrorCode): StoreOpenError {
  if (error instanceof StoreOpenError) return error;
  const code = classify(error, otherwise);
  if (code === "locked") return usedByAnother(path, error);
  const message = ownMessageOf(error);
  let state = message;
  if (code === "damaged") state = `it is damaged (${message})`;
  else if (isMissing(error)) state = "there is no such file";
  else if (meansNoRoom(error)) state = `there is no room for it on the disk (${message})`;
  return new StoreOpenError(code, `Cannot open "${path}": ${state}`, { cause: error });
}

function meansNoRoom(error: unknown): boolean {
  const { code, errcode } = codesOf(error);
  return code === "ENOSPC" || code === "EDQUOT" || resultOf(errcode) === SQLITE_FULL ||
    lacksIndexRoom(error);
}

function codesOf(error: unknown): { readonly code?: unknown; readonly errcode?: unknown } {
  return error instanceof Error ? error as Error & { readonly code?: unknown } : {};
}

// The low byte is the result code, the rest says more about it.
function resultOf(errcode: unknown): number {
  return typeof errcode === "number" ? errcode & 0xff : 0;
}

function classify(error: unknown, otherwise: StoreOpenErrorCode): StoreOpenErrorCode {
  if (error instanceof RangeError) return "damaged";
  if (!(error instanceof Error)) return otherwise;
  const { code, errcode } = codesOf(error);
  if (meansNoRoom(error)) return "failed";
  if (error.name === "NotCapable" || code === "EACCES" || code === "EPERM") return "denied";
  switch (resultOf(errcode)) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "locked";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "damaged";
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return "denied";
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return "failed";
    default:
      return otherwise;
  }
}

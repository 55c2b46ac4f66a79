// The header of a database file, which tells its owner.

import { Buffer } from "node:buffer";
import { open } from "node:fs/promises";
import { StoreOpenError } from "./store_open_error.ts";

const MAGIC = "SQLite format 3\0";
// Where the header of a database has the versions of the format for writing and reading, 2 for one with a log, and the
// numbers that say whose it is, four bytes each, the highest first.
const WRITE_VERSION_OFFSET = 18;
const READ_VERSION_OFFSET = 19;
const USER_VERSION_OFFSET = 60;
const APPLICATION_ID_OFFSET = 68;
const HEADER_BYTES = 100;

/** The header of a database. */
export interface HeaderKind {
  /** Its owner, for messages. */
  readonly owner: string;
  /** Four characters by which SQLite databases of several programs are told apart. */
  readonly applicationId: string;
  /** The version of the format. */
  readonly formatVersion: number;
}

// The header is read as bytes: SQLite would put files of its own beside the database of another program, and Deno
// opens database URLs only with the permission to write everywhere. Our headers never wait in the log.
/**
 * Checks that a file is a database of this kind.
 *
 * @throws {StoreOpenError} `foreign` when it is another's
 * @throws {RangeError} when the header is damaged
 */
export async function checkHeader(path: string, kind: HeaderKind): Promise<void> {
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
  if (header[WRITE_VERSION_OFFSET] !== 2 || header[READ_VERSION_OFFSET] !== 2) {
    throw new RangeError("Cannot read the database: its header is not as it was written");
  }
}

async function readHeader(path: string): Promise<Buffer> {
  // Opened for writing too: if that is not allowed, fail here, before SQLite leaves other files next to it.
  const file = await open(path, "r+");
  try {
    // The missing bytes of a short file stay zero.
    const header = Buffer.alloc(HEADER_BYTES);
    await file.read(header, 0, HEADER_BYTES, 0);
    return header;
  } finally {
    await file.close();
  }
}

/** The number that stands for four characters. */
export function toNumber(applicationId: string): number {
  return Buffer.from(applicationId, "latin1").readUInt32BE();
}

// Keeps the requests of a store in a database file, so that they survive a restart.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Clock } from "../../../base/clock.ts";
import { type DatabaseKind, openDatabaseFile, resolveDataFile } from "../../../storage/database_file.ts";
import { messageOfError } from "../../../base/error_text.ts";
import { packForArchive, parseArchived, unpackRequest } from "./packed_request.ts";
import type { StoreListener } from "./request_store.ts";
import type { StoredRequest } from "../records/stored_request.ts";

const TRAP_DATABASE: DatabaseKind = {
  owner: "request trap",
  applicationId: "mrRT",
  formatVersion: 1,
  // All facts about a request are one JSON text: only the program that wrote it reads it.
  tables: ["CREATE TABLE request (sequence INTEGER PRIMARY KEY, facts TEXT NOT NULL, bytes BLOB NOT NULL)"],
};

// Requests that come together are one transaction, which makes a thousand a second cheap.
const WRITE_AFTER_MS = 50;
// One transaction stops the server as long as it lasts; the rest follows in the next.
const BYTES_AT_ONCE = 8_388_608;
// A full disk stays full until an operator makes room.
const RETRY_AFTER_MS = 1_000;

/** Parts of an {@linkcode Archive}. */
export interface ArchiveOptions {
  /** The name of the file, for messages. */
  readonly path: string;
  /** For the time between two transactions. */
  readonly clock: Clock;
  /** Called when the file cannot be written, once until it can be written again. */
  readonly onError: (error: Error) => void;
  /** Called when it can be written again. @param count requests that have waited for it */
  readonly onRecovered: (count: number) => void;
}

/**
 * Opens an archive, and creates it if it does not exist.
 *
 * @throws {StoreOpenError} when the file cannot be used; then it is unchanged
 */
export async function openArchive(options: ArchiveOptions): Promise<Archive> {
  const settings = { kind: TRAP_DATABASE, synchronous: "NORMAL", read: checkAll } as const;
  const { database } = await openDatabaseFile(await resolveDataFile(options.path), settings);
  return new Archive(database, options);
}

/**
 * Reads the requests of an archive on a full disk, without writing.
 *
 * @throws {StoreOpenError} when the file cannot be used
 */
export async function readFullArchive(path: string): Promise<readonly StoredRequest[]> {
  const place = await resolveDataFile(path);
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(place);
  try {
    // In exclusive mode the index of the log is in memory: it needs no room on the disk.
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    return [...requestsIn(database)];
  } finally {
    database.close();
  }
}

function* requestsIn(database: DatabaseSync): Generator<StoredRequest> {
  const rows = database.prepare("SELECT sequence, facts, bytes FROM request ORDER BY sequence");
  for (const row of rows.iterate()) {
    const request = unpackRequest(parseArchived(row.facts), row.bytes as Uint8Array);
    request.sequence = row.sequence as number;
    yield request;
  }
}

function checkAll(database: DatabaseSync): void {
  for (const row of database.prepare("SELECT facts FROM request").iterate()) parseArchived(row.facts);
}

/** The requests of a store in a database; a listener of the store. */
export class Archive implements StoreListener {
  readonly #database: DatabaseSync;
  readonly #options: ArchiveOptions;
  readonly #write: StatementSync;
  readonly #delete: StatementSync;
  readonly #unwritten = new Map<number, StoredRequest>();
  readonly #removed = new Set<number>();
  // Requests with a larger number have never been in the file: at high rates most are dropped before they are
  // written.
  #lastWritten: number;
  #isCleared = false;
  #stopTimer: (() => void) | undefined;
  #error: Error | undefined;
  #isClosed = false;

  /** @param database owned by the archive, and closed with it */
  constructor(database: DatabaseSync, options: ArchiveOptions) {
    this.#database = database;
    this.#options = options;
    this.#write = database.prepare("REPLACE INTO request (sequence, facts, bytes) VALUES (?, ?, ?)");
    this.#delete = database.prepare("DELETE FROM request WHERE sequence = ?");
    const last = database.prepare("SELECT MAX(sequence) AS sequence FROM request").get();
    this.#lastWritten = last?.sequence as number | null ?? 0;
  }

  /** The number of requests that wait to be written. */
  get waiting(): number {
    return this.#unwritten.size;
  }

  /** Why the file cannot be written now. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** All requests, in the order in which they were stored. */
  read(): Generator<StoredRequest> {
    return requestsIn(this.#database);
  }

  added(request: StoredRequest): void {
    this.#unwritten.set(request.sequence, request);
    this.#wake();
  }

  changed(request: StoredRequest): void {
    this.added(request);
  }

  removed(requests: readonly StoredRequest[]): void {
    for (const { sequence } of requests) {
      this.#unwritten.delete(sequence);
      if (sequence <= this.#lastWritten) this.#removed.add(sequence);
    }
    this.#wake();
  }

  cleared(): void {
    this.#unwritten.clear();
    this.#removed.clear();
    this.#isCleared = true;
    this.#wake();
  }

  /** Writes the unwritten requests, and closes the file. */
  close(): void {
    this.#isClosed = true;
    do this.#flush(); while (this.#unwritten.size > 0 && this.#error === undefined);
    this.#database.close();
  }

  #wake(): void {
    // A request that the end of the server cut off may come after the close.
    if (this.#isClosed) return;
    const afterMs = this.#error === undefined ? WRITE_AFTER_MS : RETRY_AFTER_MS;
    this.#stopTimer ??= this.#options.clock.every(afterMs, () => this.#flush());
  }

  #flush(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    let written: readonly number[];
    try {
      written = this.#transact();
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      return this.#fail(error);
    }
    if (this.#error !== undefined) this.#options.onRecovered(this.#unwritten.size);
    this.#error = undefined;
    this.#isCleared = false;
    this.#removed.clear();
    for (const sequence of written) this.#unwritten.delete(sequence);
    if (this.#unwritten.size > 0) this.#wake();
  }

  /** Unwritten requests stay in memory, where the store holds them anyway; the write is retried. */
  #fail(cause: unknown): void {
    const isFirst = this.#error === undefined;
    const { size } = this.#unwritten;
    const waiting = size === 1 ? "1 request waits" : `${size} requests wait`;
    this.#error = new Error(
      `Cannot write "${this.#options.path}": ${messageOfError(cause)}; ${waiting} in memory`,
      { cause },
    );
    if (isFirst) this.#options.onError(this.#error);
    this.#wake();
  }

  /** @returns the requests that were written, by their sequence */
  #transact(): readonly number[] {
    this.#database.exec("BEGIN");
    if (this.#isCleared) this.#database.exec("DELETE FROM request");
    for (const sequence of this.#removed) this.#delete.run(sequence);
    const written: number[] = [];
    let left = BYTES_AT_ONCE;
    for (const [sequence, request] of this.#unwritten) {
      if (left <= 0) break;
      const { facts, bytes } = packForArchive(request);
      this.#write.run(sequence, JSON.stringify(facts), bytes);
      this.#lastWritten = Math.max(this.#lastWritten, sequence);
      written.push(sequence);
      left -= bytes.length;
    }
    this.#database.exec("COMMIT");
    return written;
  }
}

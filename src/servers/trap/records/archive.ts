// Keeps the requests of a store in a database file, so that they are there again after a restart.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Clock } from "../../../base/clock.ts";
import { type DatabaseKind, openDatabaseFile, resolveDataFile } from "../../../storage/database_file.ts";
import type { StoreListener } from "./request_store.ts";
import { type RequestFacts, StoredRequest } from "./stored_request.ts";
import type { WirePiece } from "./wire_bytes.ts";

const TRAP_DATABASE: DatabaseKind = {
  owner: "request trap",
  applicationId: "mrRT",
  formatVersion: 1,
  // What is known of a request stands in one JSON text: nothing looks into it but the program that wrote it.
  tables: ["CREATE TABLE request (sequence INTEGER PRIMARY KEY, facts TEXT NOT NULL, bytes BLOB NOT NULL)"],
};

/** What stands in the column of facts. */
interface ArchivedFacts {
  readonly facts: RequestFacts;
  readonly length: number;
  readonly sha256: string;
  readonly pieces: readonly WirePiece[];
}

// Requests that come together are one transaction: that is what makes a thousand a second cheap.
const WRITE_AFTER_MS = 50;

/** Parts of an {@linkcode Archive}. */
export interface ArchiveOptions {
  /** For the time between two transactions. */
  readonly clock: Clock;
  /** Told when the file cannot be written, once until it can again. */
  readonly onError: (error: unknown) => void;
}

/**
 * Opens an archive, and makes it when it does not exist.
 *
 * @param path directory and name; the directory must exist
 * @throws {StoreOpenError} when the file cannot be used; it is as it was then
 */
export async function openArchive(path: string, options: ArchiveOptions): Promise<Archive> {
  const settings = { kind: TRAP_DATABASE, synchronous: "NORMAL", read: checkAll } as const;
  const { database } = await openDatabaseFile(await resolveDataFile(path), settings);
  return new Archive(database, options);
}

function checkAll(database: DatabaseSync): void {
  for (const row of database.prepare("SELECT facts FROM request").iterate()) parseFacts(row.facts);
}

/** The requests of a store in a database; a listener of the store. */
export class Archive implements StoreListener {
  readonly #database: DatabaseSync;
  readonly #options: ArchiveOptions;
  readonly #write: StatementSync;
  readonly #delete: StatementSync;
  readonly #unwritten = new Map<number, StoredRequest>();
  readonly #removed = new Set<number>();
  // Larger ones have never been in the file: at high rates most requests are gone before they would be written.
  #lastWritten: number;
  #isCleared = false;
  #stopTimer: (() => void) | undefined;
  #hasFailed = false;
  #isClosed = false;

  /** @param database ours alone; closed with the archive */
  constructor(database: DatabaseSync, options: ArchiveOptions) {
    this.#database = database;
    this.#options = options;
    this.#write = database.prepare("REPLACE INTO request (sequence, facts, bytes) VALUES (?, ?, ?)");
    this.#delete = database.prepare("DELETE FROM request WHERE sequence = ?");
    const last = database.prepare("SELECT MAX(sequence) AS sequence FROM request").get();
    this.#lastWritten = last?.sequence as number | null ?? 0;
  }

  /** All requests, in the order in which they were stored. */
  *read(): Generator<StoredRequest> {
    const rows = this.#database.prepare("SELECT sequence, facts, bytes FROM request ORDER BY sequence");
    for (const row of rows.iterate()) {
      const { facts, length, sha256, pieces } = parseFacts(row.facts);
      const kept = row.bytes as Uint8Array;
      const request = new StoredRequest(facts, { kept, length, sha256, pieces, isCut: kept.length < length });
      request.sequence = row.sequence as number;
      yield request;
    }
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

  /** Writes what is unwritten, and closes the file. */
  close(): void {
    this.#isClosed = true;
    this.#flush();
    this.#database.close();
  }

  #wake(): void {
    // A request that was cut off by the end of the server may come behind it.
    if (this.#isClosed) return;
    this.#stopTimer ??= this.#options.clock.every(WRITE_AFTER_MS, () => this.#flush());
  }

  #flush(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    try {
      this.#transact();
      this.#hasFailed = false;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      if (!this.#hasFailed) this.#options.onError(error);
      this.#hasFailed = true;
    }
    // After a failure too: the requests are still in memory, and must not be held twice for ever.
    this.#isCleared = false;
    this.#removed.clear();
    this.#unwritten.clear();
  }

  #transact(): void {
    this.#database.exec("BEGIN");
    if (this.#isCleared) this.#database.exec("DELETE FROM request");
    for (const sequence of this.#removed) this.#delete.run(sequence);
    for (const [sequence, { facts, wire }] of this.#unwritten) {
      const { length, sha256, pieces } = wire;
      this.#write.run(sequence, JSON.stringify({ facts, length, sha256, pieces }), wire.kept);
      this.#lastWritten = Math.max(this.#lastWritten, sequence);
    }
    this.#database.exec("COMMIT");
  }
}

/** @throws {RangeError} when the text is not one that an archive has written */
function parseFacts(text: unknown): ArchivedFacts {
  const fault = new RangeError("Cannot read a request: its facts are damaged");
  let value: unknown;
  try {
    value = JSON.parse(String(text));
  } catch {
    throw fault;
  }
  if (typeof value !== "object" || value === null || !("facts" in value) || !("pieces" in value)) throw fault;
  return value as ArchivedFacts;
}

import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import {
  type DatabaseKind,
  openDatabaseFile,
  type OpenedDatabase,
  readDatabaseFile,
} from "../../../../storage/database_file.ts";
import type { Durability } from "../../store.ts";
import { type SalvagedSeries, salvageSeries } from "../salvage_series.ts";

// The first bytes of key, samples and puts are a checksum. The state is one row: a unique number of the
// database, the largest id that a series ever had, and the largest id of a sealed row of the journal.
const METRICS_DATABASE: DatabaseKind = {
  owner: "metrics server",
  applicationId: "mrMS",
  formatVersion: 2,
  tables: [
    "CREATE TABLE state (id INTEGER PRIMARY KEY, identity INTEGER, last_order INTEGER, sealed_journal INTEGER)",
    "CREATE TABLE series (id INTEGER PRIMARY KEY, key BLOB NOT NULL)",
    "CREATE TABLE block (id INTEGER PRIMARY KEY, series INTEGER NOT NULL, samples BLOB NOT NULL)",
    "CREATE TABLE journal (id INTEGER PRIMARY KEY, puts BLOB NOT NULL)",
  ],
  fill: () => `INSERT INTO state VALUES (1, ${crypto.getRandomValues(new Uint32Array(1))[0]}, 0, 0)`,
};

/** How a database of the metrics server is opened. */
export interface OpenMetricsOptions<Content> {
  /** The promise of a commit. */
  readonly durability: Durability;
  /** Reads everything, before anything can be written. An error that it throws means damage. */
  readonly read: (database: DatabaseSync) => Content;
}

/**
 * Opens a database file for this process alone, and makes it when it does not exist.
 *
 * @param path directory and name, free of links; the directory must exist
 * @throws {StoreOpenError} when it cannot be opened; an existing file is unchanged then
 */
export function openDatabase<Content>(
  path: string,
  { durability, read }: OpenMetricsOptions<Content>,
): Promise<OpenedDatabase<Content>> {
  const synchronous = durability === "full" ? "FULL" : "NORMAL";
  return openDatabaseFile(path, { kind: METRICS_DATABASE, synchronous, read });
}

/**
 * Reads the sound part of a database file, and leaves the file unchanged.
 *
 * @param seed see `KeyTable`
 * @param onRead called often, with the number of samples so far
 * @throws {StoreOpenError} when it is not ours, its header or state is damaged, or another process has it
 *   open
 */
export function readSoundSeries(
  path: string,
  seed: number,
  onRead?: (samples: number) => void,
): Promise<SalvagedSeries> {
  return readDatabaseFile(path, {
    kind: METRICS_DATABASE,
    read: (database, problem) => {
      const salvaged = salvageSeries(database, seed, onRead);
      if (problem !== undefined) salvaged.damage.notes.push(`SQLite says: ${problem}`);
      return salvaged;
    },
  });
}

/** Bytes of a database file and its log; 0 for a missing one. */
export function databaseBytes(path: string): number {
  const sizeOf = (name: string): number => statSync(name, { throwIfNoEntry: false })?.size ?? 0;
  return sizeOf(path) + sizeOf(`${path}-wal`);
}

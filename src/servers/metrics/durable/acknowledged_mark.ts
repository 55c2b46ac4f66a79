// Next to a database in use lies a file with the number of its last acknowledged commit. SQLite takes a log
// that breaks off for one that a kill cut short, and drops the rest. This number reveals a damaged, shortened
// or removed log. It is written after each commit and never synced, so after a loss of power it may be too
// low, but never too high.

import { closeSync, constants, openSync, readFileSync, writeSync } from "node:fs";
import { stat, unlink } from "node:fs/promises";
import { checkRow, CHECKSUM_BYTES, signRow } from "./format/checksum.ts";

// Checksum (4 bytes), 4 unused bytes, then two doubles: the identity of the database and the number of the
// commit.
const MARK_BYTES = 24;

function nameOf(dataFile: string): string {
  return `${dataFile}-acknowledged`;
}

/**
 * The number of the last acknowledged commit of a database, from its mark.
 *
 * @param identity the number of the database; a mark of another one does not count
 * @returns 0 if there is no mark, or a damaged one
 */
export function readMark(dataFile: string, identity: number): number {
  try {
    const mark = new Uint8Array(readFileSync(nameOf(dataFile)));
    checkRow(mark);
    const [markIdentity, journalId] = new Float64Array(mark.buffer, 2 * CHECKSUM_BYTES, 2);
    return markIdentity === identity ? journalId! : 0;
  } catch {
    // Without its mark a database is no worse than any other.
    return 0;
  }
}

/** Removes the mark of a closed database. If closing has left a log, the mark stays with it. */
export async function removeMark(dataFile: string): Promise<void> {
  const hasLog = await stat(`${dataFile}-wal`).then(() => true, () => false);
  // It fails if there is no mark.
  if (!hasLog) await unlink(nameOf(dataFile)).catch(() => {});
}

/** Keeps the mark of a database in use. */
export class AcknowledgedMark {
  readonly #mark = new Uint8Array(MARK_BYTES);
  readonly #numbers = new Float64Array(this.#mark.buffer, 2 * CHECKSUM_BYTES, 2);
  readonly #file: number;

  /** Opens the mark's file. @throws {Error} when that fails */
  constructor(dataFile: string, identity: number) {
    this.#numbers[0] = identity;
    this.#file = openSync(nameOf(dataFile), constants.O_RDWR | constants.O_CREAT);
  }

  /** Notes a commit before it is acknowledged. */
  write(journalId: number): void {
    this.#numbers[1] = journalId;
    signRow(this.#mark);
    try {
      writeSync(this.#file, this.#mark, 0, MARK_BYTES, 0);
    } catch {
      // On a full disk the commit still counts, and only damage of its log would show less.
    }
  }

  /** Closes the file. */
  close(): void {
    closeSync(this.#file);
  }
}

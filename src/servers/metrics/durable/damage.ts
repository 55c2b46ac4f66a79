// Describes the losses of a damaged database, for a line in the log.

import { counted } from "../../../base/counted.ts";

const MAX_NAMES = 5;

/** Rows of one table that cannot be read. */
export class LostRows {
  /** The number of those that are known. */
  count = 0;
  /** Whether there are more, whose number is not known. */
  hasMore = false;

  /** Whether none is lost. */
  get isEmpty(): boolean {
    return this.count === 0 && !this.hasMore;
  }

  /** Notes lost rows. @param rows undefined for the rest of the table, whose number is not known */
  add(rows: number | undefined): void {
    if (rows === undefined) this.hasMore = true;
    else this.count += rows;
  }

  /** Their number, with a noun in the singular. */
  describe(noun: string): string {
    if (!this.hasMore) return counted(this.count, noun);
    return this.count === 0 ? `an unknown number of ${noun}s` : `at least ${counted(this.count, noun)}`;
  }
}

/** Collects the unreadable parts. */
export class Damage {
  /** Blocks of samples. */
  readonly blocks: LostRows = new LostRows();
  /** Sound blocks whose key is lost. */
  keylessBlocks = 0;
  /** Keys. */
  readonly series: LostRows = new LostRows();
  /** Rows of the journal. */
  readonly journalRows: LostRows = new LostRows();
  /** Other damage, one line each. */
  readonly notes: string[] = [];
  readonly #names = new Set<string>();

  /** Whether there is any. */
  get isFound(): boolean {
    return this.#missingParts().length + this.notes.length > 0;
  }

  /** Notes a key with missing samples. */
  addName(name: string): void {
    if (this.#names.size < MAX_NAMES) this.#names.add(name);
  }

  /** All damage in one line. */
  describe(): string {
    const parts = this.#missingParts();
    return [...(parts.length > 0 ? [`missing: ${parts.join(", ")}`] : []), ...this.notes].join("; ");
  }

  #missingParts(): string[] {
    const { blocks, series, journalRows, keylessBlocks } = this;
    const keyless = counted(keylessBlocks, "block");
    const parts: string[] = [];
    if (!blocks.isEmpty) parts.push(`${blocks.describe("block")} of samples${this.#describeNames()}`);
    if (!series.isEmpty) {
      const whose = series.count === 1 ? "its" : "their";
      parts.push(
        `${series.describe("key")} with ${whose} samples${keylessBlocks > 0 ? ` (${keyless})` : ""}`,
      );
    } else if (keylessBlocks > 0) parts.push(`the key of ${keyless} of samples`);
    if (!journalRows.isEmpty) {
      parts.push(`${journalRows.describe("row")} of the journal with the newest puts`);
    }
    return parts;
  }

  // Only some names are known: a damaged row cannot always tell its own.
  #describeNames(): string {
    if (this.#names.size === 0) return "";
    const names = [...this.#names].map((name) => JSON.stringify(name)).join(", ");
    const isIncomplete = this.blocks.hasMore || this.#names.size < this.blocks.count;
    return isIncomplete ? ` (among them ${names})` : ` (${names})`;
  }
}

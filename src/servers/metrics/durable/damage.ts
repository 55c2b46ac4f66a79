// Describes the losses of a damaged database, for a line in the log.

const MAX_NAMES = 5;

/** Collects the unreadable parts. */
export class Damage {
  /** Blocks of samples. */
  blocks = 0;
  /** Keys. */
  series = 0;
  /** Rows of the journal. */
  journalRows = 0;
  /** Other damage, one line each. */
  readonly notes: string[] = [];
  readonly #names = new Set<string>();

  /** Whether there is any. */
  get isFound(): boolean {
    return this.blocks + this.series + this.journalRows + this.notes.length > 0;
  }

  /** Notes a key with missing samples. */
  addName(name: string): void {
    if (this.#names.size <= MAX_NAMES) this.#names.add(name);
  }

  /** All damage in one line. */
  describe(): string {
    const names = [...this.#names].slice(0, MAX_NAMES).map((name) => JSON.stringify(name));
    if (this.#names.size > MAX_NAMES) names.push("others");
    const parts = [
      ...(this.blocks > 0 ? [`${this.blocks} blocks of samples`] : []),
      ...(this.series > 0 ? [`${this.series} keys with their samples`] : []),
      ...(this.journalRows > 0 ? [`${this.journalRows} rows of the journal with the newest puts`] : []),
    ];
    const missing = parts.length > 0 ? [`missing: ${parts.join(", ")}`] : [];
    const of = names.length > 0 ? [`samples of ${names.join(", ")}`] : [];
    return [...missing, ...of, ...this.notes].join("; ");
  }
}

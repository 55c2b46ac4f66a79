// Entries are kept in columns, which take a tenth of the room of objects.

/** The entries of a folder that clients may see, in no order. */
export interface FolderEntries {
  /** Their names. */
  readonly names: readonly string[];
  /** Bytes; -1 marks a folder. */
  readonly sizes: readonly number[];
  /** Last change, in milliseconds since 1970. */
  readonly mtimesMs: readonly number[];
}

const NO_ENTRIES: FolderEntries = { names: [], sizes: [], mtimesMs: [] };

/** Collects the entries of a folder. As long as they are the same as before, they take no room. */
export class EntryColumns {
  readonly #before: FolderEntries;
  /** How many entries are as before. */
  #same = 0;
  /** Filled from the first entry that is not. */
  #columns:
    | { readonly names: string[]; readonly sizes: number[]; readonly mtimesMs: number[] }
    | undefined;

  /** @param before the entries that were seen last; none by default */
  constructor(before: FolderEntries = NO_ENTRIES) {
    this.#before = before;
  }

  /** Adds an entry. @param size in bytes; -1 marks a folder */
  add(name: string, size: number, mtimeMs: number): void {
    const { names, sizes, mtimesMs } = this.#before;
    const at = this.#same;
    const isSame = this.#columns === undefined && names[at] === name && sizes[at] === size &&
      mtimesMs[at] === mtimeMs;
    if (isSame) {
      this.#same++;
      return;
    }
    this.#columns ??= this.#copySame();
    this.#columns.names.push(name);
    this.#columns.sizes.push(size);
    this.#columns.mtimesMs.push(mtimeMs);
  }

  /** All entries: the same object as before if nothing has changed. */
  get entries(): FolderEntries {
    if (this.#columns !== undefined) return this.#columns;
    return this.#same === this.#before.names.length ? this.#before : this.#copySame();
  }

  #copySame(): { names: string[]; sizes: number[]; mtimesMs: number[] } {
    const { names, sizes, mtimesMs } = this.#before;
    const end = this.#same;
    return { names: names.slice(0, end), sizes: sizes.slice(0, end), mtimesMs: mtimesMs.slice(0, end) };
  }
}

// The program's own files (logs, passwords, its TLS key) do not exist for clients, by whatever name.

import { type FileStatus, lookAt } from "../../../net/files/file_status.ts";

/** The numbers of a file that all of its names share. */
export type FileNumbers = Pick<FileStatus, "dev" | "ino" | "nlink">;

// Logs are opened anew and password files replaced, so their numbers are found out again at this age.
const FRESH_MS = 1_000;

/** Knows the program's own files. */
export class OwnFiles {
  readonly #paths: ReadonlySet<string>;
  readonly #now: () => number;
  #numbers: { readonly texts: ReadonlySet<string>; readonly atMs: number } | undefined;

  /**
   * Takes the paths, without looking at anything yet.
   *
   * @param paths absolute, without links
   * @param now the time, in milliseconds since 1970
   */
  constructor(paths: readonly string[], now: () => number) {
    this.#paths = new Set(paths);
    this.#now = now;
  }

  /** How many there are. */
  get count(): number {
    return this.#paths.size;
  }

  /**
   * Whether a file is one of them. Only a file with several names needs a look at the others.
   *
   * @param path absolute, without links
   */
  has(path: string, numbers: FileNumbers): boolean {
    if (this.#paths.size === 0) return false;
    return this.#paths.has(path) || (numbers.nlink > 1 && this.#findNumbers().has(textOf(numbers)));
  }

  #findNumbers(): ReadonlySet<string> {
    const nowMs = this.#now();
    const known = this.#numbers;
    if (known !== undefined && nowMs >= known.atMs && nowMs - known.atMs < FRESH_MS) return known.texts;
    const texts = new Set(Array.from(this.#paths, numbersAt).filter((text) => text !== ""));
    this.#numbers = { texts, atMs: nowMs };
    return texts;
  }
}

/** @returns "" if there is no file, or Deno may not look at it */
function numbersAt(path: string): string {
  try {
    const status = lookAt(path);
    return status === undefined ? "" : textOf(status);
  } catch {
    return "";
  }
}

function textOf({ dev, ino }: FileNumbers): string {
  return `${dev} ${ino}`;
}

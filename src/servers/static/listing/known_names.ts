// The names in a folder change only when the folder itself does. Reading 100,000 of them takes Deno 180 ms, a look at the
// folder takes none, so the names of the folders that were listed last are kept.

import { lstat } from "node:fs/promises";
import type { Clock } from "../../../base/clock.ts";
import { systemPath } from "../../../net/files/byte_names.ts";
import type { DocumentRoot } from "../disk/document_root.ts";

interface KnownFolder {
  /** Tells whether the folder is the same, and unchanged. */
  readonly version: string;
  readonly pieces: readonly (readonly string[])[];
  readonly count: number;
}

// Some 5 MB.
const MAX_NAMES = 131_072;
// Times of folders are whole seconds on Deno 2.9.6: a change within the same second would not show.
const SETTLED_MS = 2_000;

/** Reads the names in folders, and keeps those of folders that have not changed for a while. */
export class KnownNames {
  readonly #root: Pick<DocumentRoot, "readNames">;
  readonly #clock: Pick<Clock, "nowMs">;
  // The last used one is the last.
  readonly #known = new Map<string, KnownFolder>();
  #count = 0;

  /**
   * Keeps nothing yet.
   *
   * @param root reads the names that clients may see
   * @param clock tells how long ago a folder changed
   */
  constructor(root: Pick<DocumentRoot, "readNames">, clock: Pick<Clock, "nowMs">) {
    this.#root = root;
    this.#clock = clock;
  }

  /** The names in a folder, piece by piece. @throws {HttpError} 403, 404 or 503 when it cannot be read */
  async *read(path: string): AsyncGenerator<readonly string[], void> {
    const startedAtMs = this.#clock.nowMs();
    const stats = await lstat(systemPath(path)).catch(() => undefined);
    const version = stats && `${stats.ino} ${stats.ctimeMs} ${stats.mtimeMs}`;
    const known = this.#take(path);
    if (known !== undefined && known.version === version) {
      this.#keep(path, known);
      return yield* known.pieces;
    }
    const pieces: (readonly string[])[] = [];
    let count = 0;
    for await (const piece of this.#root.readNames(path)) {
      pieces.push(piece);
      count += piece.length;
      yield piece;
    }
    if (stats === undefined || version === undefined) return;
    const isSettled = startedAtMs - Math.max(stats.ctimeMs, stats.mtimeMs) > SETTLED_MS;
    if (isSettled) this.#keep(path, { version, pieces, count });
  }

  /** Forgets all names. */
  clear(): void {
    this.#known.clear();
    this.#count = 0;
  }

  #take(path: string): KnownFolder | undefined {
    const known = this.#known.get(path);
    if (known === undefined) return undefined;
    this.#known.delete(path);
    this.#count -= known.count;
    return known;
  }

  #keep(path: string, folder: KnownFolder): void {
    if (folder.count > MAX_NAMES) return;
    this.#take(path);
    for (const oldest of this.#known.keys()) {
      if (this.#count + folder.count <= MAX_NAMES) break;
      this.#take(oldest);
    }
    this.#known.set(path, folder);
    this.#count += folder.count;
  }
}

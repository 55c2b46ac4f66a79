// The names in a folder change only when the folder itself does. Reading 100,000 of them takes Deno 180 ms, a look at the
// folder takes none, so the names of the folders that were listed last are kept.

import { lstat } from "node:fs/promises";
import type { Clock } from "../../../base/clock.ts";
import { systemPath } from "../../../net/files/byte_names.ts";
import type { DiskPace } from "../disk/disk_pace.ts";
import type { DocumentRoot } from "../disk/document_root.ts";

interface KnownFolder {
  /** Tells whether the folder is the same, and unchanged; undefined if a change may not show. */
  readonly version: string | undefined;
  /** Bytes of the folder itself: most file systems let them grow with the names. */
  readonly size: number;
  readonly pieces: readonly (readonly string[])[];
  readonly count: number;
}

// Some 5 MB.
const MAX_NAMES = 131_072;
// Times of folders are whole seconds on Deno 2.9.6: a change within the same second would not show.
const SETTLED_MS = 2_000;
// This many names take the event loop some 10 ms if they are read at once, and twice as long otherwise (Deno 2.9.6).
const FEW_NAMES = 12_000;

/** Parts of {@linkcode KnownNames}. */
export interface KnownNamesParts {
  /** Reads the names that clients may see. */
  readonly root: Pick<DocumentRoot, "readNames" | "readNamesAtOnce">;
  /** Tells how long ago a folder changed. */
  readonly clock: Pick<Clock, "nowMs">;
  /** Knows whether the disk may be waited for. */
  readonly pace: DiskPace;
}

/** Reads the names in folders, and keeps those of folders that have not changed for a while. */
export class KnownNames {
  readonly #parts: KnownNamesParts;
  // The last used one is the last.
  readonly #known = new Map<string, KnownFolder>();
  #count = 0;

  /** Keeps nothing yet. */
  constructor(parts: KnownNamesParts) {
    this.#parts = parts;
  }

  /** The names in a folder, piece by piece. @throws {HttpError} 403, 404 or 503 when it cannot be read */
  async *read(path: string): AsyncGenerator<readonly string[], void> {
    const startedAtMs = this.#parts.clock.nowMs();
    const stats = await lstat(systemPath(path)).catch(() => undefined);
    const version = stats && `${stats.ino} ${stats.ctimeMs} ${stats.mtimeMs}`;
    const known = this.#take(path);
    if (known?.version !== undefined && known.version === version) {
      this.#keep(path, known);
      return yield* known.pieces;
    }
    const hasFew = known !== undefined && known.count <= FEW_NAMES && stats !== undefined &&
      stats.size <= 2 * known.size;
    const pieces: (readonly string[])[] = [];
    let count = 0;
    for await (const piece of hasFew ? this.#readFew(path, known.count) : this.#parts.root.readNames(path)) {
      pieces.push(piece);
      count += piece.length;
      yield piece;
    }
    if (stats === undefined) return;
    const isSettled = startedAtMs - Math.max(stats.ctimeMs, stats.mtimeMs) > SETTLED_MS;
    this.#keep(path, { version: isSettled ? version : undefined, size: stats.size, pieces, count });
  }

  /** Forgets all names. */
  clear(): void {
    this.#known.clear();
    this.#count = 0;
  }

  /** @param count how many names there were */
  #readFew(path: string, count: number): Iterable<readonly string[]> | AsyncIterable<readonly string[]> {
    const { root, pace } = this.#parts;
    return pace.isQuick ? [pace.time(() => root.readNamesAtOnce(path), count + 1)] : root.readNames(path);
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

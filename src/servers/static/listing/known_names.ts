// The names in a folder change only when the folder itself does. Reading 100,000 of them takes Deno 180 ms, a look at the
// folder takes none, so the names of the folders that were listed last are kept.

import type { DiskPace } from "../disk/disk_pace.ts";
import type { DocumentRoot } from "../disk/document_root.ts";
import type { FolderState } from "./folder_state.ts";
import { RecentlyUsed } from "./recently_used.ts";

interface KnownFolder {
  /** Undefined if a change may not show in it. */
  readonly state: string | undefined;
  /** Bytes of the folder itself. */
  readonly size: number;
  readonly pieces: readonly (readonly string[])[];
  readonly count: number;
}

/** A folder to read. */
export interface ReadFolder {
  /** Its absolute path. */
  readonly path: string;
  /** Its state; undefined if it could not be looked at. */
  readonly state: FolderState | undefined;
  /** A time before that look, in milliseconds since 1970. */
  readonly nowMs: number;
}

// Some 5 MB.
const MAX_NAMES = 131_072;
// A folder itself takes as much room as this many names.
const FOLDER_NAMES = 16;
// ctime is in whole seconds on Deno 2.9.6: a change within the same second may not show.
const SETTLED_MS = 2_000;
// This many names take the event loop some 10 ms if they are read at once, and twice as long otherwise (Deno 2.9.6).
const FEW_NAMES = 12_000;

/** Parts of {@linkcode KnownNames}. */
export interface KnownNamesParts {
  /** Reads the names that clients may see. */
  readonly root: Pick<DocumentRoot, "readNames" | "readNamesAtOnce">;
  /** Knows whether the disk may be waited for. */
  readonly pace: DiskPace;
}

/** Reads the names in folders, and keeps those of folders that have not changed for a while. */
export class KnownNames {
  readonly #parts: KnownNamesParts;
  readonly #known = new RecentlyUsed<KnownFolder>(MAX_NAMES);

  /** Keeps nothing yet. */
  constructor(parts: KnownNamesParts) {
    this.#parts = parts;
  }

  /** The names in a folder, piece by piece. @throws {HttpError} 403, 404 or 503 when it cannot be read */
  async *read({ path, state, nowMs }: ReadFolder): AsyncGenerator<readonly string[], void> {
    const known = this.#known.get(path);
    if (known?.state !== undefined && known.state === state?.text) return yield* known.pieces;
    const hasFew = known !== undefined && known.count <= FEW_NAMES && state !== undefined &&
      state.size <= 2 * known.size;
    const pieces: (readonly string[])[] = [];
    let count = 0;
    for await (const piece of hasFew ? this.#readFew(path, known.count) : this.#parts.root.readNames(path)) {
      pieces.push(piece);
      count += piece.length;
      yield piece;
    }
    if (state === undefined) return;
    const isSettled = nowMs - state.changedAtMs > SETTLED_MS;
    const read = { state: isSettled ? state.text : undefined, size: state.size, pieces, count };
    this.#known.set(path, read, FOLDER_NAMES + count);
  }

  /** Forgets all names. */
  clear(): void {
    this.#known.clear();
  }

  /** @param count how many names there were */
  #readFew(path: string, count: number): Iterable<readonly string[]> | AsyncIterable<readonly string[]> {
    const { root, pace } = this.#parts;
    return pace.isQuick ? [pace.time(() => root.readNamesAtOnce(path), count + 1)] : root.readNames(path);
  }
}

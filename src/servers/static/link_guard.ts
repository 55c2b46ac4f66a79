// A path without links is opened, and somebody makes a link of one of its directories in between: what was opened lies
// elsewhere then. Node opens by path alone, so that it can only be found out behind the open.

import { lstat, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";

// Times of directories are whole seconds on Deno 2.9.6.
const TICK_MS = 1_000;
// Who swaps a directory all the time must hit the right moment twice in each of them: once in 2^32 attempts.
const ROUNDS = 16;

/** A file that was opened by its path. */
export interface OpenedFile {
  /** The path, absolute; without links when it was looked up. */
  readonly path: string;
  /** The number of the file that was opened. */
  readonly ino: number;
  /** The folder in which it must lie, without links. */
  readonly root: string;
  /** A time before it was opened, in milliseconds since 1970. */
  readonly openedAtMs: number;
}

/** Whether a file was reached without passing a link. False also where that cannot be told. */
export async function wasReachedWithoutLinks(file: OpenedFile): Promise<boolean> {
  try {
    return await isWayUnchanged(file) || await leadsThereAgain(file);
  } catch {
    // The way is gone.
    return false;
  }
}

/** What has not changed since before the open was at the open what it is now. */
async function isWayUnchanged({ path, root, openedAtMs }: OpenedFile): Promise<boolean> {
  const way: string[] = [];
  for (let folder = dirname(path); folder.length >= root.length; folder = dirname(folder)) {
    way.push(folder);
    if (folder === root) break;
  }
  const stats = await Promise.all(way.map((folder) => lstat(folder)));
  return stats.every((folder) => folder.isDirectory() && folder.ctimeMs + TICK_MS < openedAtMs);
}

async function leadsThereAgain({ path, ino }: OpenedFile): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round++) {
    if (await realpath(path) !== path || (await stat(path)).ino !== ino) return false;
  }
  return true;
}

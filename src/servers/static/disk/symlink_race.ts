// Between the check of a path and its open, another process may replace one of its directories with a link.
// Then the opened file lies elsewhere. Node opens only by path, so this can be detected only after the open.

import { realpathSync, statSync } from "node:fs";
import { lstat } from "node:fs/promises";
import { sep } from "node:path";
import { pathOfLatin1, systemPath } from "../../../net/files/byte_names.ts";

// Times of directories are whole seconds on Deno 2.9.6.
const TICK_MS = 1_000;
// The order of two kinds of looks: where the path leads (0), and which file is there (1). A directory that is
// constantly swapped with a link would have to be swapped in this very order, or with the luck of one in
// 2^32. The order has no period, because lookups and swaps fall into step: they wait for the same lock of the
// kernel. Swapped at full speed, 4 of 100,000 wrong files passed 32 looks in turn; of 70,000 none came
// further than the 9th of these.
const LOOKS = "01001101000111010010111000101101";

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

/**
 * Tells whether a file was reached without passing a link.
 *
 * @returns `linked` if the path has a link; `replaced` if another file is at the path by now, which leaves
 *   the question open
 * @throws the error of the file system if the path no longer exists
 */
export async function checkWay(file: OpenedFile): Promise<"direct" | "linked" | "replaced"> {
  if (await isWayUnchanged(file)) return "direct";
  const { path, ino } = file;
  // The kernel has just resolved this path and still has it in its cache: all looks take 0.3 ms, with promises 1.3.
  for (const look of LOOKS) {
    if (look === "0" && realPathOf(path) !== path) return "linked";
    if (look === "1" && statSync(systemPath(path)).ino !== ino) return "replaced";
  }
  return "direct";
}

/** If no directory on the path has changed since before the open, the path we see now is the one opened. */
async function isWayUnchanged({ path, root, openedAtMs }: OpenedFile): Promise<boolean> {
  const way: string[] = [];
  for (let folder = folderOf(path); folder.length >= root.length; folder = folderOf(folder)) {
    way.push(folder);
    if (folder === root) break;
  }
  const stats = await Promise.all(way.map((folder) => lstat(systemPath(folder))));
  return stats.every((folder) => folder.isDirectory() && folder.ctimeMs + TICK_MS < openedAtMs);
}

function realPathOf(path: string): string {
  const named = systemPath(path);
  return typeof named === "string" ? realpathSync(named) : pathOfLatin1(realpathSync.native(named, "latin1"));
}

// dirname() of Bun 1.4.5 damages names that are not UTF-8.
function folderOf(path: string): string {
  return path.slice(0, Math.max(path.indexOf(sep) + 1, path.lastIndexOf(sep)));
}

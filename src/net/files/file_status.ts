// Looks at files, by the shortest way that each runtime has. On Deno 2.9.6 a look through node:fs costs 6.7
// µs, through Deno's own function 2.5. The names of 100,000 files cost 640 ms of the event loop through
// node:fs, and none through Deno's own function.

import { lstatSync, readdirSync, type Stats } from "node:fs";
import { readdir } from "node:fs/promises";
import { HAS_BYTE_NAMES, pathOfLatin1, systemPath } from "./byte_names.ts";

/** The status of the object at a path. */
export interface FileStatus {
  /** The kind of object; `other` covers sockets, devices and the like. */
  readonly kind: "file" | "directory" | "link" | "other";
  /** Bytes. */
  readonly size: number;
  /** Last change of the content, in whole milliseconds since 1970. */
  readonly mtimeMs: number;
  /**
   * Last change of content or attributes, in whole milliseconds since 1970; Deno 2.9.6 gives whole seconds.
   */
  readonly ctimeMs: number;
  /** Number of the file in its file system. */
  readonly ino: number;
  /** Number of its file system. */
  readonly dev: number;
  /** How many names it has; 0 if the system does not tell. */
  readonly nlink: number;
}

const IS_DENO = "Deno" in globalThis;
const NAMES_AT_ONCE = 128;
const NO_THROW = { throwIfNoEntry: false } as const;

/**
 * Looks at a path at once, without following a link.
 *
 * @returns undefined when there is nothing
 * @throws the error of the file system when it refuses
 */
export function lookAt(path: string): FileStatus | undefined {
  if (!IS_DENO) return statusOf(lstatSync(systemPath(path), NO_THROW));
  try {
    const { isFile, isDirectory, isSymlink, size, mtime, ctime, ino, dev, nlink } = Deno.lstatSync(path);
    return {
      kind: isFile ? "file" : isDirectory ? "directory" : isSymlink ? "link" : "other",
      size,
      mtimeMs: mtime?.getTime() ?? 0,
      ctimeMs: ctime?.getTime() ?? 0,
      ino: ino ?? 0,
      dev,
      nlink: nlink ?? 0,
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The status in the result of lstat of node:fs; undefined for none. */
export function statusOf(stats: Stats | undefined): FileStatus | undefined {
  if (stats === undefined) return undefined;
  const { size, mtimeMs, ctimeMs, ino, dev, nlink } = stats;
  const times = { mtimeMs: Math.floor(mtimeMs), ctimeMs: Math.floor(ctimeMs) };
  return { kind: kindOf(stats), size, ...times, ino, dev, nlink };
}

function kindOf(stats: Stats): FileStatus["kind"] {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  return stats.isSymbolicLink() ? "link" : "other";
}

/** The names in a directory, a few at a time, in no order. @throws the error of the file system */
export async function* namesIn(path: string): AsyncGenerator<string[], void> {
  if (!IS_DENO) {
    // Names in latin1 are the bytes, at half the price of a buffer for each (Node 20.20, Bun 1.4.5).
    const all = await readdir(systemPath(path), HAS_BYTE_NAMES ? "latin1" : "utf8");
    for (let start = 0; start < all.length; start += NAMES_AT_ONCE) {
      const names = all.slice(start, start + NAMES_AT_ONCE);
      yield HAS_BYTE_NAMES ? names.map(pathOfLatin1) : names;
    }
    return;
  }
  let names: string[] = [];
  for await (const { name } of Deno.readDir(path)) {
    if (names.push(name) < NAMES_AT_ONCE) continue;
    yield names;
    names = [];
  }
  yield names;
}

/**
 * The names in a directory, read synchronously, in no order. On Deno 2.9.6 10,000 names take 8 ms, {@linkcode namesIn}
 * takes 20.
 *
 * @throws the error of the file system
 */
export function namesAtOnce(path: string): string[] {
  if (IS_DENO) return Array.from(Deno.readDirSync(path), ({ name }) => name);
  const names = readdirSync(systemPath(path), HAS_BYTE_NAMES ? "latin1" : "utf8");
  return HAS_BYTE_NAMES ? names.map(pathOfLatin1) : names;
}

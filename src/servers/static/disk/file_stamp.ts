import type { Stats } from "node:fs";

/** Size, time and number of a version of a file. As a rule, another version has another stamp. */
export interface FileStamp {
  /** Bytes. */
  readonly size: number;
  /** Last change of the content, in milliseconds since 1970. */
  readonly mtimeMs: number;
  /** Last change of content or attributes, in milliseconds since 1970; Deno 2.9.6 gives whole seconds. */
  readonly ctimeMs: number;
  /** Number of the file in its file system; a replaced file has another. */
  readonly ino: number;
}

// Times of Linux tick every 1 to 10 ms, and ctime is in whole seconds on Deno.
const TICK_MS = 1_050;

/** Takes the stamp from the result of stat. */
export function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats): FileStamp {
  return { size, mtimeMs: Math.floor(mtimeMs), ctimeMs: Math.floor(ctimeMs), ino };
}

/** Whether two stamps are the same. */
export function isSameStamp(left: FileStamp, right: FileStamp): boolean {
  return left.size === right.size && left.mtimeMs === right.mtimeMs && left.ctimeMs === right.ctimeMs &&
    left.ino === right.ino;
}

/** The stamp as letters and digits. */
export function textOfStamp({ size, mtimeMs, ctimeMs, ino }: FileStamp): string {
  return [size, mtimeMs, ctimeMs, ino].map((value) => value.toString(36)).join("-");
}

/**
 * Whether every later change will certainly show in the stamp.
 *
 * A file that was changed a moment ago can change again within the same tick of the clock, unnoticed. A time
 * in the future, as on network file systems, counts as a moment ago.
 *
 * @param takenAtMs a time before the stamp was taken
 */
export function isSettled(stamp: FileStamp, takenAtMs: number): boolean {
  return takenAtMs - Math.max(stamp.mtimeMs, stamp.ctimeMs) > TICK_MS;
}

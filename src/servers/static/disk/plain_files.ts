// The short way to most files: those that are small and lie where their path says, with no link on the way. A file is
// looked at, opened, read and closed at once, in a handful of calls. Whatever else there is, the document root judges.

import { constants } from "node:fs";
import type { DocumentRoot } from "./document_root.ts";
import { type FileCalls, SYSTEM_FILE_CALLS } from "./file_calls.ts";
import type { FileStamp } from "./file_stamp.ts";

/** A file that was read. */
export interface PlainFile {
  /** Its absolute path, without links. */
  readonly path: string;
  /** The version. */
  readonly stamp: FileStamp;
  /** Its content. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** How {@linkcode PlainFiles} works. */
export interface PlainFilesOptions {
  /** Says which names are hidden, and where the folder is. */
  readonly root: DocumentRoot;
  /** Larger files are not read. */
  readonly maxBytes: number;
  /** The time, in milliseconds since 1970. */
  readonly now: () => number;
  /** The file system; default that of this machine. */
  readonly calls?: FileCalls;
}

const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
// A folder was where its path says when it was looked at. That is believed for as long as a file in memory is.
const FRESH_MS = 1_000;
const MAX_FOLDERS = 16_384;
// Times of folders are whole seconds on Deno 2.9.6.
const TICK_MS = 1_000;

/** Reads plain files of a folder. Answers undefined for everything else. */
export class PlainFiles {
  readonly #root: DocumentRoot;
  readonly #calls: FileCalls;
  readonly #maxBytes: number;
  readonly #now: () => number;
  // When each folder was last seen to be one, by its path.
  readonly #folders = new Map<string, number>();
  // Linux tells where an open file lies. Deno allows the question only with --allow-all.
  #asksKernel = true;

  /** Makes a reader; nothing is looked at yet. */
  constructor({ root, maxBytes, now, calls = SYSTEM_FILE_CALLS }: PlainFilesOptions) {
    this.#root = root;
    this.#calls = calls;
    this.#maxBytes = maxBytes;
    this.#now = now;
  }

  /**
   * Looks at a file.
   *
   * @param segments decoded names without slashes and dots
   * @param nowMs since 1970
   * @returns undefined unless it is a file, and no link on the way
   */
  look(segments: readonly string[], nowMs: number): FileStamp | undefined {
    const root = this.#root.plainPath(nowMs);
    if (root === undefined || this.#isHidden(segments)) return undefined;
    try {
      let path = root;
      for (let i = 0; i < segments.length - 1; i++) {
        path = join(path, segments[i]!);
        if (!this.#isFolder(path, nowMs)) return undefined;
      }
      const stats = this.#calls.lstat(join(path, segments[segments.length - 1]!));
      return stats?.kind === "file" ? stats : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Reads a file.
   *
   * @param segments as for {@linkcode PlainFiles.look}
   * @param nowMs since 1970
   * @returns undefined unless it is a small file that stayed the same, and no link on the way
   */
  read(segments: readonly string[], nowMs: number): PlainFile | undefined {
    const root = this.#root.plainPath(nowMs);
    if (root === undefined || segments.length === 0 || this.#isHidden(segments)) return undefined;
    let path = root;
    for (let i = 0; i < segments.length; i++) path = join(path, segments[i]!);
    if (this.#root.hidesPath(path)) return undefined;
    try {
      const stats = this.#calls.lstat(path);
      if (stats?.kind !== "file" || stats.size > this.#maxBytes) return undefined;
      const bytes = this.#readBytes({ root, path, segments }, stats.size);
      return bytes === undefined ? undefined : { path, stamp: stats, bytes };
    } catch {
      return undefined;
    }
  }

  #isHidden(segments: readonly string[]): boolean {
    for (let i = 0; i < segments.length; i++) {
      if (this.#root.hidesName(segments[i]!)) return true;
    }
    return false;
  }

  #isFolder(path: string, nowMs: number): boolean {
    const ageMs = nowMs - (this.#folders.get(path) ?? -Infinity);
    if (ageMs >= 0 && ageMs < FRESH_MS) return true;
    if (this.#calls.lstat(path)?.kind !== "directory") return false;
    if (this.#folders.size >= MAX_FOLDERS) this.#folders.clear();
    this.#folders.set(path, nowMs);
    return true;
  }

  #readBytes(way: Way, size: number): Uint8Array<ArrayBuffer> | undefined {
    const openedAtMs = this.#now();
    const descriptor = this.#calls.open(way.path, OPEN_FLAGS);
    try {
      if (!this.#isDirect(way, descriptor, openedAtMs)) return undefined;
      // One byte more than there should be shows that the file has grown, or is another one.
      const buffer = new Uint8Array(size + 1);
      return this.#calls.read(descriptor, buffer) === size ? buffer.subarray(0, size) : undefined;
    } finally {
      this.#calls.close(descriptor);
    }
  }

  /** Whether an open file was reached without passing a link. See symlink_race.ts for when folders are swapped. */
  #isDirect({ root, path, segments }: Way, descriptor: number, openedAtMs: number): boolean {
    if (this.#asksKernel) {
      try {
        return this.#calls.readLink(`/proc/self/fd/${descriptor}`) === path;
      } catch {
        this.#asksKernel = false;
      }
    }
    let folder = root;
    for (let i = 0; i < segments.length - 1; i++) {
      folder = join(folder, segments[i]!);
      const stats = this.#calls.lstat(folder);
      // A folder that has not changed since before the open was there at the open.
      if (stats?.kind !== "directory" || stats.ctimeMs + TICK_MS >= openedAtMs) return false;
    }
    return true;
  }
}

interface Way {
  readonly root: string;
  readonly path: string;
  readonly segments: readonly string[];
}

// The names are no paths: normalizing, as node's join() does, costs more than opening the file.
function join(folder: string, name: string): string {
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

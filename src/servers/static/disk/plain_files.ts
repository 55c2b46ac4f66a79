// The short way to most files: small ones that lie where their path says, with no link on the path. A file is
// looked at, opened, read and closed synchronously, in a handful of calls. The document root judges
// everything else.

import { constants } from "node:fs";
import type { DocumentRoot } from "./document_root.ts";
import { type FileCalls, SYSTEM_FILE_CALLS } from "./file_calls.ts";
import type { FileStamp } from "./file_stamp.ts";

/** A file that was read. */
export interface PlainFile {
  /** Its place. */
  readonly place: PlainPlace;
  /** The version. */
  readonly stamp: FileStamp;
  /** Its content. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The place of a file that is reached without a link, kept so that the next look need not build the path again. */
export interface PlainPlace {
  /** The document root, without links. */
  readonly root: string;
  /** The absolute path of the file. */
  readonly path: string;
  /** The folder that it lies in; undefined for the root itself. */
  readonly folder: PlainFolder | undefined;
}

/** A folder below the root. */
export interface PlainFolder {
  /** Its absolute path. */
  readonly path: string;
  /** The folder that it lies in; undefined for the root itself. */
  readonly parent: PlainFolder | undefined;
  /** When it was last seen not to be a link, in milliseconds since 1970. */
  seenAtMs: number;
}

/** How {@linkcode PlainFiles} works. */
export interface PlainFilesOptions {
  /** Knows which names are hidden, and where the folder is. */
  readonly root: DocumentRoot;
  /** Larger files are not read. */
  readonly maxBytes: number;
  /** The time, in milliseconds since 1970. */
  readonly now: () => number;
  /** The file system; default that of this machine. */
  readonly calls?: FileCalls;
}

const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
// A folder was where its path says when it was looked at. That is trusted for as long as a file in memory is.
const FRESH_MS = 1_000;
const MAX_FOLDERS = 16_384;
const NEVER = -Infinity;
// Times of folders are whole seconds on Deno 2.9.6.
const TICK_MS = 1_000;

/** Reads plain files of a folder. Gives undefined for everything else. */
export class PlainFiles {
  readonly #root: DocumentRoot;
  readonly #calls: FileCalls;
  readonly #maxBytes: number;
  readonly #now: () => number;
  // Seen files by path.
  readonly #folders = new Map<string, PlainFolder>();
  // Linux tells where an open file lies. Deno allows the question only with --allow-all.
  #asksKernel = true;

  /** Makes a reader, without looking at anything yet. */
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
   * @returns undefined unless it is a file with no link on its path
   */
  look(segments: readonly string[], nowMs: number): FileStamp | undefined {
    const root = this.#root.plainPath(nowMs);
    if (root === undefined || segments.length === 0 || this.#isHidden(segments)) return undefined;
    return this.lookAgain(this.#placeOf(root, segments), nowMs);
  }

  /** Looks at a file that was read before. Like {@linkcode PlainFiles.look}. */
  lookAgain({ root, path, folder }: PlainPlace, nowMs: number): FileStamp | undefined {
    if (this.#root.plainPath(nowMs) !== root) return undefined;
    try {
      if (folder !== undefined && !this.#isFolder(folder, nowMs)) return undefined;
      const stats = this.#calls.lstat(path);
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
   * @returns undefined unless it is a small file that stayed the same, with no link on its path
   */
  read(segments: readonly string[], nowMs: number): PlainFile | undefined {
    const root = this.#root.plainPath(nowMs);
    if (root === undefined || segments.length === 0 || this.#isHidden(segments)) return undefined;
    const place = this.#placeOf(root, segments);
    try {
      const stamp = this.#calls.lstat(place.path);
      if (stamp?.kind !== "file" || stamp.size > this.#maxBytes) return undefined;
      if (this.#root.hidesFile(place.path, stamp)) return undefined;
      const bytes = this.#readBytes(place, stamp.size);
      return bytes === undefined ? undefined : { place, stamp, bytes };
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

  #placeOf(root: string, segments: readonly string[]): PlainPlace {
    let path = root;
    let folder: PlainFolder | undefined;
    for (let i = 0; i < segments.length - 1; i++) {
      path = join(path, segments[i]!);
      folder = this.#folders.get(path) ?? { path, parent: folder, seenAtMs: NEVER };
    }
    return { root, path: join(path, segments[segments.length - 1]!), folder };
  }

  /** Whether a folder and its parents are not links, or were not a moment ago. */
  #isFolder(folder: PlainFolder, nowMs: number): boolean {
    if (folder.parent !== undefined && !this.#isFolder(folder.parent, nowMs)) return false;
    const ageMs = nowMs - folder.seenAtMs;
    if (ageMs >= 0 && ageMs < FRESH_MS) return true;
    if (this.#calls.lstat(folder.path)?.kind !== "directory") return false;
    this.#noteSeen(folder, nowMs);
    return true;
  }

  #noteSeen(folder: PlainFolder, nowMs: number): void {
    if (folder.seenAtMs === NEVER) {
      if (this.#folders.size >= MAX_FOLDERS) this.#folders.clear();
      this.#folders.set(folder.path, folder);
    }
    folder.seenAtMs = nowMs;
  }

  #readBytes(place: PlainPlace, size: number): Uint8Array<ArrayBuffer> | undefined {
    const openedAtMs = this.#now();
    const descriptor = this.#calls.open(place.path, OPEN_FLAGS);
    try {
      if (!this.#isDirect(place, descriptor, openedAtMs)) return undefined;
      for (let one = place.folder; one !== undefined; one = one.parent) this.#noteSeen(one, openedAtMs);
      // One more byte than expected shows that the file has grown, or is a different one.
      const buffer = new Uint8Array(size + 1);
      return this.#calls.read(descriptor, buffer) === size ? buffer.subarray(0, size) : undefined;
    } finally {
      this.#calls.close(descriptor);
    }
  }

  /** Whether an open file was reached without passing a link. See symlink_race.ts for when folders are swapped. */
  #isDirect({ path, folder }: PlainPlace, descriptor: number, openedAtMs: number): boolean {
    if (this.#asksKernel) {
      try {
        return this.#calls.readLink(`/proc/self/fd/${descriptor}`) === path;
      } catch {
        this.#asksKernel = false;
      }
    }
    for (let one = folder; one !== undefined; one = one.parent) {
      const stats = this.#calls.lstat(one.path);
      // A folder that has not changed since before the open was there at the open.
      if (stats?.kind !== "directory" || stats.ctimeMs + TICK_MS >= openedAtMs) return false;
    }
    return true;
  }
}

// The names are not paths: normalizing, as node's join() does, costs more than opening the file.
function join(folder: string, name: string): string {
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

// Nothing outside the document root is served. This file, and no other, decides what is inside.

import { constants, realpathSync, type Stats } from "node:fs";
import { lstat, realpath, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { systemPath } from "../../../net/files/byte_names.ts";
import { namesAtOnce, namesIn } from "../../../net/files/file_status.ts";
import { followWay } from "./dangling_path.ts";
import { codeOf, isMissing, overload, refused, toHttpError } from "./file_errors.ts";
import { type FileStamp, stampOf } from "./file_stamp.ts";
import { checkWay } from "./symlink_race.ts";
import { OpenFile } from "./open_file.ts";
import { type FileNumbers, OwnFiles } from "./own_files.ts";

/** Which symbolic links are followed: those whose target lies inside the root, none, or all. */
export type SymlinkPolicy = "inside" | "deny" | "follow";
/** Whether names that begin with a dot exist for clients. */
export type DotfilePolicy = "deny" | "allow";

/** Options of a {@linkcode DocumentRoot}. */
export interface DocumentRootOptions {
  /** The folder to serve. */
  readonly path: string;
  /** Which symbolic links are followed. */
  readonly symlinks: SymlinkPolicy;
  /** Whether dotfiles are served. */
  readonly dotfiles: DotfilePolicy;
  /** Files that do not exist for clients by any name, as absolute paths without links; none by default. */
  readonly hidden?: readonly string[];
  /** The time, in milliseconds since 1970. */
  readonly now: () => number;
}

/** The target of a path. `isHidden` marks a file whose existence must not show. */
export type Located =
  | { readonly kind: "file"; readonly path: string; readonly stamp: FileStamp }
  | { readonly kind: "directory"; readonly path: string }
  | { readonly kind: "missing"; readonly isHidden: boolean };

const MISSING: Located = { kind: "missing", isHidden: false };
const HIDDEN: Located = { kind: "missing", isHidden: true };

// A FIFO without a writer would block an open for ever. The real path has no link in it, and a link that has
// appeared since must not be followed. Windows knows neither flag.
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const NO_LINKS = constants.O_NOFOLLOW ?? 0;

// A file is not replaced more often than a few times in a thousandth of a second.
const MAX_ATTEMPTS = 10;

// The number of names of a path that are looked at together. A request may name thousands of folders that do
// not exist; the look ends with the first missing one.
const LOOKED_AT_ONCE = 8;

// Age at which the root is resolved again, so that a deployment that moves a link shows by then.
const FRESH_MS = 1_000;

/** A folder of files to serve, with the rules of visibility. */
export class DocumentRoot {
  readonly #options: DocumentRootOptions;
  readonly #path: string;
  readonly #own: OwnFiles;
  #resolved: { readonly path: string; readonly atMs: number } | undefined;

  /** Makes the rules for a folder, without looking at it yet. */
  constructor(options: DocumentRootOptions) {
    this.#options = options;
    this.#path = resolve(options.path);
    this.#own = new OwnFiles(options.hidden ?? [], options.now);
  }

  /**
   * The path of the folder, without links; resolved synchronously if it is not known.
   *
   * @param nowMs since 1970
   * @returns undefined if it is gone
   */
  plainPath(nowMs: number): string | undefined {
    const resolved = this.#resolved;
    // A root that was not a link when it was resolved leads elsewhere only after it was replaced, which
    // shows.
    const isKnown = resolved !== undefined && (resolved.path === this.#path || isFresh(resolved.atMs, nowMs));
    if (isKnown) return resolved.path;
    try {
      const path = realpathSync(this.#path);
      this.#resolved = { path, atMs: nowMs };
      return path;
    } catch {
      return undefined;
    }
  }

  /** Whether a name is hidden from clients: a dotfile, apart from `.well-known` (RFC 8615). */
  hidesName(name: string): boolean {
    return this.#options.dotfiles === "deny" && name.startsWith(".") && name !== ".well-known";
  }

  /** Whether a file is hidden from clients: one of the server's own. @param path absolute, without links */
  hidesFile(path: string, numbers: FileNumbers): boolean {
    return this.#own.has(path, numbers);
  }

  /**
   * Resolves names below the root.
   *
   * @param segments decoded names without slashes and dots
   * @param nowMs since 1970; the place of the root may be known from a second before
   * @throws {HttpError} 403 for an existing path that is refused, 503 when the process has no descriptor left
   */
  async locate(segments: readonly string[], nowMs: number = this.#options.now()): Promise<Located> {
    if (segments.some((name) => this.hidesName(name))) return HIDDEN;
    try {
      const root = await this.#realRoot(nowMs);
      const plain = this.#followsAll ? "unusual" : await lookPlainly(root, segments, this.#own);
      if (plain !== "unusual") return plain;
      const path = await this.#realPath(segments, root);
      const stats = await stat(systemPath(path));
      const real = this.#followsAll && this.#own.count > 0 ? await realpath(path) : path;
      if (this.#own.has(real, stats)) return HIDDEN;
      if (stats.isDirectory()) return { kind: "directory", path };
      if (!stats.isFile()) throw refused(path, "it is neither file nor directory");
      return { kind: "file", path, stamp: stampOf(stats) };
    } catch (error) {
      if (isMissing(error)) return MISSING;
      throw toHttpError(error, join(this.#options.path, ...segments));
    }
  }

  /**
   * Opens a located file. Its stamp tells whether it is still the same.
   *
   * @returns undefined if it is gone
   * @throws {HttpError} 403; 503 also if it is constantly replaced
   */
  async open(path: string): Promise<OpenFile | undefined> {
    try {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const file = await this.#openOnce(path);
        if (file !== undefined) return file;
      }
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw toHttpError(error, path);
    }
    throw overload(`Cannot open "${path}": it is replaced all the time`);
  }

  /** @returns undefined when it was replaced meanwhile */
  async #openOnce(path: string): Promise<OpenFile | undefined> {
    const openedAtMs = this.#options.now();
    const file = await OpenFile.open(path, OPEN_FLAGS | (this.#followsAll ? 0 : NO_LINKS));
    let isServed = false;
    try {
      if (!file.isRegular) throw refused(path, "it is no file any more");
      const way = this.#followsAll
        ? "direct"
        : await checkWay({ path, openedAtMs, ino: file.stamp.ino, root: await this.#realRoot(openedAtMs) });
      if (way === "linked") throw refused(path, "a link has come in its way");
      isServed = way === "direct";
      return isServed ? file : undefined;
    } finally {
      if (!isServed) await file.close();
    }
  }

  /**
   * The names in a located directory that clients may see, in pieces, in no order.
   *
   * @throws {HttpError} 403, 404 or 503
   */
  async *readNames(path: string): AsyncGenerator<readonly string[], void> {
    try {
      for await (const names of namesIn(path)) yield names.filter((name) => !this.hidesName(name));
    } catch (error) {
      throw toHttpError(error, path);
    }
  }

  /** Like {@linkcode DocumentRoot.readNames}, synchronously. */
  readNamesAtOnce(path: string): readonly string[] {
    try {
      return namesAtOnce(path).filter((name) => !this.hidesName(name));
    } catch (error) {
      throw toHttpError(error, path);
    }
  }

  async #realPath(segments: readonly string[], root: string): Promise<string> {
    if (this.#followsAll) return join(root, ...segments);
    if (this.#options.symlinks === "deny") return await refuseLinks(root, segments);
    const path = join(root, ...segments);
    try {
      const real = await realpath(path);
      if (isInside(root, real)) return real;
    } catch (error) {
      // Past a link that leads out, missing and existing files get the same response, so that clients cannot
      // tell them apart.
      if (!isMissing(error) || isInside(root, await followWay(root, segments))) throw error;
    }
    throw refused(path, "a link leads out of the document root");
  }

  /** Resolves the root again each second: it may be a link that a deployment moves to another folder. */
  async #realRoot(nowMs: number): Promise<string> {
    const resolved = this.#resolved;
    if (resolved !== undefined && isFresh(resolved.atMs, nowMs)) return resolved.path;
    const path = await realpath(this.#path);
    this.#resolved = { path, atMs: nowMs };
    return path;
  }

  get #followsAll(): boolean {
    return this.#options.symlinks === "follow";
  }
}

function isFresh(atMs: number, nowMs: number): boolean {
  return nowMs >= atMs && nowMs - atMs < FRESH_MS;
}

/**
 * Resolves names when no link is on the path, which is the usual case.
 *
 * @returns `unusual` if there is a link, or the system refuses
 */
async function lookPlainly(
  root: string,
  segments: readonly string[],
  own: OwnFiles,
): Promise<Located | "unusual"> {
  // The names are no paths, and join() of Bun 1.4.5 damages those that are not UTF-8.
  let path = root.endsWith(sep) ? root.slice(0, -1) : root;
  const way = segments.length === 0 ? [root] : segments.map((name) => path += sep + name);
  for (let start = 0; start < way.length; start += LOOKED_AT_ONCE) {
    const paths = way.slice(start, start + LOOKED_AT_ONCE);
    const looks = await Promise.all(
      paths.map((path) => lstat(systemPath(path)).catch((error: unknown) => codeOf(error))),
    );
    for (const [index, stats] of looks.entries()) {
      const located = judgeLook(paths[index]!, stats, own);
      const isLast = start + index === way.length - 1;
      if (isLast || located === "unusual" || located.kind === "missing") return located;
      if (located.kind === "file") return MISSING;
    }
  }
  return "unusual";
}

/** @param stats of the path, or the code of the error */
function judgeLook(path: string, stats: Stats | string, own: OwnFiles): Located | "unusual" {
  if (stats === "ENOENT") return MISSING;
  if (typeof stats === "string" || stats.isSymbolicLink()) return "unusual";
  if (stats.isDirectory()) return { kind: "directory", path };
  if (!stats.isFile()) return "unusual";
  return own.has(path, stats) ? HIDDEN : { kind: "file", path, stamp: stampOf(stats) };
}

function isInside(root: string, real: string): boolean {
  return real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);
}

async function refuseLinks(root: string, segments: readonly string[]): Promise<string> {
  let path = root;
  for (const segment of segments) {
    path = join(path, segment);
    if ((await lstat(path)).isSymbolicLink()) throw refused(path, "it is a symbolic link");
  }
  return path;
}

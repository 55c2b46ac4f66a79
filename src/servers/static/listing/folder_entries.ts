// The entries of a folder, for people and programs. A folder can have 100,000 entries and more, so they are
// read in pieces, and the event loop serves others meanwhile. They are kept in columns, which take a tenth of
// the room of objects.

import { lstat } from "node:fs/promises";
import { systemPath } from "../../../net/files/byte_names.ts";
import { type FileStatus, lookAt } from "../../../net/files/file_status.ts";
import { socketsLookedAt } from "../../../base/event_loop.ts";
import type { DiskPace } from "../disk/disk_pace.ts";
import type { DocumentRoot } from "../disk/document_root.ts";
import type { KnownNames } from "./known_names.ts";

/** The entries of a folder that clients may see, in no order. */
export interface FolderEntries {
  /** Their names. */
  readonly names: readonly string[];
  /** Bytes; -1 marks a folder. */
  readonly sizes: readonly number[];
  /** Last change, in milliseconds since 1970. */
  readonly mtimesMs: readonly number[];
}

/** A located folder. */
export interface ListedFolder {
  /** Its names below the root. */
  readonly segments: readonly string[];
  /** Its absolute path. */
  readonly path: string;
  /** When it was requested, in milliseconds since 1970. */
  readonly nowMs: number;
}

const PIECES_IN_A_TURN = 8;
const FOLDER = -1;

/** Parts of the reader of folders. */
export interface EntryReaderParts {
  /** Knows what is hidden. */
  readonly root: DocumentRoot;
  /** Reads the names in a folder. */
  readonly names: KnownNames;
  /** Knows whether the disk may be waited for. */
  readonly pace: DiskPace;
}

/**
 * Reads the visible entries of a folder. Hidden and refused ones are left out.
 *
 * @throws {HttpError} 403, 404 or 503 when it cannot be read
 */
export async function readEntries(parts: EntryReaderParts, folder: ListedFolder): Promise<FolderEntries> {
  const names: string[] = [];
  const sizes: number[] = [];
  const mtimesMs: number[] = [];
  let pieces = 0;
  for await (const piece of parts.names.read(folder.path)) {
    const statuses = await lookAtAll(parts, folder, piece);
    for (let i = 0; i < piece.length; i++) {
      const status = statuses[i];
      if (status?.kind !== "file" && status?.kind !== "directory") continue;
      names.push(piece[i]!);
      sizes.push(status.kind === "directory" ? FOLDER : status.size);
      mtimesMs.push(status.mtimeMs);
    }
    pieces++;
    if (pieces % PIECES_IN_A_TURN === 0) await socketsLookedAt();
  }
  return { names, sizes, mtimesMs };
}

type Seen = Pick<FileStatus, "kind" | "size" | "mtimeMs"> | undefined;

/** Looks at some entries; synchronously if the disk is quick and there is no link to follow. */
async function lookAtAll(
  { root, pace }: EntryReaderParts,
  { segments, path, nowMs }: ListedFolder,
  names: readonly string[],
): Promise<readonly Seen[]> {
  const paths = names.map((name) => `${path}/${name}`);
  const seen = pace.isQuick
    ? pace.time(() => paths.map(lookOnce), paths.length)
    : await Promise.all(paths.map(lookLater));
  for (const [index, status] of seen.entries()) {
    if (root.hidesPath(paths[index]!)) seen[index] = undefined;
    else if (status?.kind === "link") seen[index] = await follow(root, [...segments, names[index]!], nowMs);
  }
  return seen;
}

function lookOnce(path: string): Seen {
  try {
    return lookAt(path);
  } catch {
    return undefined;
  }
}

async function lookLater(path: string): Promise<Seen> {
  const stats = await lstat(systemPath(path)).catch(() => undefined);
  if (stats === undefined) return undefined;
  const kind = stats.isFile() ? "file" : stats.isDirectory() ? "directory" : "link";
  return { kind, size: stats.size, mtimeMs: stats.mtimeMs };
}

/** Looks up the target of a link, by the rules of the root. */
async function follow(root: DocumentRoot, segments: readonly string[], nowMs: number): Promise<Seen> {
  const located = await root.locate(segments, nowMs).catch(() => undefined);
  if (located === undefined || located.kind === "missing") return undefined;
  if (located.kind === "file") return { kind: "file", ...located.stamp };
  const stats = await lstat(located.path).catch(() => undefined);
  return stats === undefined ? undefined : { kind: "directory", size: 0, mtimeMs: stats.mtimeMs };
}

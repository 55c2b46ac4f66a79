// The entries of a folder, for people and programs. A folder can have 100,000 entries and more, so they are
// read in pieces, and the event loop serves others meanwhile.

import { lstat } from "node:fs/promises";
import { systemPath } from "../../../net/files/byte_names.ts";
import { type FileStatus, lookAt, statusOf } from "../../../net/files/file_status.ts";
import type { Clock } from "../../../base/clock.ts";
import { socketsLookedAt } from "../../../base/event_loop.ts";
import type { DiskPace } from "../disk/disk_pace.ts";
import type { DocumentRoot } from "../disk/document_root.ts";
import { EntryColumns, type FolderEntries } from "./entry_columns.ts";
import type { FolderState } from "./folder_state.ts";
import type { KnownNames } from "./known_names.ts";

/** A located folder. */
export interface ListedFolder {
  /** Its names below the root. */
  readonly segments: readonly string[];
  /** Its absolute path. */
  readonly path: string;
  /** When it was requested, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** A located folder that was looked at. */
export interface NamedFolder extends ListedFolder {
  /** Its state; undefined if it could not be looked at. */
  readonly state: FolderState | undefined;
}

// Others go first after this time.
const TURN_MS = 5;
// A slow disk shows after this many.
const LOOKED_AT_ONCE = 16;
const LOOKED_AT_TOGETHER = 128;
const FOLDER = -1;

/** Parts of the reader of folders. */
export interface EntryReaderParts {
  /** Knows what is hidden. */
  readonly root: DocumentRoot;
  /** Reads the names in a folder. */
  readonly names: KnownNames;
  /** Knows whether the disk may be waited for. */
  readonly pace: DiskPace;
  /** Measures how long others have waited. */
  readonly clock: Pick<Clock, "monotonicMs">;
}

/** The entries that were seen last. */
export interface SeenEntries {
  /** The entries. */
  readonly entries: FolderEntries;
  /** Whether they need no other look while their names are there. */
  readonly isFresh: boolean;
}

/**
 * Reads the visible entries of a folder. Hidden and refused ones are left out.
 *
 * @returns the same object as before if nothing has changed
 * @throws {HttpError} 403, 404 or 503 when it cannot be read
 */
export async function readEntries(
  parts: EntryReaderParts,
  folder: NamedFolder,
  before: SeenEntries | undefined,
): Promise<FolderEntries> {
  const entries = new EntryColumns(before?.entries);
  const copyKnown = before?.isFresh === true ? copierOf(before.entries) : undefined;
  let turnedAtMs = parts.clock.monotonicMs();
  for await (const piece of parts.names.read(folder)) {
    for (let at = 0; at < piece.length;) {
      const names = piece.slice(at, at + (parts.pace.isQuick ? LOOKED_AT_ONCE : LOOKED_AT_TOGETHER));
      const unknown = copyKnown === undefined ? names : names.filter((name) => !copyKnown(entries, name));
      if (unknown.length > 0) await addEntries(entries, unknown, { parts, folder });
      at += names.length;
      if (parts.clock.monotonicMs() - turnedAtMs < TURN_MS) continue;
      await socketsLookedAt();
      turnedAtMs = parts.clock.monotonicMs();
    }
  }
  return entries.entries;
}

/** Copies an entry, if it is there. */
function copierOf({ names, sizes, mtimesMs }: FolderEntries): (into: EntryColumns, name: string) => boolean {
  const places = new Map<string, number>();
  for (let place = 0; place < names.length; place++) places.set(names[place]!, place);
  return (into, name) => {
    const place = places.get(name);
    if (place === undefined) return false;
    into.add(name, sizes[place]!, mtimesMs[place]!);
    return true;
  };
}

type Shown = Pick<FileStatus, "kind" | "size" | "mtimeMs">;

/** Looks at some entries, synchronously if the disk is quick, and adds those that clients may see. */
async function addEntries(
  entries: EntryColumns,
  names: readonly string[],
  { parts: { root, pace }, folder }: { readonly parts: EntryReaderParts; readonly folder: ListedFolder },
): Promise<void> {
  const paths = names.map((name) => `${folder.path}/${name}`);
  const seen = pace.isQuick
    ? pace.time(() => paths.map(lookOnce), paths.length)
    : await Promise.all(paths.map(lookLater));
  for (let i = 0; i < seen.length; i++) {
    const status = seen[i];
    if (status === undefined || root.hidesFile(paths[i]!, status)) continue;
    const isLink = status.kind === "link";
    const shown = isLink ? await follow(root, [...folder.segments, names[i]!], folder.nowMs) : status;
    if (shown?.kind !== "file" && shown?.kind !== "directory") continue;
    entries.add(names[i]!, shown.kind === "directory" ? FOLDER : shown.size, shown.mtimeMs);
  }
}

function lookOnce(path: string): FileStatus | undefined {
  try {
    return lookAt(path);
  } catch {
    return undefined;
  }
}

async function lookLater(path: string): Promise<FileStatus | undefined> {
  const stats = await lstat(systemPath(path)).catch(() => undefined);
  return statusOf(stats);
}

/** Looks up the target of a link, by the rules of the root. */
async function follow(
  root: DocumentRoot,
  segments: readonly string[],
  nowMs: number,
): Promise<Shown | undefined> {
  const located = await root.locate(segments, nowMs).catch(() => undefined);
  if (located === undefined || located.kind === "missing") return undefined;
  if (located.kind === "file") return { kind: "file", ...located.stamp };
  const stats = await lstat(located.path).catch(() => undefined);
  return stats === undefined ? undefined : { kind: "directory", size: 0, mtimeMs: stats.mtimeMs };
}

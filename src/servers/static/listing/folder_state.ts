import { stat } from "node:fs/promises";
import { systemPath } from "../../../net/files/byte_names.ts";
import { lookAt, statusOf } from "../../../net/files/file_status.ts";
import type { DiskPace } from "../disk/disk_pace.ts";

/** A folder at one moment. A name that comes, goes or changes gives it another state. */
export interface FolderState {
  /** Tells the state from others. */
  readonly text: string;
  /** Last change of the folder itself, in milliseconds since 1970. */
  readonly changedAtMs: number;
  /** Bytes of the folder itself: most file systems let them grow with the names. */
  readonly size: number;
}

/** The state of a folder now; undefined if it is none, or cannot be looked at. */
export async function stateOf(path: string, pace: DiskPace): Promise<FolderState | undefined> {
  const look = pace.isQuick ? pace.time(() => lookOnce(path)) : undefined;
  // Links are followed.
  const status = look?.kind === "directory"
    ? look
    : statusOf(await stat(systemPath(path)).catch(() => undefined));
  if (status?.kind !== "directory") return undefined;
  const { dev, ino, ctimeMs, mtimeMs, size } = status;
  return {
    text: `${dev} ${ino} ${ctimeMs} ${mtimeMs}`,
    changedAtMs: Math.max(ctimeMs, mtimeMs),
    size,
  };
}

function lookOnce(path: string): ReturnType<typeof lookAt> {
  try {
    return lookAt(path);
  } catch {
    return undefined;
  }
}

// The calls of the file system that a quick look at a file needs, one method for each, so that tests can count them.

import { closeSync, openSync, readlinkSync, readSync } from "node:fs";
import { HAS_BYTE_NAMES, pathOfLatin1, systemPath } from "../../../net/files/byte_names.ts";
import { type FileStatus, lookAt } from "../../../net/files/file_status.ts";

/** Synchronous calls of the file system. All of them throw its errors. */
export interface FileCalls {
  /** The entry at a path, without following a link; undefined if there is none. */
  lstat(path: string): FileStatus | undefined;
  /** Opens a file for reading. @param flags those of open(2) @returns the descriptor */
  open(path: string, flags: number): number;
  /** Reads from the start of a file. @returns the number of bytes */
  read(descriptor: number, buffer: Uint8Array): number;
  /** Closes a descriptor. */
  close(descriptor: number): void;
  /** The target of a link. */
  readLink(path: string): string;
}

/** The file system of this machine. */
export const SYSTEM_FILE_CALLS: FileCalls = {
  lstat: lookAt,
  open: (path, flags) => openSync(systemPath(path), flags),
  read: (descriptor, buffer) => readSync(descriptor, buffer, 0, buffer.length, 0),
  close: closeSync,
  readLink: (path) => HAS_BYTE_NAMES ? pathOfLatin1(readlinkSync(path, "latin1")) : readlinkSync(path),
};

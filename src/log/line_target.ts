import { type FileHandle, open } from "node:fs/promises";
import { freeBytes } from "../bytes/free_bytes.ts";
import { ownMessageOf } from "../base/error_text.ts";
import { decodeUtf8, LINE_FEED } from "./utf8.ts";

/** The destination of the lines of a log. */
export interface LineTarget {
  /**
   * Writes whole lines; one call at a time.
   *
   * @param onProgress called each time that some of them are with the system
   * @throws {LogWriteError} with the lines that were not written
   */
  append(lines: string, onProgress: () => void): Promise<void>;
  /**
   * Goes on with a new file of the same name, after the old one was renamed. Not while
   * {@linkcode LineTarget.append} runs.
   */
  reopen(): Promise<void>;
  /** Closes the file. */
  close(): Promise<void>;
}

/** A log file that cannot be opened. */
export class LogFileError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "LogFileError";
  /** The file as it was named. */
  readonly path: string;

  /**
   * Makes the error for one file.
   *
   * @param path the file as it was named
   * @param cause the error of the file system
   */
  constructor(path: string, cause: unknown) {
    super(`Cannot open log file "${path}": ${ownMessageOf(cause)}`, {
      cause,
    });
    this.path = path;
  }
}

/** A write that took only some of the lines. */
export class LogWriteError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "LogWriteError";
  /** The lines that were not written; the first one may be incomplete. */
  readonly rest: string;

  /** @param cause the error of the system */
  constructor(cause: unknown, rest: string) {
    super(ownMessageOf(cause), { cause });
    this.rest = rest;
  }
}

/** The parts of an open file that a log file needs. */
export type LogFileHandle = Pick<FileHandle, "write" | "stat" | "close">;

/**
 * Opens a file for appending (O_APPEND), and makes it if there is none.
 *
 * Several processes and workers may write to the same file: the text of one call goes to the kernel in one
 * write, so lines do not mix, unless the disk takes only a part.
 *
 * @throws {LogFileError} when the file cannot be opened
 */
export async function openFileTarget(path: string): Promise<LineTarget> {
  return createFileTarget(path, await openForAppending(path));
}

/**
 * Makes a target of a file that is open for appending.
 *
 * @param path the file, for reopening
 * @param handle closed with the target
 */
export function createFileTarget(path: string, handle: LogFileHandle): LineTarget {
  return new FileTarget(path, handle);
}

async function openForAppending(path: string): Promise<FileHandle> {
  try {
    return await open(path, "a");
  } catch (cause) {
    throw new LogFileError(path, cause);
  }
}

// Beyond this, bytes are not left to the collector: it comes late for memory outside its heap.
const LARGE_BYTES = 262_144;

/** Writes bytes until all are taken, and remembers when a line was cut. */
class LineWriter {
  readonly #encoder = new TextEncoder();
  // A write that failed in the middle of a line must not be followed directly by the next line.
  #isMidLine = false;

  /**
   * Writes lines.
   *
   * @param write takes bytes from the start; gives the number of bytes taken, or an error with that number
   */
  async append(
    lines: string,
    write: (bytes: Uint8Array<ArrayBuffer>) => Promise<number | Failure>,
  ): Promise<void> {
    const bytes = this.#encoder.encode(this.#isMidLine ? "\n" + lines : lines);
    for (let at = 0; at < bytes.length;) {
      const taken = await write(bytes.subarray(at));
      const count = typeof taken === "number" ? taken : taken.count;
      if (count > 0) this.#isMidLine = bytes[at + count - 1] !== LINE_FEED;
      at += count;
      if (typeof taken === "number" && count > 0) continue;
      const cause = typeof taken === "number"
        ? new Error("Cannot write the log: nothing was taken")
        : taken.error;
      throw new LogWriteError(cause, decodeUtf8(bytes.subarray(at)));
    }
    if (bytes.length > LARGE_BYTES) freeBytes(bytes);
  }

  /** A new file begins with a line. */
  reset(): void {
    this.#isMidLine = false;
  }
}

interface Failure {
  readonly error: unknown;
  /** How many bytes were taken before it. */
  readonly count: number;
}

class FileTarget implements LineTarget {
  readonly #writer = new LineWriter();
  readonly #path: string;
  #handle: LogFileHandle;
  // The size of the file if no one else writes to it; undefined before it is known.
  #size: number | undefined;

  constructor(path: string, handle: LogFileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  async append(lines: string, onProgress: () => void): Promise<void> {
    this.#size ??= await this.#measure();
    await this.#writer.append(lines, async (bytes) => {
      try {
        const { bytesWritten } = await this.#handle.write(bytes, 0, bytes.length);
        if (this.#size !== undefined) this.#size += bytesWritten;
        onProgress();
        return bytesWritten;
      } catch (error) {
        return { error, count: await this.#countTaken(bytes.length) };
      }
    });
  }

  /**
   * When a full disk takes a part of a write, Deno 2.9 fails without saying how much it took: the size of the
   * file tells.
   */
  async #countTaken(wanted: number): Promise<number> {
    const before = this.#size;
    this.#size = await this.#measure();
    if (before === undefined || this.#size === undefined) return 0;
    const taken = this.#size - before;
    return taken > 0 && taken < wanted ? taken : 0;
  }

  async #measure(): Promise<number | undefined> {
    try {
      return (await this.#handle.stat()).size;
    } catch {
      return undefined;
    }
  }

  async reopen(): Promise<void> {
    const old = this.#handle;
    this.#handle = await openForAppending(this.#path);
    this.#size = undefined;
    this.#writer.reset();
    await old.close();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Writes bytes to the console, waiting while it takes none. @returns how many it took */
export type ConsoleWrite = (bytes: Uint8Array<ArrayBuffer>) => Promise<number>;

// The bytes that a pipe takes in one piece. A reader that takes fewer in a second counts as one that takes
// nothing.
const CONSOLE_PIECE_BYTES = 4_096;

/** Makes a target of the console. */
export function createConsoleTarget(write: ConsoleWrite): LineTarget {
  const writer = new LineWriter();
  return {
    append: (lines, onProgress) =>
      writer.append(lines, async (bytes) => {
        try {
          const count = await write(bytes.subarray(0, CONSOLE_PIECE_BYTES));
          onProgress();
          return count;
        } catch (error) {
          return { error, count: 0 };
        }
      }),
    reopen: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

import { writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Where the lines of a log end up. */
export interface LineTarget {
  /**
   * Writes whole lines; one call at a time.
   *
   * @throws what the file system or the console says
   */
  append(lines: string): Promise<void>;
  /** The same without waiting, for the end of the process. */
  appendSync(lines: string): void;
  /** Goes on with a new file of the same name, after the old one was renamed. */
  reopen(): Promise<void>;
  /** Gives the file back. */
  close(): Promise<void>;
}

/** A log file that cannot be opened. */
export class LogFileError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "LogFileError";
  /** The file as it was named. */
  readonly path: string;

  /**
   * Says which file it was.
   *
   * @param path the file as it was named
   * @param cause what the file system said
   */
  constructor(path: string, cause: unknown) {
    super(`Cannot open log file "${path}": ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.path = path;
  }
}

/**
 * Opens a file for appending (O_APPEND), and makes it where there is none.
 *
 * Several processes and workers may write to the same file: what one call gives goes to the kernel in one write, so
 * lines do not mix, unless the disk takes only a part.
 *
 * @throws {LogFileError} when the file cannot be opened
 */
export async function openFileTarget(path: string): Promise<LineTarget> {
  return createFileTarget(path, await openForAppending(path));
}

/** What a log file needs of an open file. */
export type LogFileHandle = Pick<FileHandle, "fd" | "write" | "close">;

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

class FileTarget implements LineTarget {
  readonly #encoder = new TextEncoder();
  readonly #path: string;
  #handle: LogFileHandle;
  // A write that failed in the middle of a line must not have the next line behind it.
  #isMidLine = false;

  constructor(path: string, handle: LogFileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  async append(lines: string): Promise<void> {
    const bytes = this.#encode(lines);
    for (let at = 0; at < bytes.length;) {
      at += this.#taken(bytes, at, (await this.#handle.write(bytes, at, bytes.length - at)).bytesWritten);
    }
  }

  appendSync(lines: string): void {
    const bytes = this.#encode(lines);
    for (let at = 0; at < bytes.length;) {
      at += this.#taken(bytes, at, writeSync(this.#handle.fd, bytes, at, bytes.length - at));
    }
  }

  #encode(lines: string): Uint8Array<ArrayBuffer> {
    return this.#encoder.encode(this.#isMidLine ? "\n" + lines : lines);
  }

  #taken(bytes: Uint8Array, at: number, count: number): number {
    if (count === 0) throw new Error(`Cannot write log file "${this.#path}": nothing was taken`);
    this.#isMidLine = bytes[at + count - 1] !== 0x0a;
    return count;
  }

  async reopen(): Promise<void> {
    const old = this.#handle;
    this.#handle = await openForAppending(this.#path);
    this.#isMidLine = false;
    await old.close();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/**
 * Makes a target of a function that writes text to the console.
 *
 * @param write takes whole lines
 */
export function createConsoleTarget(write: (lines: string) => void): LineTarget {
  return {
    // An error of write becomes a rejection, like one of a file.
    append: async (lines) => await write(lines),
    appendSync: write,
    reopen: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

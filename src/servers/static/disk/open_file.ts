import { close, fstat, open, read, type Stats } from "node:fs";
import { systemPath } from "../../../net/files/byte_names.ts";
import { type FileStamp, stampOf } from "./file_stamp.ts";

/**
 * A file that is open for reading.
 *
 * It uses numbers and callbacks: with node's FileHandle, 1,000 downloads at once make the heap grow by half
 * as much again (Deno 2.9.6).
 */
export class OpenFile {
  /** Its version at the time it was opened. */
  readonly stamp: FileStamp;
  /** Whether it is a regular file: no directory, FIFO or device. */
  readonly isRegular: boolean;
  readonly #descriptor: number;

  private constructor(descriptor: number, stats: Stats) {
    this.#descriptor = descriptor;
    this.stamp = stampOf(stats);
    this.isRegular = stats.isFile();
  }

  /** Opens a file. @param flags those of open(2) @throws the error of the file system */
  static async open(path: string, flags: number): Promise<OpenFile> {
    const descriptor = await new Promise<number>((resolve, reject) => {
      open(systemPath(path), flags, (error, opened) => error === null ? resolve(opened) : reject(error));
    });
    try {
      return new OpenFile(descriptor, await statusOf(descriptor));
    } catch (error) {
      await closeDescriptor(descriptor);
      throw error;
    }
  }

  /**
   * Reads into a buffer, as much as there is and fits.
   *
   * @param position of the first byte in the file
   * @returns the number of bytes; 0 at the end of the file
   */
  read(buffer: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.#descriptor, buffer, 0, buffer.length, position, (error, count) => {
        if (error === null) resolve(count);
        else reject(error);
      });
    });
  }

  /** Looks at its current state. @throws the error of the file system */
  async readStamp(): Promise<FileStamp> {
    return stampOf(await statusOf(this.#descriptor));
  }

  /** Closes it; once. Never rejects. */
  close(): Promise<void> {
    return closeDescriptor(this.#descriptor);
  }
}

function statusOf(descriptor: number): Promise<Stats> {
  return new Promise((resolve, reject) => {
    fstat(descriptor, (error, stats) => error === null ? resolve(stats) : reject(error));
  });
}

// For a file that was only read, a failed close loses nothing.
function closeDescriptor(descriptor: number): Promise<void> {
  return new Promise((resolve) => close(descriptor, () => resolve()));
}

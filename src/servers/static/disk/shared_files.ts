import type { DocumentRoot } from "./document_root.ts";
import { type FileStamp, isSameStamp, textOfStamp } from "./file_stamp.ts";
import type { OpenFile } from "./open_file.ts";

/** A promised version of a file. */
export interface PromisedFile {
  /** Its absolute path. */
  readonly path: string;
  /** The version. */
  readonly stamp: FileStamp;
}

/** One reader of an open file. */
export interface FileReader {
  /** The file. */
  readonly file: OpenFile;
  /** Ends reading; once. The last one closes the file. */
  leave(): Promise<void>;
}

interface SharedFile {
  readonly opened: Promise<OpenFile | undefined>;
  readers: number;
}

/**
 * Open files, each opened once for all of its readers: a thousand downloads of a file need one descriptor.
 */
export class SharedFiles {
  readonly #root: DocumentRoot;
  readonly #files = new Map<string, SharedFile>();

  /** @param root opens the files */
  constructor(root: DocumentRoot) {
    this.#root = root;
  }

  /** Files that are open or being opened. */
  get size(): number {
    return this.#files.size;
  }

  /**
   * Opens a file, or joins its other readers.
   *
   * A file that has grown since, as logs do, still has all of the promised bytes.
   *
   * @throws {RangeError} if it is gone, or has changed in any other way
   * @throws {HttpError} 403 or 503 when it cannot be opened
   */
  async join({ path, stamp }: PromisedFile): Promise<FileReader> {
    const key = `${path}\0${textOfStamp(stamp)}`;
    const shared = this.#files.get(key) ?? this.#open(key, path);
    shared.readers++;
    const leave = (): Promise<void> => this.#leave(key, shared);
    try {
      const file = await shared.opened;
      if (file === undefined) throw new RangeError(`Cannot send "${path}": it is gone`);
      if (!isWhole(await file.readStamp(), stamp)) {
        throw new RangeError(`Cannot send "${path}": it has changed`);
      }
      return { file, leave };
    } catch (error) {
      await leave();
      throw error;
    }
  }

  #open(key: string, path: string): SharedFile {
    const shared = { opened: this.#root.open(path), readers: 0 };
    this.#files.set(key, shared);
    return shared;
  }

  async #leave(key: string, shared: SharedFile): Promise<void> {
    shared.readers--;
    if (shared.readers > 0) return;
    this.#files.delete(key);
    // A file that could not be opened need not be closed.
    const file = await shared.opened.catch(() => undefined);
    await file?.close();
  }
}

/** Whether a file is the promised one, or has only grown since. */
export function isWhole(now: FileStamp, promised: FileStamp): boolean {
  return isSameStamp(now, promised) || (now.ino === promised.ino && now.size > promised.size);
}

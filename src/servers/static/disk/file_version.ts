import { digestOfFile, digestOfMany } from "./digest.ts";
import type { DocumentRoot } from "./document_root.ts";
import type { FileStamp } from "./file_stamp.ts";
import type { OpenFile } from "./open_file.ts";

/** A version of a file as it was read. */
export interface FileVersion {
  /** Its stamp from the file system. */
  readonly stamp: FileStamp;
  /** Its content; undefined for a large file. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
  /** Digest of the content; undefined for a very large file. */
  readonly digest: string | undefined;
}

// A file that changes constantly is served as it was read last: the promised length is that of the bytes.
const MAX_ATTEMPTS = 3;

// 16 MiB take 10 ms, once for each version. Beyond it the stamp must suffice.
const MAX_DIGEST_BYTES = 16_777_216;

/**
 * Reads a file whole unless it is large, and again if it changed meanwhile.
 *
 * @param maxBytes more than these are large
 * @returns undefined if it is gone
 * @throws {HttpError} 403 or 503 when it cannot be opened
 */
export async function readVersion(
  root: DocumentRoot,
  path: string,
  maxBytes: number,
): Promise<FileVersion | undefined> {
  for (let attempt = 1;; attempt++) {
    const file = await root.open(path);
    if (file === undefined) return undefined;
    try {
      const { stamp } = file;
      if (stamp.size > maxBytes) {
        const digest = stamp.size > MAX_DIGEST_BYTES ? undefined : await digestOfFile(file);
        return { stamp, bytes: undefined, digest };
      }
      // One more byte than expected shows that the file has grown.
      const buffer = new Uint8Array(stamp.size + 1);
      const length = await fill(file, buffer);
      if (length === stamp.size || attempt === MAX_ATTEMPTS) {
        const bytes = buffer.subarray(0, Math.min(length, stamp.size));
        return { stamp, bytes, digest: await digestOfMany(bytes) };
      }
    } finally {
      await file.close();
    }
  }
}

async function fill(file: OpenFile, buffer: Uint8Array): Promise<number> {
  let length = 0;
  while (length < buffer.length) {
    const count = await file.read(buffer.subarray(length), length);
    if (count === 0) break;
    length += count;
  }
  return length;
}

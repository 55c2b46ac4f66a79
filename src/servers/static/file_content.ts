// The bytes of files: read whole into memory, or in pieces as the client takes them.

import type { FileHandle } from "node:fs/promises";
import type { ByteRange } from "./byte_ranges.ts";
import type { DocumentRoot } from "./document_root.ts";
import { type FileStamp, isSameStamp } from "./file_stamp.ts";

/** A file in memory. */
export interface WholeFile {
  /** Its content. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its version. */
  readonly stamp: FileStamp;
}

// A file that changes all the time is served as it was read last: the length that is promised is that of the bytes.
const MAX_ATTEMPTS = 3;

/**
 * Reads a file whole, again when it changed meanwhile.
 *
 * @returns undefined when it has more than `maxBytes`
 * @throws {HttpError} 403, 404 or 503 when it cannot be opened
 */
export async function readWhole(
  root: DocumentRoot,
  path: string,
  maxBytes: number,
): Promise<WholeFile | undefined> {
  for (let attempt = 1;; attempt++) {
    const { handle, stamp } = await root.open(path);
    try {
      if (stamp.size > maxBytes) return undefined;
      // One byte more than there should be shows that the file has grown.
      const buffer = new Uint8Array(stamp.size + 1);
      const length = await fill(handle, buffer);
      const isWhole = length === stamp.size;
      if (isWhole || attempt === MAX_ATTEMPTS) {
        return { bytes: buffer.subarray(0, Math.min(length, stamp.size)), stamp };
      }
    } finally {
      await handle.close();
    }
  }
}

async function fill(handle: FileHandle, buffer: Uint8Array): Promise<number> {
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

/** Counts the files that are being sent, so that a thousand downloads at once do not hold a large buffer each. */
export class ReadBuffers {
  #active = 0;

  /** A buffer for one download; {@linkcode ReadBuffers.release} must follow. */
  acquire(): Uint8Array<ArrayBuffer> {
    this.#active++;
    // 4 MiB for the first 16 downloads, 7 MiB for the next 112, then 20 MiB for each thousand. Pieces of 16 KiB and less
    // would be copied once more, into a buffer of 64 KiB that is held as long as the client takes.
    const kibibytes = this.#active <= 16 ? 256 : this.#active <= 128 ? 64 : 20;
    return new Uint8Array(kibibytes * 1_024);
  }

  /** Ends a download. */
  release(): void {
    this.#active--;
  }
}

/** A file to send, the version that was promised, and the buffers to do it with. */
export interface StreamedFile {
  /** Opens the file. */
  readonly root: DocumentRoot;
  /** Where it is. */
  readonly path: string;
  /** The version whose length was promised. */
  readonly stamp: FileStamp;
  /** Where the buffer comes from. */
  readonly buffers: ReadBuffers;
}

/** A piece of an answer: bytes at hand, or bytes of the file. */
export type StreamPart =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "range"; readonly range: ByteRange };

/**
 * Sends parts of a file; it is opened when the first piece is asked for, and closed when the last one was taken.
 *
 * A piece is valid until the next one is asked for. The source fails when the file is another one by then, or has
 * become shorter: the core then cuts the connection, so that no client takes a part for the whole.
 */
export function streamFile(file: StreamedFile, parts: readonly StreamPart[]): AsyncIterable<Uint8Array> {
  // A generator that is left before its first piece has opened nothing.
  return { [Symbol.asyncIterator]: () => generate(file, parts) };
}

async function* generate(file: StreamedFile, parts: readonly StreamPart[]): AsyncGenerator<Uint8Array, void> {
  const { root, path, buffers } = file;
  const { handle, stamp } = await root.open(path);
  try {
    if (!isSameStamp(stamp, file.stamp)) throw new RangeError(`Cannot send "${path}": it has changed`);
    const buffer = buffers.acquire();
    try {
      for (const part of parts) {
        if (part.kind === "bytes") yield part.bytes;
        else yield* readRange({ handle, path, buffer }, part.range);
      }
    } finally {
      buffers.release();
    }
  } finally {
    await handle.close();
  }
}

async function* readRange(
  source: { readonly handle: FileHandle; readonly path: string; readonly buffer: Uint8Array },
  { first, last }: ByteRange,
): AsyncGenerator<Uint8Array, void> {
  const { handle, path, buffer } = source;
  for (let at = first; at <= last;) {
    const wanted = Math.min(buffer.length, last - at + 1);
    const { bytesRead } = await handle.read(buffer, 0, wanted, at);
    if (bytesRead === 0) {
      throw new RangeError(`Cannot send "${path}": it ends at byte ${at}, expected ${last + 1}`);
    }
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

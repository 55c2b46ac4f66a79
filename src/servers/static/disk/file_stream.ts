// The bytes of large files, in pieces, as fast as the client takes them.

import type { ByteRange } from "../answers/byte_ranges.ts";
import type { StreamPart } from "../resources/content.ts";
import type { Download, DownloadSlots } from "./download_slots.ts";
import { type FileReader, isWhole, type PromisedFile, type SharedFiles } from "./shared_files.ts";

/** A file to send, and the tools for it. */
export interface StreamedFile extends PromisedFile {
  /** Opens the file. */
  readonly files: SharedFiles;
  /** The source of buffers. */
  readonly turns: DownloadSlots;
}

/**
 * Sends parts of a file. It is opened with the first piece, and closed after the last one was taken.
 *
 * A piece is valid until the next one is requested. The source fails if the file has been replaced or
 * shortened by then: the core then cuts the connection, so that no client takes a part for the whole.
 */
export function streamFile(file: StreamedFile, parts: readonly StreamPart[]): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => new FilePieces(file, parts) };
}

// Nested generators would make three promises for each piece, and keep them for as long as the client takes.
class FilePieces implements AsyncIterator<Uint8Array, undefined> {
  readonly #source: StreamedFile;
  readonly #parts: readonly StreamPart[];
  readonly #download: Download;
  #reader: FileReader | undefined;
  #index = 0;
  // Bytes read of the current part.
  #readBytes = 0;

  constructor(source: StreamedFile, parts: readonly StreamPart[]) {
    this.#source = source;
    this.#parts = parts;
    this.#download = source.turns.enter();
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const part = this.#parts[this.#index];
    if (part === undefined) return await this.return();
    try {
      // Before the turn, which may be long in coming, because an open file cannot be replaced.
      this.#reader ??= await this.#source.files.join(this.#source);
      const buffer = await this.#source.turns.next(this.#download);
      if (part.kind === "range") return { done: false, value: await this.#read(part.range, buffer) };
      this.#index++;
      return { done: false, value: part.bytes };
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  /** Ends the stream, whether it has begun or not. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#index = this.#parts.length;
    this.#source.turns.leave(this.#download);
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.leave();
    return { done: true, value: undefined };
  }

  async #checkVersion(): Promise<void> {
    const { path, stamp } = this.#source;
    if (isWhole(await this.#reader!.file.readStamp(), stamp)) return;
    throw new RangeError(`Cannot send "${path}": it was written anew meanwhile`);
  }

  async #read({ first, last }: ByteRange, buffer: Uint8Array): Promise<Uint8Array> {
    const at = first + this.#readBytes;
    const room = buffer.subarray(0, last - at + 1);
    const count = await this.#reader!.file.read(room, at);
    if (count === 0) {
      const { path } = this.#source;
      throw new RangeError(`Cannot send "${path}": it ends at byte ${at}, expected ${last + 1}`);
    }
    const isPartRead = at + count > last;
    // If the file were rewritten in place, the client would get half of the old and half of the new version.
    const isLast = isPartRead &&
      !this.#parts.some(({ kind }, index) => index > this.#index && kind === "range");
    if (isLast) await this.#checkVersion();
    this.#readBytes = isPartRead ? 0 : this.#readBytes + count;
    if (isPartRead) this.#index++;
    return room.subarray(0, count);
  }
}

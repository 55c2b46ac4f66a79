import type { ByteRange } from "../answers/byte_ranges.ts";
import type { FileStamp } from "../disk/file_stamp.ts";

/** The source of the bytes of a response. */
export type Content = MemoryContent | FileContent | CompressedContent;

/** Bytes in memory. */
export interface MemoryContent {
  readonly kind: "memory";
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A large file, which is streamed. */
export interface FileContent {
  readonly kind: "file";
  /** Its absolute path. */
  readonly path: string;
  /** The promised version. */
  readonly stamp: FileStamp;
  /** Bytes to send after those of the file; usually none. */
  readonly tail: Uint8Array;
}

/** A large file that is compressed while it is streamed, so its length is not known in advance. */
export interface CompressedContent {
  readonly kind: "compressed";
  readonly of: FileContent;
}

/** A piece of a response: bytes in memory, or a range of the file. */
export type StreamPart =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "range"; readonly range: ByteRange };

/** Bytes of the content; undefined if the size is known only after the last byte. */
export function sizeOf(content: Content): number | undefined {
  switch (content.kind) {
    case "memory":
      return content.bytes.length;
    case "file":
      return content.stamp.size + content.tail.length;
    case "compressed":
      return undefined;
  }
}

/** Splits a range into the parts that lie in the file and in the tail after it. */
export function partsOf({ stamp: { size }, tail }: FileContent, { first, last }: ByteRange): StreamPart[] {
  const parts: StreamPart[] = [];
  if (first < size) parts.push({ kind: "range", range: { first, last: Math.min(last, size - 1) } });
  if (last >= size) {
    parts.push({ kind: "bytes", bytes: tail.subarray(Math.max(0, first - size), last + 1 - size) });
  }
  return parts;
}

/** The parts of the whole content. */
export function allPartsOf(content: FileContent): StreamPart[] {
  return partsOf(content, { first: 0, last: content.stamp.size + content.tail.length - 1 });
}

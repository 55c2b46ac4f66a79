import type { ByteRange } from "../answers/byte_ranges.ts";
import type { FileStamp } from "../disk/file_stamp.ts";

/** Where the bytes of an answer come from. */
export type Content = MemoryContent | FileContent | CompressedContent;

/** Bytes that are held. */
export interface MemoryContent {
  readonly kind: "memory";
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A large file, which is streamed. */
export interface FileContent {
  readonly kind: "file";
  /** Where it is. */
  readonly path: string;
  /** The version that is promised. */
  readonly stamp: FileStamp;
  /** Bytes that are sent behind those of the file; mostly none. */
  readonly tail: Uint8Array;
}

/** A large file that is compressed while it is streamed: nobody knows how long it will be. */
export interface CompressedContent {
  readonly kind: "compressed";
  readonly of: FileContent;
}

/** A piece of an answer: bytes at hand, or bytes of the file. */
export type StreamPart =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "range"; readonly range: ByteRange };

/** Bytes of the content; undefined where that shows only when all are sent. */
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

/** Where the bytes of a range lie: in the file, behind it, or both. */
export function partsOf({ stamp: { size }, tail }: FileContent, { first, last }: ByteRange): StreamPart[] {
  const parts: StreamPart[] = [];
  if (first < size) parts.push({ kind: "range", range: { first, last: Math.min(last, size - 1) } });
  if (last >= size) {
    parts.push({ kind: "bytes", bytes: tail.subarray(Math.max(0, first - size), last + 1 - size) });
  }
  return parts;
}

/** Where all bytes lie. */
export function allPartsOf(content: FileContent): StreamPart[] {
  return partsOf(content, { first: 0, last: content.stamp.size + content.tail.length - 1 });
}

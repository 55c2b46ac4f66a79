import type { ByteRange } from "./byte_ranges.ts";
import type { StreamPart } from "../resources/content.ts";

/** Parts of a multipart response. */
export interface MultipartOptions {
  /** Two or more ranges, in the order of the parts. */
  readonly ranges: readonly ByteRange[];
  /** Bytes of the whole file. */
  readonly size: number;
  /** Content-Type of each part. */
  readonly mediaType: string;
  /** The boundary; must not occur in the content. */
  readonly boundary: string;
}

/** Several ranges in one response. */
export interface Multipart {
  /** Content-Type of the response. */
  readonly mediaType: string;
  /** Bytes of the response. */
  readonly length: number;
  /** The parts to send, in order. */
  readonly parts: readonly StreamPart[];
}

const encoder = new TextEncoder();

/** Lays out `multipart/byteranges` (RFC 9110 §14.6). */
export function createMultipart({ ranges, size, mediaType, boundary }: MultipartOptions): Multipart {
  const parts: StreamPart[] = [];
  let length = 0;
  const add = (text: string): void => {
    const bytes = encoder.encode(text);
    parts.push({ kind: "bytes", bytes });
    length += bytes.length;
  };
  ranges.forEach((range, index) => {
    const { first, last } = range;
    const lines = `Content-Type: ${mediaType}\r\nContent-Range: bytes ${first}-${last}/${size}\r\n\r\n`;
    add(`${index === 0 ? "" : "\r\n"}--${boundary}\r\n${lines}`);
    parts.push({ kind: "range", range });
    length += last - first + 1;
  });
  add(`\r\n--${boundary}--\r\n`);
  return { mediaType: `multipart/byteranges; boundary=${boundary}`, length, parts };
}

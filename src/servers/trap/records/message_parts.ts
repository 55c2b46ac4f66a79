// Finds parts of a message in its bytes: its fields, and the content between chunk framing (RFC 9112 §7.1).

import type { HeaderField } from "../../../http/headers.ts";
import type { HttpLimits } from "../../../http/limits.ts";
import { HttpTokenizer } from "../../../http/tokens/tokenizer.ts";
import type { BodyToken } from "../../../http/tokens/tokens.ts";

const NO_LIMITS: HttpLimits = {
  maxRequestLineBytes: Infinity,
  maxHeadBytes: Infinity,
  maxFieldBytes: Infinity,
  maxFields: Infinity,
  maxFirstEmptyLines: Infinity,
  maxEmptyLines: Infinity,
  maxBodyBytes: Infinity,
  maxChunkLineBytes: Infinity,
  maxChunkExtensionBytes: Infinity,
  maxTrailerBytes: Infinity,
  maxTrailers: Infinity,
};

/** Finds the fields of a head, in order; none in bytes that are no head. */
export function readFields(head: Uint8Array): readonly HeaderField[] {
  for (const token of new HttpTokenizer({ ...NO_LIMITS, lineTokens: false }).push(head)) {
    if (token.kind === "head-end") return [...token.head.headers];
  }
  return [];
}

/** The result of {@linkcode readChunkData}. */
export interface ChunkData {
  /** The pieces of content that are there; offsets count from the first byte of the message. */
  readonly pieces: readonly BodyToken[];
  /** Whether the end of the message is there; if not, it breaks off after the pieces, or has a fault. */
  readonly isWhole: boolean;
}

/** Finds the content of a chunked message, which begins with its head and may break off anywhere. */
export function readChunkData(message: Uint8Array): ChunkData {
  const pieces: BodyToken[] = [];
  for (const token of new HttpTokenizer({ ...NO_LIMITS, lineTokens: false }).push(message)) {
    if (token.kind === "end") return { pieces, isWhole: true };
    if (token.kind === "body") pieces.push(token);
  }
  return { pieces, isWhole: false };
}

// Digests stand for content in entity tags: no change is missed, and every worker has the same digests.

import { createHash } from "node:crypto";
import type { OpenFile } from "./open_file.ts";

// 22 letters and digits hold 128 bits: two contents with the same digest cannot be found.
const DIGEST_LETTERS = 22;
const PIECE_BYTES = 262_144;

/** Digest of bytes. @returns 22 letters and digits, `-` and `_` */
export function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url").slice(0, DIGEST_LETTERS);
}

/** Digest of many bytes, off the thread. @returns like {@linkcode digestOf} */
export async function digestOfMany(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const base64 = btoa(String.fromCharCode(...digest)).slice(0, DIGEST_LETTERS);
  return base64.replaceAll("+", "-").replaceAll("/", "_");
}

/** Digest of a file in its length at the open, piece by piece. @returns like {@linkcode digestOf} */
export async function digestOfFile(file: OpenFile): Promise<string> {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(PIECE_BYTES);
  const { size } = file.stamp;
  for (let at = 0; at < size;) {
    const piece = buffer.subarray(0, size - at);
    const count = await file.read(piece, at);
    if (count === 0) break;
    hash.update(piece.subarray(0, count));
    at += count;
  }
  return hash.digest("base64url").slice(0, DIGEST_LETTERS);
}

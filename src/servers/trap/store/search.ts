// Finds a text in a request. A loop over bytes: ASCII letters in upper or lower case, all other bytes
// exactly.

import { decodedForms, DecodingBudget } from "./decoded_content.ts";
import type { StoredRequest } from "../records/stored_request.ts";

const LF = 0x0a;
const CASE_BIT = 0x20;

// Each byte in lower case.
const FOLDED = Uint8Array.from(
  { length: 256 },
  (_, byte) => byte >= 0x41 && byte <= 0x5a ? byte | CASE_BIT : byte,
);

/** Makes the text for {@linkcode contains}. @param text bytes seen as latin1 */
export function toNeedle(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => FOLDED[character.charCodeAt(0) & 0xff]!);
}

/**
 * Whether target, header fields or content of a request contain a text, as they came or decoded; of the
 * content only the kept part.
 *
 * @param budget the bytes that may be decoded, shared by the requests of one search
 */
export function contains(
  request: StoredRequest,
  needle: Uint8Array,
  budget: DecodingBudget = new DecodingBudget(),
): boolean {
  if (containsAsSent(request, needle)) return true;
  for (const form of decodedForms(request, budget)) {
    if (find(form, needle, 0)) return true;
  }
  return false;
}

function containsAsSent(request: StoredRequest, needle: Uint8Array): boolean {
  const { target, headBytes, isChunked } = request.facts;
  const { kept } = request.wire;
  if (find(toNeedle(target), needle, 0)) return true;
  // If the first line was understood, only its target is searched.
  const lineEnd = target === "" ? 0 : kept.indexOf(LF) + 1;
  if (!isChunked) return find(kept, needle, lineEnd);
  return find(kept.subarray(0, headBytes), needle, lineEnd) || find(request.body, needle, 0);
}

function find(bytes: Uint8Array, needle: Uint8Array, start: number): boolean {
  const first = needle[0]!;
  const last = bytes.length - needle.length;
  for (let at = start; at <= last; at++) {
    if (FOLDED[bytes[at]!] === first && matches(bytes, needle, at)) return true;
  }
  return false;
}

function matches(bytes: Uint8Array, needle: Uint8Array, at: number): boolean {
  for (let i = 1; i < needle.length; i++) {
    if (FOLDED[bytes[at + i]!] !== needle[i]) return false;
  }
  return true;
}

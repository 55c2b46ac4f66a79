// Byte ranges, RFC 9110 §14: from the request to the bytes.

import { trimOws } from "../../../http/grammar.ts";

/** Bytes of a file, both ends included, counted from 0. */
export interface ByteRange {
  /** The first byte. */
  readonly first: number;
  /** The last byte. */
  readonly last: number;
}

/** The result of a Range field for a file: the whole file, no byte of it, or parts in the order requested. */
export type RangeDecision =
  | { readonly kind: "whole" }
  | { readonly kind: "unsatisfiable" }
  | { readonly kind: "parts"; readonly parts: readonly ByteRange[] };

/** A range as requested. `last` may lie beyond the end; a suffix is the last `length` bytes. */
export type RangeSpec =
  | { readonly kind: "from"; readonly first: number; readonly last: number }
  | { readonly kind: "suffix"; readonly length: number };

// No known client needs more parts; attackers send many (CVE-2011-3192).
const MAX_SPECS = 50;

const WHOLE: RangeDecision = { kind: "whole" };

/**
 * Decides which bytes of a file to send.
 *
 * @param field the value of Range; undefined if there is none
 * @param size bytes of the file
 */
export function decideRanges(field: string | undefined, size: number): RangeDecision {
  const specs = field === undefined ? undefined : parseRanges(field);
  if (specs === undefined || specs.length > MAX_SPECS) return WHOLE;
  const parts: ByteRange[] = [];
  let isSatisfiable = false;
  for (const spec of specs) {
    if (spec.kind === "suffix") {
      isSatisfiable ||= spec.length > 0;
      if (spec.length > 0 && size > 0) parts.push({ first: Math.max(0, size - spec.length), last: size - 1 });
    } else if (spec.first < size) {
      isSatisfiable = true;
      parts.push({ first: spec.first, last: Math.min(spec.last, size - 1) });
    }
  }
  if (!isSatisfiable) return { kind: "unsatisfiable" };
  // The last bytes of an empty file are a valid range without bytes, and Content-Range cannot express that.
  return parts.length === 0 ? WHOLE : { kind: "parts", parts: mergeOverlaps(parts) };
}

/**
 * Reads a Range field (RFC 9110 §14.1.1, §14.1.2).
 *
 * @returns undefined for another unit, and for a set with any malformed range: both must be ignored
 */
export function parseRanges(field: string): readonly RangeSpec[] | undefined {
  const unit = /^bytes=/i.exec(field);
  if (unit === null) return undefined;
  const specs: RangeSpec[] = [];
  for (const member of field.slice(unit[0].length).split(",")) {
    const text = trimOws(member);
    if (text === "") continue;
    const spec = parseSpec(text);
    if (spec === undefined) return undefined;
    specs.push(spec);
  }
  return specs.length === 0 ? undefined : specs;
}

function parseSpec(text: string): RangeSpec | undefined {
  const match = /^(\d*)-(\d*)$/.exec(text);
  if (match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "") return last === "" ? undefined : { kind: "suffix", length: toCount(last) };
  if (last !== "" && isLess(last, first)) return undefined;
  return { kind: "from", first: toCount(first), last: last === "" ? Infinity : toCount(last) };
}

/** A number that a double cannot hold exactly lies beyond the end of every file. */
function toCount(digits: string): number {
  const value = Number(digits);
  return value <= Number.MAX_SAFE_INTEGER ? value : Infinity;
}

/** Compares numbers of any length, without rounding. */
function isLess(left: string, right: string): boolean {
  const a = left.replace(/^0+/, "");
  const b = right.replace(/^0+/, "");
  return a.length === b.length ? a < b : a.length < b.length;
}

/**
 * Joins ranges that share bytes, so that no byte is sent twice; each stays in the place of its first range.
 */
function mergeOverlaps(parts: readonly ByteRange[]): readonly ByteRange[] {
  if (parts.length === 1) return parts;
  const byFirst = parts.map((part, order) => ({ ...part, order })).sort((a, b) => a.first - b.first);
  const merged: { first: number; last: number; order: number }[] = [];
  for (const part of byFirst) {
    const before = merged[merged.length - 1];
    if (before === undefined || part.first > before.last) merged.push(part);
    else {
      before.last = Math.max(before.last, part.last);
      before.order = Math.min(before.order, part.order);
    }
  }
  return merged.sort((a, b) => a.order - b.order).map(({ first, last }) => ({ first, last }));
}

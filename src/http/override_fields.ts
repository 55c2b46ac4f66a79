import { type HeaderField, HttpHeaders } from "./headers.ts";

const NO_FIELDS: readonly HeaderField[] = [];

/**
 * Puts fields over others: for a name that both have, the upper lines count. Only lines of Vary add up,
 * because a response that varies by one field may vary by another as well (RFC 9110 §12.5.5).
 */
export function overrideFields(
  lower: readonly HeaderField[],
  upper: readonly HeaderField[] = NO_FIELDS,
): readonly HeaderField[] {
  if (upper.length === 0) return lower;
  const names = new Set(upper.map(([name]) => name.toLowerCase()));
  names.delete("vary");
  return [...lower.filter(([name]) => !names.has(name.toLowerCase())), ...upper];
}

/** The same as {@linkcode overrideFields}, made for the wire. @throws {TypeError} for fields that cannot go on it */
export function withFields(lower: Iterable<HeaderField>, upper: readonly HeaderField[]): HttpHeaders {
  return new HttpHeaders(overrideFields(Array.isArray(lower) ? lower : [...lower], upper));
}

import { type HeaderField, HttpHeaders } from "../../../http/headers.ts";

const NO_FIELDS: readonly HeaderField[] = [];

/**
 * Puts fields over others: where both have a name, the upper lines stand. Only lines of Vary add up, because what a
 * response depends on is not undone by what else it depends on (RFC 9110 §12.5.5).
 */
export function overlay(
  lower: readonly HeaderField[],
  upper: readonly HeaderField[] = NO_FIELDS,
): readonly HeaderField[] {
  if (upper.length === 0) return lower;
  const names = new Set(upper.map(([name]) => name.toLowerCase()));
  names.delete("vary");
  return [...lower.filter(([name]) => !names.has(name.toLowerCase())), ...upper];
}

/** The same as {@linkcode overlay}, made for the wire. @throws {TypeError} for fields that cannot go on it */
export function withFields(lower: Iterable<HeaderField>, upper: readonly HeaderField[]): HttpHeaders {
  return new HttpHeaders(overlay(Array.isArray(lower) ? lower : [...lower], upper));
}

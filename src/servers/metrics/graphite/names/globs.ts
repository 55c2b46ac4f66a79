// Graphite's globs: `*`, `{a,b}`, and two wildcards that a store does not know: `?` and `[a-z]`.

import { KeyPattern } from "../../protocol/key_pattern.ts";
import type { ByteRange } from "../../store.ts";
import { TargetError } from "../targets/target_error.ts";

/** A name of Graphite's as the name of keys. */
export function toByteRange(text: string): ByteRange {
  const bytes = new TextEncoder().encode(text);
  return { bytes, start: 0, end: bytes.length };
}

/** Reads a glob. @throws {TargetError} when it is too long */
export function readGlob(glob: string): KeyPattern {
  try {
    return new KeyPattern(toByteRange(glob), "graphite");
  } catch (cause) {
    throw new TargetError("Cannot find names: the pattern is too long", { cause });
  }
}

/** The query to a store for a glob. */
export interface StoreQuery {
  /** The name or pattern for the store. */
  readonly name: ByteRange;
  /** The keys of the store's reply that match; undefined for all of them. */
  readonly filter: KeyPattern | undefined;
}

/** Asks a store for a little more than a glob means, if it has wildcards that the store does not know. */
export function queryOf(glob: string): StoreQuery {
  const wide = glob.replaceAll(/\?|\[!?[^][^\]]*\]/g, "*");
  if (wide === glob) return { name: toByteRange(glob), filter: undefined };
  // `*` alone means all keys, with dots too; `**` means those without.
  return { name: toByteRange(wide === "*" ? "**" : wide), filter: readGlob(glob) };
}

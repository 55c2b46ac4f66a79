// Conditional requests in the order of RFC 9110 §13.2.2.

import type { HttpHeaders } from "../../../http/headers.ts";
import { listsTag } from "../resources/entity_tag.ts";
import { parseHttpDate } from "./http_date.ts";

/** The validators that the conditions of a request are compared with. */
export interface Validators {
  /** The strong entity tag, with its quotes. */
  readonly etag: string;
  /** Last-Modified, in milliseconds since 1970, a whole second. */
  readonly lastModifiedMs: number;
}

/** The result of the conditions of a request: serve it, 304, or 412. */
export type ConditionResult = "met" | "not-modified" | "failed";

/** Evaluates the conditions of a GET or HEAD request. @param nowMs decides the century of an old date */
export function checkPreconditions(
  headers: HttpHeaders,
  current: Validators,
  nowMs: number,
): ConditionResult {
  const ifMatch = listValue(headers, "If-Match");
  if (ifMatch !== undefined) {
    if (!listsTag(ifMatch, current.etag, "strong")) return "failed";
  } else {
    const unmodifiedSince = dateValue(headers, "If-Unmodified-Since", nowMs);
    if (unmodifiedSince !== undefined && current.lastModifiedMs > unmodifiedSince) return "failed";
  }
  const ifNoneMatch = listValue(headers, "If-None-Match");
  if (ifNoneMatch !== undefined) return listsTag(ifNoneMatch, current.etag, "weak") ? "not-modified" : "met";
  const modifiedSince = dateValue(headers, "If-Modified-Since", nowMs);
  return modifiedSince !== undefined && current.lastModifiedMs <= modifiedSince ? "not-modified" : "met";
}

/**
 * Whether the Range of a request counts (RFC 9110 §13.1.5): there is no If-Range, or it names exactly our
 * version.
 *
 * A date is a strong validator only once its second is over: until then the file may change and keep its date
 * (§8.8.2.2).
 */
export function isRangeCurrent(headers: HttpHeaders, current: Validators, nowMs: number): boolean {
  const value = headers.get("If-Range");
  if (value === undefined) return true;
  if (headers.count("If-Range") > 1) return false;
  if (value.startsWith('"')) return value === current.etag;
  const date = parseHttpDate(value, nowMs);
  return date !== undefined && date === current.lastModifiedMs && nowMs >= date + 1_000;
}

/** All lines of a list-valued field as one; most requests have none. */
function listValue(headers: HttpHeaders, name: string): string | undefined {
  const first = headers.get(name);
  return first === undefined || headers.count(name) === 1 ? first : headers.getAll(name).join(",");
}

/** A date that is malformed or repeated counts as absent (RFC 9110 §13.1.3). */
function dateValue(headers: HttpHeaders, name: string, nowMs: number): number | undefined {
  const value = headers.get(name);
  return value === undefined || headers.count(name) > 1 ? undefined : parseHttpDate(value, nowMs);
}

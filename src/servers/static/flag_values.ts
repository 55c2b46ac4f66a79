// Readers of the values of flags. A malformed value gives undefined.

import { isFieldValue, isToken, trimOws } from "../../http/grammar.ts";
import { VALUE_SEPARATOR } from "../../program/flags/flag.ts";
import { parseFilePath } from "./resources/url_path.ts";
import type { FieldRule } from "./resources/path_rules.ts";

// Framing and connection are the server's own (RFC 9112 §6, §9), and so is everything that must agree with
// the content and with the conditions of the next request (RFC 9110 §8.4, §8.8, §14).
const RESERVED_FIELDS = new Set([
  "accept-ranges",
  "connection",
  "content-encoding",
  "content-length",
  "content-range",
  "etag",
  "keep-alive",
  "last-modified",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Reads names of files, separated by commas. */
export function parseFileNames(text: string): readonly string[] | undefined {
  const names = text.split(",").map((name) => name.trim());
  return names.every(isFileName) ? names : undefined;
}

function isFileName(text: string): boolean {
  return text !== "" && text !== "." && text !== ".." && !/[/\\\0]/.test(text);
}

/**
 * Reads values of Cache-Control. The text before the first `=` is a pattern only if it has `*`, `/` or `.`,
 * which no directive has.
 */
export function parseCacheControl(text: string): readonly FieldRule[] | undefined {
  return readAll(text, (one) => {
    const equals = one.indexOf("=");
    const hasPattern = /[*/.]/.test(one.slice(0, Math.max(0, equals)));
    const value = hasPattern ? one.slice(equals + 1) : one;
    const pattern = hasPattern ? one.slice(0, equals) : undefined;
    return value !== "" && isFieldValue(value) ? { pattern, field: ["Cache-Control", value] } : undefined;
  });
}

/** Reads fields. The text before the first `=` is a pattern only if no colon comes before it. */
export function parseFields(text: string): readonly FieldRule[] | undefined {
  return readAll(text, (one) => {
    const equals = one.indexOf("=");
    const hasPattern = equals > 0 && !one.slice(0, equals).includes(":");
    const field = hasPattern ? one.slice(equals + 1) : one;
    const pattern = hasPattern ? one.slice(0, equals) : undefined;
    const colon = field.indexOf(":");
    const name = field.slice(0, Math.max(0, colon));
    const value = trimOws(field.slice(colon + 1));
    return isToken(name) && isFieldValue(value) && !RESERVED_FIELDS.has(name.toLowerCase())
      ? { pattern, field: [name, value] }
      : undefined;
  });
}

/** Reads the path of a site. @returns with a slash at both ends, as clients send it */
export function parseBase(text: string): string | undefined {
  if (!text.startsWith("/") || text.startsWith("//") || /[?#*]/.test(text)) return undefined;
  const path = parseFilePath(text)?.canonical;
  return path === undefined || path.endsWith("/") ? path : `${path}/`;
}

// RFC 9110 §8.3.1, with parameters.
const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+(?:[ \t]*;.*)?$/;

/** Reads types by ending, with or without the dot. */
export function parseTypes(text: string): readonly (readonly [string, string])[] | undefined {
  return readAll(text, (one) => {
    const [, ending, type] = /^\.?([^./=\\]+)=(.+)$/.exec(one) ?? [];
    if (ending === undefined || type === undefined) return undefined;
    return MEDIA_TYPE.test(type) && isFieldValue(type) ? [ending.toLowerCase(), type] : undefined;
  });
}

function readAll<T>(text: string, read: (one: string) => T | undefined): readonly T[] | undefined {
  const values = text.split(VALUE_SEPARATOR).map(read);
  return values.includes(undefined) ? undefined : values as readonly T[];
}

// Decides the meaning of a URL's path, before anything looks at the file system.

import { Buffer } from "node:buffer";
import { sep } from "node:path";
import { bytesOfName, HAS_BYTE_NAMES, nameOfBytes } from "../../../net/files/byte_names.ts";
import { HttpError } from "../../../http/errors.ts";

/** The path of a request target, decoded and freed of dots. */
export interface UrlPath {
  /** Names below the document root, decoded; none of them is empty, `.`, `..` or holds a slash or NUL. */
  readonly segments: readonly string[];
  /** Whether the path means a directory: it ends in `/`, `/.` or `/..`. */
  readonly endsWithSlash: boolean;
  /** The one spelling that all paths of the same meaning share; percent-encoded, begins with exactly one slash. */
  readonly canonical: string;
}

/**
 * Reads the path of a request target.
 *
 * Segments are split before they are decoded, so that `%2f` never separates. Dot segments are removed,
 * encoded or not (RFC 3986 §5.2.4, WHATWG URL), and empty segments are skipped, so that a redirect to the
 * canonical form cannot name another host.
 *
 * @param path as sent, without query
 * @returns undefined for a path that cannot be a name below the root: it leaves the root, or holds a slash or
 *   NUL (on Windows a backslash as well)
 * @throws {HttpError} 400 for malformed escapes; on Deno also for bytes that are not UTF-8
 */
export function parseUrlPath(path: string): UrlPath | undefined {
  if (!path.startsWith("/")) return undefined;
  if (isCanonical(path)) {
    const segments = path.split("/");
    segments.shift();
    const endsWithSlash = segments[segments.length - 1] === "";
    if (endsWithSlash) segments.pop();
    return { segments, endsWithSlash, canonical: path };
  }
  const parts = path.split("/");
  const segments: string[] = [];
  let endsWithSlash = true;
  let isBelowRoot = true;
  for (let i = 1; i < parts.length; i++) {
    const segment = decodeSegment(parts[i]!, path);
    endsWithSlash = segment === "" || segment === "." || segment === "..";
    if (segment === "..") isBelowRoot &&= segments.pop() !== undefined;
    else if (!endsWithSlash) segments.push(segment);
    isBelowRoot &&= isName(segment);
  }
  if (!isBelowRoot) return undefined;
  const names = segments.map(encodeSegment).join("/");
  return { segments, endsWithSlash, canonical: endsWithSlash && names !== "" ? `/${names}/` : `/${names}` };
}

/** Reads the path of a file as a user types it, not encoded, with or without a slash in front. */
export function parseFilePath(path: string): UrlPath | undefined {
  return parseUrlPath(`/${encodeURI(path)}`);
}

const PLAIN_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!*'()$&+,:=@";
const IS_PLAIN: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  return PLAIN_CHARACTERS.includes(String.fromCharCode(code)) ? 1 : 0;
});

/**
 * Whether a path is in its canonical form already, as most are: nothing to decode, no dots and slashes to
 * remove.
 */
function isCanonical(path: string): boolean {
  for (let i = 1; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code === 0x2f || code === 0x2e) {
      if (path.charCodeAt(i - 1) === 0x2f) return false;
    } else if (code > 0x7f || IS_PLAIN[code] === 0) return false;
  }
  return true;
}

function decodeSegment(text: string, path: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    if (HAS_BYTE_NAMES && !MALFORMED_ESCAPE.test(text)) return nameOfBytes(decodeBytes(text));
    throw new HttpError(400, `Cannot decode path ${JSON.stringify(path)}: malformed percent-encoding`, {
      code: "bad-target",
      cause,
    });
  }
}

const MALFORMED_ESCAPE = /%(?![\da-f]{2})/i;

/** The bytes of a segment that are no UTF-8. */
function decodeBytes(text: string): Uint8Array {
  const latin1 = text.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
  return Buffer.from(latin1, "latin1");
}

function isName(segment: string): boolean {
  for (let i = 0; i < segment.length; i++) {
    const code = segment.charCodeAt(i);
    if (code === 0x2f || code === 0 || (code === 0x5c && sep === "\\")) return false;
  }
  return true;
}

// Bytes that browsers leave bare in paths and encodeURIComponent does not (WHATWG URL, path percent-encode set).
const BARE = /%(?:24|26|2B|2C|3A|3B|3D|40)/g;

/** Percent-encodes a name for a path the way browsers do. */
export function encodeSegment(name: string): string {
  const encoded = name.isWellFormed()
    ? encodeURIComponent(name)
    : Array.from(bytesOfName(name), encodeByte).join("");
  return encoded.replace(BARE, decodeURIComponent);
}

function encodeByte(byte: number): string {
  if (byte < 0x80) return encodeURIComponent(String.fromCharCode(byte));
  return `%${byte.toString(16).toUpperCase()}`;
}

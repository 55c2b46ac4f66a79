// Redirects that the owner of a site has written down: one a line, `from to [status]`.

import type { Handler } from "../../../backend/handler.ts";
import { isFieldValue } from "../../../http/grammar.ts";
import type { HeaderField } from "../../../http/headers.ts";
import { createResponse } from "../../../http/response/response.ts";
import { parseUrlPath } from "../resources/url_path.ts";

/** A redirect. Plain data. */
export interface Redirect {
  /** The path in its canonical form; without the `*` at its end if it is a prefix. */
  readonly from: string;
  /** Whether it covers all paths with this prefix. */
  readonly isPrefix: boolean;
  /** A path or a URL; a `*` at its end stands for the part after the prefix. */
  readonly to: string;
  /** 301, 302, 303, 307 or 308. */
  readonly status: number;
}

/** A malformed line. The message ends the sentence "expected ...". */
export class RedirectsError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "RedirectsError";
}

const STATUSES = new Set(["301", "302", "303", "307", "308"]);
const DEFAULT_STATUS = "301";

/**
 * Reads redirects. Empty lines and lines that begin with `#` are skipped.
 *
 * @throws {RedirectsError} with the line's number
 */
export function parseRedirects(text: string): readonly Redirect[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const words = line.split(/[ \t]+/).filter((word) => word !== "");
    return words.length === 0 || words[0]!.startsWith("#") ? [] : [parseLine(words, index + 1)];
  });
}

function parseLine(words: readonly string[], number: number): Redirect {
  const [from = "", to = "", status = DEFAULT_STATUS] = words;
  const fail = (expected: string, got: string): never => {
    throw new RedirectsError(`${expected} in line ${number}, got ${JSON.stringify(got)}`);
  };
  if (words.length < 2 || words.length > 3) fail("from, to and at most a status", words.join(" "));
  if (!STATUSES.has(status)) fail("a status of 301, 302, 303, 307 or 308", status);
  if (!/^(?:\/|https?:\/\/)/.test(to) || !isFieldValue(to)) fail("a path or a URL to go to", to);
  const isPrefix = from.endsWith("*");
  if (to.endsWith("*") && !isPrefix) fail("a * at the end of what is left, too", from);
  const path = canonicalOf(isPrefix ? from.slice(0, -1) : from);
  if (path === undefined || path.includes("*")) {
    return fail("a path from which to go, with * at its end only", from);
  }
  return { from: path, isPrefix, to, status: Number(status) };
}

function canonicalOf(path: string): string | undefined {
  try {
    return parseUrlPath(path)?.canonical;
  } catch {
    return undefined;
  }
}

/**
 * Responds with the first redirect that matches, before files are looked for. The query is kept.
 *
 * @param fields fields of all responses
 */
export function followRedirects(
  handler: Handler,
  redirects: readonly Redirect[],
  fields: readonly HeaderField[],
): Handler {
  return (request, context) => {
    const path = canonicalOf(request.path);
    const redirect = path === undefined ? undefined : redirects.find((one) => isMatch(one, path));
    if (path === undefined || redirect === undefined) return handler(request, context);
    const location = addQuery(targetOf(redirect, path), request.query);
    return createResponse(redirect.status, null, [["Location", location], ...fields]);
  };
}

function isMatch({ from, isPrefix }: Redirect, path: string): boolean {
  return isPrefix ? path.startsWith(from) : path === from;
}

function targetOf({ from, to }: Redirect, path: string): string {
  if (!to.endsWith("*")) return to;
  const target = to.slice(0, -1) + path.slice(from.length);
  // A path that begins with two slashes would name another host.
  return target.startsWith("/") ? target.replace(/^\/+/, "/") : target;
}

function addQuery(target: string, query: string): string {
  if (query === "") return target;
  const [beforeFragment = "", fragment] = target.split("#", 2);
  const joined = `${beforeFragment}${beforeFragment.includes("?") ? "&" : "?"}${query}`;
  return fragment === undefined ? joined : `${joined}#${fragment}`;
}

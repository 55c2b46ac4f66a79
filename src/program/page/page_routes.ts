import { createHash } from "node:crypto";
import type { Route, RouteHandler } from "../../backend/routes.ts";
import { splitList } from "../../http/grammar.ts";
import type { HeaderField } from "../../http/headers.ts";
import { createResponse } from "../../http/response/response.ts";
import type { PageFile } from "./page_files.ts";

// Whatever a page shows, only our own files run, nothing is loaded from elsewhere, no form leaves the page,
// and no other page may embed it. With trusted types not even our own files can turn a text into markup or
// code.
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";

const SHARED_FIELDS: readonly HeaderField[] = [
  // A new version of the program has new files at the same paths.
  ["Cache-Control", "no-cache"],
  ["Content-Security-Policy", CONTENT_SECURITY_POLICY],
  ["X-Content-Type-Options", "nosniff"],
  ["Referrer-Policy", "no-referrer"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
];

/** The rows for the files of a page, by path. */
export function pageFileRoutes(files: Iterable<readonly [path: string, file: PageFile]>): readonly Route[] {
  return Array.from(files, ([path, file]): Route => ["GET, HEAD", path, serveFile(file)]);
}

function serveFile({ mediaType, text }: PageFile): RouteHandler {
  // Strong, of the content (RFC 9110 §8.8.3).
  const tag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
  const fields: readonly HeaderField[] = [["ETag", tag], ...SHARED_FIELDS];
  return ({ headers }) => {
    const known = headers.get("if-none-match");
    return known !== undefined && namesTag(known, tag)
      ? createResponse(304, null, fields)
      : createResponse(200, text, [["Content-Type", mediaType], ...fields]);
  };
}

/**
 * Whether a list of tags has this one (RFC 9110 §13.1.2). Ours has no comma, so a tag with one is different.
 */
function namesTag(list: string, tag: string): boolean {
  return splitList(list).some((listed) => listed === tag || listed === `W/${tag}` || listed === "*");
}

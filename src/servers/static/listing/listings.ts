import { stat } from "node:fs/promises";
import { pageResponse } from "../../../backend/pages/page.ts";
import { createResponse, type HttpResponse } from "../../../http/response/response.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import type { HeaderField } from "../../../http/headers.ts";
import { withFields } from "../answers/override_fields.ts";
import type { DocumentRoot } from "../disk/document_root.ts";
import { buildListingPage, type ListedEntry } from "./listing_page.ts";
import { prefersJson } from "../answers/navigation.ts";

// Enough to keep the disk busy, few enough to leave it to others.
const CONCURRENT_STATS = 64;

/** Lists folders. */
export class Listings {
  readonly #root: DocumentRoot;
  readonly #fields: readonly HeaderField[];

  /** @param fields of all responses */
  constructor(root: DocumentRoot, fields: readonly HeaderField[]) {
    this.#root = root;
    this.#fields = fields;
  }

  /** Responds with the list of a folder. */
  async respond(request: HttpRequest, segments: readonly string[], path: string): Promise<HttpResponse> {
    const response = answerWithListing(request, segments, await listDirectory(this.#root, segments, path));
    return { ...response, headers: withFields(response.headers, this.#fields) };
  }
}

/**
 * Lists a directory: what can be asked for, sorted by name. What is hidden or refused is left out.
 *
 * @param segments the names of the directory below the root
 * @param path where it is
 * @throws {HttpError} 403, 404 or 503 when it cannot be read
 */
export async function listDirectory(
  root: DocumentRoot,
  segments: readonly string[],
  path: string,
): Promise<readonly ListedEntry[]> {
  const names = await root.readNames(path);
  const entries: ListedEntry[] = [];
  for (let start = 0; start < names.length; start += CONCURRENT_STATS) {
    const some = names.slice(start, start + CONCURRENT_STATS);
    entries.push(...(await Promise.all(some.map((name) => describe(root, segments, name)))).flat());
  }
  return entries.sort((a, b) => a.name < b.name ? -1 : 1);
}

async function describe(
  root: DocumentRoot,
  segments: readonly string[],
  name: string,
): Promise<readonly ListedEntry[]> {
  const located = await root.locate([...segments, name]).catch(() => undefined);
  if (located === undefined || located.kind === "missing") return [];
  if (located.kind === "file") {
    const { mtimeMs, size } = located.stamp;
    return [{ name, type: "file", mtime: new Date(mtimeMs).toISOString(), size }];
  }
  const mtime = await stat(located.path).then((stats) => stats.mtime, () => undefined);
  return mtime === undefined ? [] : [{ name, type: "directory", mtime: mtime.toISOString() }];
}

/** Answers with a listing: a page, or an array in JSON where the client prefers that. */
export function answerWithListing(
  request: HttpRequest,
  segments: readonly string[],
  entries: readonly ListedEntry[],
): HttpResponse {
  if (prefersJson(request.headers)) {
    return createResponse(200, JSON.stringify(entries) + "\n", [
      ["Content-Type", "application/json"],
      ["Cache-Control", "no-store"],
      ["Vary", "Accept"],
    ]);
  }
  return pageResponse(200, buildListingPage(segments, entries), { fields: [["Vary", "Accept"]] });
}

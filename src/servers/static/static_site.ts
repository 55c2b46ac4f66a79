import type { MaybePromise } from "../../base/maybe_promise.ts";
import { ExplainedError } from "../../backend/explained_error.ts";
import type { Handler } from "../../backend/handler.ts";
import { HttpError } from "../../http/errors.ts";
import type { HeaderField } from "../../http/headers.ts";
import type { HttpRequest } from "../../http/request/request.ts";
import { createResponse, type HttpResponse } from "../../http/response/response.ts";
import { METHODS } from "./answers/cors.ts";
import { respondWithFile, type ResponseTools, wholeBody } from "./answers/file_response.ts";
import { isNavigation, NAVIGATION_FIELDS } from "./answers/navigation.ts";
import { withFields } from "../../http/override_fields.ts";
import type { DiskPace } from "./disk/disk_pace.ts";
import { isSameStamp } from "./disk/file_stamp.ts";
import type { PlainFiles } from "./disk/plain_files.ts";
import type { Listings } from "./listing/listings.ts";
import type { StaticOptions } from "./options.ts";
import { acceptedCodings, type ContentCoding } from "./resources/content_coding.ts";
import type { FileLoader, FileResource } from "./resources/file_resource.ts";
import type { LoadRequest, PathResolver, Target } from "./resources/path_resolver.ts";
import type { ResourceCache } from "./resources/resource_cache.ts";
import { parseFilePath, parseUrlPath, type UrlPath } from "./resources/url_path.ts";

/** Parts of a {@linkcode StaticSite}. */
export interface StaticSiteParts {
  /** How the folder is served. */
  readonly options: Pick<
    StaticOptions,
    "index" | "spa" | "notFound" | "cors" | "precompressed" | "cleanUrls"
  >;
  /** Reads small files synchronously. */
  readonly plain: PlainFiles;
  /** Knows whether that is quick enough. */
  readonly pace: DiskPace;
  /** Resolves paths. */
  readonly resolver: PathResolver;
  /** Makes resources from files. */
  readonly loader: FileLoader;
  /** Holds those that are requested often. */
  readonly cache: ResourceCache;
  /** Lists folders. */
  readonly listings: Listings;
  /** For responses with files. */
  readonly tools: ResponseTools;
  /** Fields of responses without files. */
  readonly fields: readonly HeaderField[];
}

const NO_CODINGS: readonly ContentCoding[] = [];

/** Responds to requests with the files of a folder. */
export class StaticSite {
  readonly #parts: StaticSiteParts;
  // A file that many clients request at once is looked at once.
  readonly #pending = new Map<string, Promise<Target>>();

  /** Makes a site, without looking at anything yet. */
  constructor(parts: StaticSiteParts) {
    this.#parts = parts;
  }

  /**
   * Responds to GET and HEAD. A file in memory is sent at once: one look-up, and existing objects.
   *
   * @throws {HttpError} 400, 403, 404, 405, 412, 416 or 503; promised if files were waited for
   */
  readonly handle: Handler = (request, { receivedAtMs: nowMs }) => {
    if (request.method !== "GET" && request.method !== "HEAD") throw this.#methodNotAllowed(request);
    const { tools, options } = this.#parts;
    const accepted = options.precompressed ? acceptedCodings(request.headers) : NO_CODINGS;
    // Paths mostly come in their canonical form; a target with anything else in it is not the key of a
    // resource.
    const targetKey = keyOf(request.target, accepted);
    const hit = this.#recall(targetKey, nowMs);
    if (hit !== undefined) return respondWithFile(tools, request, hit, nowMs);
    const path = parseUrlPath(request.path);
    if (path === undefined) return this.#respondMissing(request, undefined, nowMs);
    const key = keyOf(path.canonical, accepted);
    const known = key === targetKey ? undefined : this.#recall(key, nowMs);
    const found = known ?? this.#readPlain(path, key, nowMs);
    if (found !== undefined) return respondWithFile(tools, request, found, nowMs);
    return this.#respond(request, path, { key, nowMs, accepted });
  };

  /** Loads the page of the root in advance: its index or its listing. @param nowMs since 1970 */
  async prepare(nowMs: number): Promise<void> {
    const { resolver, listings } = this.#parts;
    const load = { key: "/", nowMs, accepted: NO_CODINGS };
    const target = await resolver.resolve({ segments: [], endsWithSlash: true, canonical: "/" }, load);
    if (target.kind === "listing") await listings.prepare({ segments: [], path: target.path, nowMs });
  }

  #methodNotAllowed(request: HttpRequest): HttpError {
    const message = `Cannot serve ${JSON.stringify(request.path)}: method is ${
      JSON.stringify(request.method)
    }`;
    return new ExplainedError(405, message, {
      headers: [["Allow", this.#parts.options.cors ? `${METHODS}, OPTIONS` : METHODS]],
      explanation: "This address accepts only GET and HEAD.",
    });
  }

  /** A resource in memory that is still right; a plain file that is due gets another look first. */
  #recall(key: string, nowMs: number): FileResource | undefined {
    const { cache, pace, plain } = this.#parts;
    const entry = cache.use(key);
    if (entry === undefined) return undefined;
    const { resource } = entry;
    if (cache.isFresh(entry, nowMs)) return resource;
    const { place, sources } = resource;
    if (place === undefined || !pace.isQuick) return undefined;
    const stamp = pace.time(() => plain.lookAgain(place, nowMs));
    const { stamp: known, isSettled } = sources[0]!;
    if (stamp === undefined || !isSettled || !isSameStamp(stamp, known)) return undefined;
    entry.checkedAtMs = nowMs;
    return resource;
  }

  /** The short way: a small file without links and neighbours is read at once; a larger one in memory is looked at. */
  #readPlain(path: UrlPath, key: string, nowMs: number): FileResource | undefined {
    const { plain, pace, cache, loader } = this.#parts;
    const segments = this.#plainNamesOf(path);
    const previous = cache.get(key);
    const isPlain = segments !== undefined && loader.isServedAsIs(segments[segments.length - 1]!) &&
      (previous === undefined || isPlainResource(previous, segments));
    if (!isPlain || !pace.isQuick) return undefined;
    return pace.time(() => {
      if (previous !== undefined && previous.place === undefined) {
        const stamp = plain.look(segments, nowMs);
        const [source] = previous.sources;
        if (stamp === undefined) return undefined;
        if (source!.isSettled && isSameStamp(stamp, source!.stamp)) return cache.set(key, previous, nowMs);
      }
      const file = plain.read(segments, nowMs);
      return file === undefined ? undefined : cache.set(key, loader.makePlain(file, segments, nowMs), nowMs);
    });
  }

  /** The names of the file that a path usually means; undefined if the path must be resolved. */
  #plainNamesOf({ segments, endsWithSlash }: UrlPath): readonly string[] | undefined {
    const { index, cleanUrls } = this.#parts.options;
    if (endsWithSlash) return [...segments, index[0]!];
    return cleanUrls && segments[segments.length - 1]!.endsWith(".html") ? undefined : segments;
  }

  async #respond(request: HttpRequest, path: UrlPath, load: LoadRequest): Promise<HttpResponse> {
    const { tools, resolver, listings, cache, fields } = this.#parts;
    const target = await this.#share(load.key, () => resolver.resolve(path, load));
    switch (target.kind) {
      case "file":
        return respondWithFile(tools, request, target.resource, load.nowMs);
      case "redirect": {
        const query = request.query === "" ? "" : `?${request.query}`;
        return createResponse(301, null, [["Location", target.to + query], ...fields]);
      }
      case "listing":
        return await listings.respond(request, {
          segments: path.segments,
          path: target.path,
          nowMs: load.nowMs,
        });
      case "missing":
        cache.delete(load.key);
        return await this.#respondMissing(request, target.isHidden ? undefined : path, load.nowMs);
    }
  }

  #share(key: string, find: () => Promise<Target>): Promise<Target> {
    const pending = this.#pending.get(key);
    if (pending !== undefined) return pending;
    const started = find().finally(() => this.#pending.delete(key));
    this.#pending.set(key, started);
    return started;
  }

  /** @param path of a possible page; undefined for a hidden or impossible name */
  async #respondMissing(
    request: HttpRequest,
    path: UrlPath | undefined,
    nowMs: number,
  ): Promise<HttpResponse> {
    const { tools, options: { spa, notFound } } = this.#parts;
    if (spa !== undefined && path !== undefined && isNavigation(request)) {
      const page = await this.#loadFallback(request, spa, { nowMs, vary: NAVIGATION_FIELDS });
      if (page !== undefined) return respondWithFile(tools, request, page, nowMs);
    }
    const page = notFound === undefined ? undefined : await this.#loadFallback(request, notFound, { nowMs });
    if (page !== undefined) return this.#respondNotFound(request, page);
    throw new HttpError(404, `Cannot serve ${JSON.stringify(request.path)}: no such file`, {
      headers: this.#missingFields,
    });
  }

  /** A file that replaces a missing path; undefined if it does not exist itself. */
  #loadFallback(
    request: HttpRequest,
    name: string,
    { nowMs, vary = [] }: { readonly nowMs: number; readonly vary?: readonly string[] },
  ): MaybePromise<FileResource | undefined> {
    const { resolver, cache, options } = this.#parts;
    const accepted = options.precompressed ? acceptedCodings(request.headers) : NO_CODINGS;
    // No path begins like this, because under its own address the same file has other fields.
    const key = keyOf(`fallback ${vary.length} ${name}`, accepted);
    const hit = cache.getFresh(key, nowMs);
    if (hit !== undefined) return hit;
    const load = { key, nowMs, accepted, vary, isFallback: true };
    const find = (): Promise<Target> => resolver.loadFile(parseFilePath(name)?.segments ?? [], load);
    return this.#share(key, find).then((target) => target.kind === "file" ? target.resource : undefined);
  }

  #respondNotFound(request: HttpRequest, { identity }: FileResource): HttpResponse {
    const { tools, fields } = this.#parts;
    const headers = withFields([
      ["Content-Type", identity.mediaType],
      ["Content-Length", String(identity.size)],
      // As for all missing pages: the path may exist in a moment.
      ["Cache-Control", "no-store"],
      ...this.#missingFields,
    ], fields);
    return { status: 404, headers, body: request.method === "HEAD" ? null : wholeBody(tools, identity) };
  }

  /** The same missing path is a 404 for one client and the page of the app for another. */
  get #missingFields(): HeaderField[] {
    return this.#parts.options.spa === undefined ? [] : [["Vary", NAVIGATION_FIELDS.join(", ")]];
  }
}

/** Clients that take other codings may get other neighbours. No path has a blank in it. */
function keyOf(path: string, accepted: readonly ContentCoding[]): string {
  return accepted.length === 0 ? path : `${path} ${accepted.join()}`;
}

/** Whether a resource is one file in memory with these names. */
function isPlainResource(
  { isInMemory, sources, segments }: FileResource,
  names: readonly string[],
): boolean {
  return isInMemory && sources.length === 1 && segments.length === names.length &&
    segments.every((name, index) => name === names[index]);
}

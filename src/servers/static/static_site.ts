import type { MaybePromise } from "../../base/maybe_promise.ts";
import { ExplainedError } from "../../backend/explained_error.ts";
import type { Handler } from "../../backend/handler.ts";
import { HttpError } from "../../http/errors.ts";
import type { HeaderField } from "../../http/headers.ts";
import type { HttpRequest } from "../../http/request/request.ts";
import { createResponse, type HttpResponse } from "../../http/response/response.ts";
import { type AnswerTools, answerWithFile, wholeBody } from "./answers/file_response.ts";
import { METHODS } from "./answers/cors.ts";
import type { DocumentRoot } from "./disk/document_root.ts";
import type { FileAddress, FileLoader, FileResource } from "./resources/file_resource.ts";
import { withFields } from "./answers/override_fields.ts";
import { answerWithListing, listDirectory } from "./answers/listing.ts";
import { isNavigation, NAVIGATION_FIELDS } from "./answers/navigation.ts";
import type { ResourceCache } from "./resources/resource_cache.ts";
import type { StaticOptions } from "./options.ts";
import { parseFilePath, parseUrlPath, type UrlPath } from "./resources/url_path.ts";

/** What a {@linkcode StaticSite} works with. */
export interface StaticSiteParts {
  /** How the folder is served. */
  readonly options: Pick<StaticOptions, "index" | "listing" | "spa" | "notFound" | "cors">;
  /** The folder. */
  readonly root: DocumentRoot;
  /** Makes resources of its files. */
  readonly loader: FileLoader;
  /** Holds those that are asked for often. */
  readonly cache: ResourceCache;
  /** For answers with files. */
  readonly tools: AnswerTools;
  /** Fields of answers without files. */
  readonly fields: readonly HeaderField[];
}

/** What a path of a URL leads to. */
type Target =
  | { readonly kind: "file"; readonly resource: FileResource }
  | { readonly kind: "redirect" }
  | { readonly kind: "listing"; readonly path: string }
  | { readonly kind: "missing"; readonly isHidden: boolean };

const MISSING: Target = { kind: "missing", isHidden: false };

/** Answers requests with the files of a folder. */
export class StaticSite {
  readonly #parts: StaticSiteParts;
  // A file that many ask for at once is looked at once.
  readonly #pending = new Map<string, Promise<Target>>();

  /** Makes a site; nothing is looked at yet. */
  constructor(parts: StaticSiteParts) {
    this.#parts = parts;
  }

  /**
   * Answers GET and HEAD. A file in memory is answered at once: one look-up, and objects that are there already.
   *
   * @throws {HttpError} 400, 403, 404, 405, 412, 416 or 503; promised where files were looked at
   */
  readonly handle: Handler = (request, { receivedAtMs }) => {
    if (request.method !== "GET" && request.method !== "HEAD") throw this.#methodNotAllowed(request);
    const { cache, tools } = this.#parts;
    // Paths are mostly sent in their canonical form; a target with anything else in it is the key of no resource.
    const hit = cache.getFresh(request.target, receivedAtMs);
    if (hit !== undefined) return answerWithFile(tools, request, hit, receivedAtMs);
    const path = parseUrlPath(request.path);
    if (path === undefined) return this.#answerMissing(request, undefined, receivedAtMs);
    const found = cache.getFresh(path.canonical, receivedAtMs);
    if (found !== undefined) return answerWithFile(tools, request, found, receivedAtMs);
    return this.#answer(request, path, receivedAtMs);
  };

  #methodNotAllowed(request: HttpRequest): HttpError {
    const message = `Cannot serve ${JSON.stringify(request.path)}: method is ${
      JSON.stringify(request.method)
    }`;
    return new ExplainedError(405, message, {
      headers: [["Allow", this.#parts.options.cors ? `${METHODS}, OPTIONS` : METHODS]],
      explanation: "This address accepts only GET and HEAD.",
    });
  }

  async #answer(request: HttpRequest, path: UrlPath, nowMs: number): Promise<HttpResponse> {
    const { tools, root, fields } = this.#parts;
    const target = await this.#share(path.canonical, () => this.#find(path, nowMs));
    switch (target.kind) {
      case "file":
        return answerWithFile(tools, request, target.resource, nowMs);
      case "redirect": {
        const query = request.query === "" ? "" : `?${request.query}`;
        return createResponse(301, null, [["Location", `${path.canonical}/${query}`], ...fields]);
      }
      case "listing": {
        const entries = await listDirectory(root, path.segments, target.path);
        const response = answerWithListing(request, path.segments, entries);
        return { ...response, headers: withFields(response.headers, fields) };
      }
      case "missing":
        this.#parts.cache.delete(path.canonical);
        return await this.#answerMissing(request, target.isHidden ? undefined : path, nowMs);
    }
  }

  #share(key: string, find: () => Promise<Target>): Promise<Target> {
    const pending = this.#pending.get(key);
    if (pending !== undefined) return pending;
    const started = find().finally(() => this.#pending.delete(key));
    this.#pending.set(key, started);
    return started;
  }

  async #find({ segments, endsWithSlash, canonical }: UrlPath, nowMs: number): Promise<Target> {
    const { root, options } = this.#parts;
    const located = await root.locate(segments);
    if (located.kind === "missing") return located;
    if (located.kind === "file") {
      return endsWithSlash ? MISSING : await this.#load(canonical, { segments, located }, nowMs);
    }
    if (!endsWithSlash) return { kind: "redirect" };
    for (const name of options.index) {
      const names = [...segments, name];
      const index = await root.locate(names);
      if (index.kind === "file") {
        return await this.#load(canonical, { segments: names, located: index }, nowMs);
      }
    }
    return options.listing ? { kind: "listing", path: located.path } : MISSING;
  }

  async #load(
    key: string,
    file: FileAddress,
    nowMs: number,
  ): Promise<Target> {
    const { loader, cache } = this.#parts;
    const resource = await loader.load(file, nowMs, cache.get(key));
    if (resource === undefined) return MISSING;
    cache.set(key, resource, nowMs);
    return { kind: "file", resource };
  }

  /** @param path where a page could be; undefined for what is not to be known and what can be no name */
  async #answerMissing(
    request: HttpRequest,
    path: UrlPath | undefined,
    nowMs: number,
  ): Promise<HttpResponse> {
    const { tools, options: { spa, notFound } } = this.#parts;
    if (spa !== undefined && path !== undefined && isNavigation(request, path)) {
      const page = await this.#loadFallback(spa, NAVIGATION_FIELDS, nowMs);
      if (page !== undefined) return answerWithFile(tools, request, page, nowMs);
    }
    const page = notFound === undefined ? undefined : await this.#loadFallback(notFound, [], nowMs);
    if (page !== undefined) return this.#answerNotFound(request, page);
    throw new HttpError(404, `Cannot serve ${JSON.stringify(request.path)}: no such file`, {
      headers: this.#missingFields,
    });
  }

  /** A file that stands in for what does not exist; undefined when it does not exist itself. */
  #loadFallback(
    name: string,
    vary: readonly string[],
    nowMs: number,
  ): MaybePromise<FileResource | undefined> {
    const { root, cache } = this.#parts;
    // No path begins so: the same file under its own address has other fields.
    const key = `fallback ${vary.length} ${name}`;
    const hit = cache.getFresh(key, nowMs);
    if (hit !== undefined) return hit;
    const find = async (): Promise<Target> => {
      const segments = parseFilePath(name)?.segments ?? [];
      const located = await root.locate(segments);
      return located.kind === "file" ? await this.#load(key, { segments, located, vary }, nowMs) : MISSING;
    };
    return this.#share(key, find).then((target) => target.kind === "file" ? target.resource : undefined);
  }

  #answerNotFound(request: HttpRequest, { identity }: FileResource): HttpResponse {
    const { tools, fields } = this.#parts;
    const headers = withFields([
      ["Content-Type", identity.mediaType],
      ["Content-Length", String(identity.size)],
      // Like all pages for what is missing: it may be there in a moment.
      ["Cache-Control", "no-store"],
      ...this.#missingFields,
    ], fields);
    return { status: 404, headers, body: request.method === "HEAD" ? null : wholeBody(tools, identity) };
  }

  /** What is missing for one client is a page for another. */
  get #missingFields(): HeaderField[] {
    return this.#parts.options.spa === undefined ? [] : [["Vary", NAVIGATION_FIELDS.join(", ")]];
  }
}

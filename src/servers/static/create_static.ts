import { type Backend, createBackend, type Handler, type Middleware } from "../../backend/handler.ts";
import { showErrors } from "../../backend/middleware/show_errors.ts";
import type { Clock } from "../../base/clock.ts";
import type { HeaderField } from "../../http/headers.ts";
import type { HttpResponse } from "../../http/response/response.ts";
import { comparePassword, createPasswordCheck, parsePasswords } from "../../program/password_file.ts";
import { checkCredentials, type CredentialsCheck, requireBasicAuth } from "./answers/basic_auth.ts";
import { serveBelow } from "./answers/base_path.ts";
import { followRedirects } from "./answers/redirects.ts";
import { StreamCompressor } from "./resources/compression.ts";
import { answerPreflights, CORS_FIELDS } from "./answers/cors.ts";
import { DiskPace } from "./disk/disk_pace.ts";
import { DocumentRoot } from "./disk/document_root.ts";
import { DownloadSlots } from "./disk/download_slots.ts";
import { FileLoader } from "./resources/file_resource.ts";
import { withFields } from "../../http/override_fields.ts";
import { LiveReload } from "./answers/live_reload.ts";
import { createReloadAddition } from "./answers/reload_script.ts";
import { ResourceCache } from "./resources/resource_cache.ts";
import { SharedFiles } from "./disk/shared_files.ts";
import { Listings } from "./listing/listings.ts";
import { MediaTypes } from "./resources/media_type.ts";
import { PathResolver } from "./resources/path_resolver.ts";
import { PathRules } from "./resources/path_rules.ts";
import { PlainFiles } from "./disk/plain_files.ts";
import type { StaticOptions } from "./options.ts";
import { StaticSite } from "./static_site.ts";

// Files up to this size are read whole: from memory a file of 1 MB takes half the CPU (Deno 2.9.6).
const MAX_MEMORY_FILE_BYTES = 2_097_152;
// Files up to this size are read at once if nothing is in the way.
const MAX_PLAIN_FILE_BYTES = 131_072;
const MAX_CACHE_BYTES = 67_108_864;
const MAX_CACHE_ENTRIES = 32_768;
const FRESH_MS = 1_000;

/** Parts of the server that are made outside of it. */
export interface StaticParts {
  /** How the folder is served. */
  readonly options: StaticOptions;
  /** The time. */
  readonly clock: Clock;
  /** The layer that writes the logs, outside of all others; none by default. */
  readonly logging?: Middleware;
}

/** A served folder. */
export interface StaticServer {
  /** Receives the requests. */
  readonly backend: Backend;
  /** Fields of all responses, for those that the core makes before any request is read. */
  readonly responseFields: readonly HeaderField[];
  /** Loads the page of the root in advance. @param nowMs since 1970 */
  prepare(nowMs: number): Promise<void>;
  /** Ends everything that would delay a graceful stop: streams of events, and the watching of files. */
  close(): void;
}

/** Makes the file server: logging, then show_errors, then authentication, then the files. */
export function createStatic({ options, clock, logging }: StaticParts): StaticServer {
  const now = (): number => clock.nowMs();
  const root = new DocumentRoot({
    path: options.root,
    symlinks: options.symlinks,
    dotfiles: options.dotfiles,
    hidden: options.hidden,
    now,
  });
  // Resolved before the first client comes, so that it waits only for its file.
  root.plainPath(now());
  const rules = createRules(options);
  const fields = rules.common;
  const liveReload = options.liveReload ? new LiveReload({ ...options, clock, fields }) : undefined;
  const loader = new FileLoader({
    root,
    compress: options.compress,
    precompressed: options.precompressed,
    types: new MediaTypes(options),
    rules,
    maxMemoryBytes: MAX_MEMORY_FILE_BYTES,
    htmlAddition: liveReload === undefined ? undefined : createReloadAddition(options.base),
  });
  const cache = new ResourceCache({
    maxBytes: MAX_CACHE_BYTES,
    maxEntries: MAX_CACHE_ENTRIES,
    // The browser comes back at once, and must not get the old file.
    freshMs: liveReload === undefined ? FRESH_MS : 0,
  });
  const pace = new DiskPace(clock);
  const listings = new Listings({ root, pace, clock, fields });
  const site = new StaticSite({
    options,
    plain: new PlainFiles({ root, maxBytes: MAX_PLAIN_FILE_BYTES, now }),
    pace,
    resolver: new PathResolver({ ...options, root, loader, cache }),
    loader,
    cache,
    listings,
    tools: {
      files: new SharedFiles(root),
      turns: new DownloadSlots(clock),
      compressor: new StreamCompressor(),
      createBoundary,
    },
    fields,
  });
  let handler: Handler = liveReload === undefined ? site.handle : liveReload.wrap(site.handle);
  if (options.redirects.length > 0) handler = followRedirects(handler, options.redirects, fields);
  handler = serveBelow(handler, options.base, fields);
  const check = createCheck(options);
  if (check !== undefined) handler = requireBasicAuth(handler, check);
  if (options.cors) handler = answerPreflights(handler, fields);
  const layers = [addFieldsToErrors(fields), showErrors({ isShown: () => false })];
  return {
    backend: createBackend(logging === undefined ? layers : [logging, ...layers], handler),
    responseFields: fields,
    // Every client that asks for the page gets the error itself.
    prepare: (nowMs) => site.prepare(nowMs).catch(() => {}),
    close: () => {
      listings.close();
      liveReload?.close();
    },
  };
}

/** The check of credentials; undefined if every client has access. */
function createCheck({ auth, passwords }: StaticOptions): CredentialsCheck | undefined {
  const checks: CredentialsCheck[] = [];
  if (auth !== undefined) checks.push(checkCredentials(auth));
  if (passwords !== undefined) {
    checks.push(createPasswordCheck(parsePasswords(passwords), comparePassword));
  }
  const [first, second] = checks;
  if (second === undefined) return first;
  return (name, password) => first!(name, password) || second(name, password);
}

function createRules(options: StaticOptions): PathRules {
  return new PathRules({
    cacheControl: options.cacheControl,
    fields: options.fields,
    common: options.cors ? CORS_FIELDS : [],
    // A page that is loaded again must not request its parts again without need.
    defaultCacheControl: options.liveReload ? "no-cache" : undefined,
    fallback: options.spa,
  });
}

/** Middleware: error pages carry the fields of all responses too. */
function addFieldsToErrors(fields: readonly HeaderField[]): Middleware {
  if (fields.length === 0) return (next) => next;
  return (next) => (request, context) => {
    const add = (response: HttpResponse): HttpResponse =>
      context.error === undefined ? response : { ...response, headers: withFields(response.headers, fields) };
    const response = next(request, context);
    return response instanceof Promise ? response.then(add) : add(response);
  };
}

/** Random enough to occur in no file. */
function createBoundary(): string {
  return `millrace-${crypto.randomUUID()}`;
}

import type { DocumentRoot } from "../disk/document_root.ts";
import type { FileAddress, FileLoader, FileResource } from "./file_resource.ts";
import type { ResourceCache } from "./resource_cache.ts";
import { encodeSegment, type UrlPath } from "./url_path.ts";

/** The target of a URL's path. `isHidden` marks a file whose existence must not show. */
export type Target =
  | { readonly kind: "file"; readonly resource: FileResource }
  | { readonly kind: "redirect"; readonly to: string }
  | { readonly kind: "listing"; readonly path: string }
  | { readonly kind: "missing"; readonly isHidden: boolean };

/** Parts of a {@linkcode PathResolver}. */
export interface PathResolverParts {
  /** Names that stand for a directory, in the order in which they are tried. */
  readonly index: readonly string[];
  /** Whether directories without index are listed. */
  readonly listing: boolean;
  /** Whether `/about` is about.html, and `/about.html` redirects. */
  readonly cleanUrls: boolean;
  /** The folder. */
  readonly root: DocumentRoot;
  /** Makes resources of its files. */
  readonly loader: FileLoader;
  /** Holds those that are requested often. */
  readonly cache: ResourceCache;
}

/** The load of a file. */
export interface LoadRequest extends Omit<FileAddress, "located" | "segments"> {
  /** The key of the resource in the cache. */
  readonly key: string;
  /** A time before the call, in milliseconds since 1970. */
  readonly nowMs: number;
}

const MISSING: Target = { kind: "missing", isHidden: false };
const PAGE_ENDING = ".html";

/** Resolves paths: to files, folders with and without index, other addresses. */
export class PathResolver {
  readonly #parts: PathResolverParts;

  /** Takes the parts, without looking at anything yet. */
  constructor(parts: PathResolverParts) {
    this.#parts = parts;
  }

  /** @throws {HttpError} 403 or 503 when it cannot be looked at */
  async resolve({ segments, endsWithSlash, canonical }: UrlPath, load: LoadRequest): Promise<Target> {
    const { root, listing, cleanUrls } = this.#parts;
    const located = await root.locate(segments, load.nowMs);
    switch (located.kind) {
      case "missing":
        return located.isHidden || endsWithSlash || !cleanUrls || segments.length === 0
          ? located
          : await this.#resolvePage(withEnding(segments), load);
      case "file": {
        if (endsWithSlash) return MISSING;
        const clean = cleanUrls ? await this.#cleanPathOf(segments, load.nowMs) : undefined;
        return clean === undefined
          ? await this.#load({ ...load, segments, located }, load)
          : { kind: "redirect", to: clean };
      }
      case "directory": {
        if (!endsWithSlash) return { kind: "redirect", to: `${canonical}/` };
        const index = await this.#findIndex(segments, load.nowMs);
        if (index !== undefined) return await this.#load({ ...load, ...index }, load);
        return listing ? { kind: "listing", path: located.path } : MISSING;
      }
    }
  }

  /** Loads one file, whatever else its path could mean. */
  async loadFile(segments: readonly string[], load: LoadRequest): Promise<Target> {
    const located = await this.#parts.root.locate(segments, load.nowMs);
    return located.kind === "file" ? await this.#load({ ...load, segments, located }, load) : MISSING;
  }

  /** A page that was requested without its ending. */
  async #resolvePage(segments: readonly string[], load: LoadRequest): Promise<Target> {
    const folder = await this.#folderPathOf(segments, load.nowMs);
    return folder === undefined ? await this.loadFile(segments, load) : { kind: "redirect", to: folder };
  }

  async #load(file: FileAddress, { key, nowMs }: LoadRequest): Promise<Target> {
    const { loader, cache } = this.#parts;
    const resource = await loader.load(file, nowMs, cache.get(key));
    if (resource === undefined) return MISSING;
    cache.set(key, resource, nowMs);
    return { kind: "file", resource };
  }

  async #findIndex(
    folder: readonly string[],
    nowMs: number,
  ): Promise<Pick<FileAddress, "segments" | "located"> | undefined> {
    for (const name of this.#parts.index) {
      const segments = [...folder, name];
      const located = await this.#parts.root.locate(segments, nowMs);
      if (located.kind === "file") return { segments, located };
    }
    return undefined;
  }

  /** The address of a page without its ending; undefined for other files, and if the address is taken. */
  async #cleanPathOf(segments: readonly string[], nowMs: number): Promise<string | undefined> {
    const folder = await this.#folderPathOf(segments, nowMs);
    if (folder !== undefined) return folder;
    const name = segments[segments.length - 1]!;
    if (!name.endsWith(PAGE_ENDING) || name === PAGE_ENDING) return undefined;
    const clean = [...segments.slice(0, -1), name.slice(0, -PAGE_ENDING.length)];
    const taken = await this.#parts.root.locate(clean, nowMs);
    return taken.kind === "missing" && !taken.isHidden
      ? clean.map((part) => `/${encodeSegment(part)}`).join("")
      : undefined;
  }

  /** The address of the folder that a file is the index of; undefined for other files. */
  async #folderPathOf(segments: readonly string[], nowMs: number): Promise<string | undefined> {
    const name = segments[segments.length - 1]!;
    if (!this.#parts.index.includes(name)) return undefined;
    const folder = segments.slice(0, -1);
    const index = await this.#findIndex(folder, nowMs);
    return index?.segments.at(-1) === name
      ? folder.map((part) => `/${encodeSegment(part)}`).join("") + "/"
      : undefined;
  }
}

function withEnding(segments: readonly string[]): readonly string[] {
  return [...segments.slice(0, -1), segments[segments.length - 1]! + PAGE_ENDING];
}

import type { HeaderField } from "../../../http/headers.ts";
import { CODINGS, type ContentCoding } from "./content_coding.ts";
import type { DocumentRoot, Located } from "../disk/document_root.ts";
import {
  compressRepresentations,
  contentOf,
  type FileRepresentation,
  type HtmlAddition,
  type Representation,
  type Source,
} from "./representation.ts";
import { isSameStamp, isSettled } from "../disk/file_stamp.ts";
import { type FileVersion, readVersion } from "../disk/file_version.ts";
import type { PlainFile, PlainPlace } from "../disk/plain_files.ts";
import { isCompressible, type MediaTypes } from "./media_type.ts";
import { findNeighbours, isGenuine } from "./neighbours.ts";
import type { PathRules } from "./path_rules.ts";
import { PreparedRepresentation } from "../answers/prepared_representation.ts";

/** The resource of a URL: a file in all its representations. */
export interface FileResource {
  /** The names of the file below the root. */
  readonly segments: readonly string[];
  /** The file as it is. */
  readonly identity: PreparedRepresentation;
  /** All representations, identity first. */
  readonly representations: readonly PreparedRepresentation[];
  /** Their codings, from the one we like best. */
  readonly codings: readonly ContentCoding[];
  /** The files that it was made from. */
  readonly sources: readonly Source[];
  /** Whether all of it is in memory, so that it may be kept. */
  readonly isInMemory: boolean;
  /** Bytes in memory. */
  readonly memoryBytes: number;
  /** The place of its one file, if no link leads there and it is served unchanged. */
  readonly place: PlainPlace | undefined;
}

/** Options of a {@linkcode FileLoader}. */
export interface FileLoaderOptions {
  /** The root of the files. */
  readonly root: DocumentRoot;
  /** Whether text is compressed on the fly. */
  readonly compress: boolean;
  /** Whether compressed neighbours of files are sent. */
  readonly precompressed: boolean;
  /** The types of files. */
  readonly types: MediaTypes;
  /** Fields of all responses with a file, by its path. */
  readonly rules: PathRules;
  /** Files up to this size are held in memory, larger ones streamed. */
  readonly maxMemoryBytes: number;
  /** Inserted into HTML documents before they are sent. */
  readonly htmlAddition: HtmlAddition | undefined;
}

/** The file to load. */
export interface FileAddress {
  /** Its names below the root. */
  readonly segments: readonly string[];
  /** Its place on the disk. */
  readonly located: Extract<Located, { kind: "file" }>;
  /** The codings that the client takes. */
  readonly accepted: readonly ContentCoding[];
  /** Whether the file replaces a path that does not exist; such a page is not cached like an asset. */
  readonly isFallback?: boolean;
  /** Request fields that the choice of this file depended on, for Vary. */
  readonly vary?: readonly string[];
}

/** Makes resources from files. */
export class FileLoader {
  readonly #options: FileLoaderOptions;

  /** Makes a loader, without reading anything yet. */
  constructor(options: FileLoaderOptions) {
    this.#options = options;
  }

  /** Whether a file of this name has only one representation, itself unchanged. */
  isServedAsIs(name: string): boolean {
    const { compress, precompressed, htmlAddition, types } = this.#options;
    if (precompressed) return false;
    if (!compress && htmlAddition === undefined) return true;
    const mediaType = types.typeOf(name);
    return !(compress && isCompressible(mediaType)) && !(htmlAddition !== undefined && isHtml(mediaType));
  }

  /** Makes the resource of a file that is served unchanged. @param nowMs a time before it was read */
  makePlain({ place, stamp, bytes }: PlainFile, segments: readonly string[], nowMs: number): FileResource {
    const version = { stamp, bytes, digest: undefined };
    const identity = toRepresentation(version, { coding: "identity", path: place.path }, nowMs, undefined);
    return toResource({
      segments,
      place,
      made: [identity],
      sources: [identity.source],
      mediaType: this.#options.types.typeOf(segments[segments.length - 1]!),
      fields: this.#options.rules.fieldsOf(segments, "file"),
    });
  }

  /**
   * Loads a file, or finds that the loaded version is still right, without reading it.
   *
   * @param nowMs a time before the file was located
   * @returns undefined if it is gone
   * @throws {HttpError} 403 or 503 when it cannot be opened
   */
  async load(
    file: FileAddress,
    nowMs: number,
    previous: FileResource | undefined,
  ): Promise<FileResource | undefined> {
    const { root, maxMemoryBytes, compress, rules } = this.#options;
    const [own, ...neighbours] = await this.#findSources(file, nowMs);
    if (previous !== undefined && isUnchanged(previous.sources, [own, ...neighbours])) return previous;
    const mediaType = this.#options.types.typeOf(nameOf(file));
    const version = await readVersion(root, own.path, maxMemoryBytes);
    if (version === undefined) return undefined;
    const addition = isHtml(mediaType) ? this.#options.htmlAddition : undefined;
    const identity = toRepresentation(version, own, nowMs, addition);
    const made: [FileRepresentation, ...Representation[]] = [identity];
    const sources = [identity.source];
    for (const neighbour of neighbours) {
      // A neighbour that may not be read, or is gone, is no reason to refuse the file.
      const version = await readVersion(root, neighbour.path, maxMemoryBytes).catch(() => undefined);
      if (version === undefined) continue;
      const representation = toRepresentation(version, neighbour, nowMs, undefined);
      sources.push(representation.source);
      if (await isGenuine(root, neighbour, version)) made.push(representation);
    }
    if (compress && isCompressible(mediaType)) {
      const isKnown = previous?.identity.etag === identity.etag;
      made.push(...await compressRepresentations(made, isKnown ? previous.representations : []));
    }
    const vary = this.#varyOf(file, made);
    const fields = rules.fieldsOf(file.segments, file.isFallback ? "fallback" : "file");
    return toResource({
      segments: file.segments,
      place: undefined,
      made,
      sources,
      mediaType,
      fields: [...vary, ...fields],
    });
  }

  async #findSources(file: FileAddress, nowMs: number): Promise<[FoundSource, ...FoundSource[]]> {
    const { root, htmlAddition, precompressed, types } = this.#options;
    const own: FoundSource = { coding: "identity", path: file.located.path, stamp: file.located.stamp };
    // Nothing can be inserted into a compressed document.
    const isChanged = htmlAddition !== undefined && isHtml(types.typeOf(nameOf(file)));
    if (!precompressed || isChanged || file.accepted.length === 0) return [own];
    return [own, ...await findNeighbours(root, file, nowMs)];
  }

  #varyOf({ vary = [] }: FileAddress, made: readonly Representation[]): readonly HeaderField[] {
    // Neighbours are looked for only if the client takes them; Vary names them for all clients.
    const names = made.length > 1 || this.#options.precompressed ? ["Accept-Encoding", ...vary] : vary;
    return names.length === 0 ? [] : [["Vary", names.join(", ")]];
  }
}

type FoundSource = Omit<Source, "isSettled">;

function nameOf({ segments }: FileAddress): string {
  return segments[segments.length - 1] ?? "";
}

function isHtml(mediaType: string): boolean {
  return mediaType.startsWith("text/html");
}

function toRepresentation(
  version: FileVersion,
  { coding, path }: Pick<Source, "coding" | "path">,
  nowMs: number,
  addition: HtmlAddition | undefined,
): FileRepresentation {
  const { stamp } = version;
  const { content, etag } = contentOf(version, { coding, path }, addition);
  return {
    coding,
    source: { coding, path, stamp, isSettled: isSettled(stamp, nowMs) },
    // RFC 9110 §8.8.2.1: Last-Modified must not lie in the future.
    lastModifiedMs: Math.floor(Math.min(stamp.mtimeMs, nowMs) / 1_000) * 1_000,
    content,
    etag,
  };
}

function isUnchanged(known: readonly Source[], found: readonly FoundSource[]): boolean {
  return known.length === found.length && known.every((source, index) => {
    const { coding, path, stamp } = found[index]!;
    return source.isSettled && source.coding === coding && source.path === path &&
      isSameStamp(source.stamp, stamp);
  });
}

interface ResourceParts extends Pick<FileResource, "segments" | "sources" | "place"> {
  readonly made: readonly Representation[];
  readonly mediaType: string;
  readonly fields: readonly HeaderField[];
}

const NO_CODINGS: readonly ContentCoding[] = [];

function toResource({ segments, place, sources, made, mediaType, fields }: ResourceParts): FileResource {
  const representations = made.map((one) => new PreparedRepresentation(one, mediaType, fields));
  let memoryBytes = 0;
  let isInMemory = true;
  for (const { content } of made) {
    if (content.kind === "memory") memoryBytes += content.bytes.length;
    else isInMemory = false;
  }
  const codings = made.length === 1
    ? NO_CODINGS
    : CODINGS.map(({ coding }) => coding).filter((coding) => made.some((one) => one.coding === coding));
  const identity = representations[0]!;
  return { segments, identity, representations, codings, sources, isInMemory, memoryBytes, place };
}

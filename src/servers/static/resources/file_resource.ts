import type { HeaderField } from "../../../http/headers.ts";
import { CODINGS, type ContentCoding } from "./content_coding.ts";
import type { DocumentRoot, Located } from "../disk/document_root.ts";
import {
  compressForms,
  contentOf,
  type Form,
  type HtmlAddition,
  type Source,
  type SourceForm,
} from "./file_forms.ts";
import { isSameStamp, isSettled } from "../disk/file_stamp.ts";
import { readVersion } from "../disk/file_version.ts";
import { isCompressible, mediaTypeOf } from "./media_type.ts";
import { Representation } from "../answers/representation.ts";

/** What a URL stands for: a file in all its forms. */
export interface FileResource {
  /** The file as it is. */
  readonly identity: Representation;
  /** All forms, identity first. */
  readonly representations: readonly Representation[];
  /** Their codings, from the one we like best. */
  readonly codings: readonly ContentCoding[];
  /** The files that it was made of. */
  readonly sources: readonly Source[];
  /** Whether all of it is in memory, so that it may be kept. */
  readonly isInMemory: boolean;
  /** Bytes in memory. */
  readonly memoryBytes: number;
}

/** Options of a {@linkcode FileLoader}. */
export interface FileLoaderOptions {
  /** Where the files are. */
  readonly root: DocumentRoot;
  /** Whether text is compressed on the fly. */
  readonly compress: boolean;
  /** Parameter of the types of text. */
  readonly charset: string | undefined;
  /** Fields of all answers with files. */
  readonly fields: readonly HeaderField[];
  /** Files up to this size are held in memory, larger ones streamed. */
  readonly maxMemoryBytes: number;
  /** Put into HTML documents before they are sent. */
  readonly htmlAddition: HtmlAddition | undefined;
}

/** Which file to load. */
export interface FileAddress {
  /** Its names below the root. */
  readonly segments: readonly string[];
  /** Where it was found. */
  readonly located: Extract<Located, { kind: "file" }>;
  /** Request fields that the choice of this file depended on, for Vary. */
  readonly vary?: readonly string[];
}

/** Makes resources of files. */
export class FileLoader {
  readonly #options: FileLoaderOptions;

  /** Makes a loader; nothing is read yet. */
  constructor(options: FileLoaderOptions) {
    this.#options = options;
  }

  /**
   * Loads a file, or finds that what was loaded before is still right: then nothing is read.
   *
   * @param nowMs a time before the file was located
   * @returns undefined when it is gone
   * @throws {HttpError} 403 or 503 when it cannot be opened
   */
  async load(
    file: FileAddress,
    nowMs: number,
    previous: FileResource | undefined,
  ): Promise<FileResource | undefined> {
    const [own, ...neighbours] = await this.#findSources(file);
    if (previous !== undefined && isUnchanged(previous.sources, [own, ...neighbours])) return previous;
    const mediaType = mediaTypeOf(nameOf(file), this.#options.charset);
    const identity = await this.#readForm(own, mediaType, nowMs);
    if (identity === undefined) return undefined;
    const forms: [SourceForm, ...Form[]] = [identity];
    for (const neighbour of neighbours) {
      // A neighbour that may not be read, or is gone, is no reason to refuse the file.
      const form = await this.#readForm(neighbour, mediaType, nowMs).catch(() => undefined);
      if (form !== undefined) forms.push(form);
    }
    if (this.#options.compress && isCompressible(mediaType)) {
      const isKnown = previous?.identity.etag === identity.etag;
      forms.push(...await compressForms(forms, isKnown ? previous.representations : []));
    }
    return toResource(forms, this.#fieldsOf(file, forms), mediaType);
  }

  async #findSources(file: FileAddress): Promise<[FoundSource, ...FoundSource[]]> {
    const { root, htmlAddition } = this.#options;
    const own: FoundSource = { coding: "identity", ...file.located };
    const name = nameOf(file);
    // Nothing can be put into a compressed document.
    if (htmlAddition !== undefined && isHtml(mediaTypeOf(name))) return [own];
    const neighbours = await Promise.all(CODINGS.map(async ({ coding, ending }) => {
      const names = [...file.segments.slice(0, -1), name + ending];
      const neighbour = await root.locate(names).catch(() => undefined);
      return neighbour?.kind === "file" ? [{ coding, path: neighbour.path, stamp: neighbour.stamp }] : [];
    }));
    return [own, ...neighbours.flat()];
  }

  async #readForm(
    { coding, path }: FoundSource,
    mediaType: string,
    nowMs: number,
  ): Promise<SourceForm | undefined> {
    const { root, maxMemoryBytes, htmlAddition } = this.#options;
    const version = await readVersion(root, path, maxMemoryBytes);
    if (version === undefined) return undefined;
    const { stamp } = version;
    const addition = isHtml(mediaType) ? htmlAddition : undefined;
    return {
      coding,
      source: { coding, path, stamp, isSettled: isSettled(stamp, nowMs) },
      // RFC 9110 §8.8.2.1: Last-Modified must not lie in the future.
      lastModifiedMs: Math.floor(Math.min(stamp.mtimeMs, nowMs) / 1_000) * 1_000,
      ...await contentOf(version, { coding, path }, addition),
    };
  }

  #fieldsOf({ vary = [] }: FileAddress, forms: readonly Form[]): readonly HeaderField[] {
    const names = forms.length > 1 ? ["Accept-Encoding", ...vary] : vary;
    return names.length === 0 ? this.#options.fields : [["Vary", names.join(", ")], ...this.#options.fields];
  }
}

type FoundSource = Omit<Source, "isSettled">;

function nameOf({ segments }: FileAddress): string {
  return segments[segments.length - 1] ?? "";
}

function isHtml(mediaType: string): boolean {
  return mediaType.startsWith("text/html");
}

function isUnchanged(known: readonly Source[], found: readonly FoundSource[]): boolean {
  return known.length === found.length && known.every((source, index) => {
    const { coding, path, stamp } = found[index]!;
    return source.isSettled && source.coding === coding && source.path === path &&
      isSameStamp(source.stamp, stamp);
  });
}

function toResource(forms: readonly Form[], fields: readonly HeaderField[], mediaType: string): FileResource {
  const representations = forms.map((form) => new Representation({ ...form, mediaType, fields }));
  const memoryBytes = forms.reduce(
    (sum, { content }) => sum + (content.kind === "memory" ? content.bytes.length : 0),
    0,
  );
  return {
    identity: representations[0]!,
    representations,
    codings: CODINGS.map(({ coding }) => coding).filter((coding) =>
      forms.some((form) => form.coding === coding)
    ),
    sources: forms.flatMap(({ source }) => source ?? []),
    isInMemory: forms.every(({ content }) => content.kind === "memory"),
    memoryBytes,
  };
}

import type { HeaderField } from "../../http/headers.ts";
import { compress, COMPRESSIONS, MIN_COMPRESSED_BYTES } from "./compression.ts";
import { CODINGS, type ContentCoding } from "./content_coding.ts";
import type { DocumentRoot, Located } from "./document_root.ts";
import { tagOfBytes, tagOfStamp } from "./entity_tag.ts";
import { readWhole } from "./file_content.ts";
import { type FileStamp, isSameStamp, isSettled } from "./file_stamp.ts";
import { isCompressible, mediaTypeOf } from "./media_type.ts";
import { type Content, Representation } from "./representation.ts";

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

/** One of the files of a resource: the file itself, or a compressed neighbour. */
export interface Source {
  /** How it is compressed. */
  readonly coding: ContentCoding;
  /** Where it is. */
  readonly path: string;
  /** The version that was read. */
  readonly stamp: FileStamp;
  /** Whether every later change will show in the stamp. */
  readonly isSettled: boolean;
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
  readonly rewriteHtml: ((document: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) | undefined;
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
   * @throws {HttpError} 403, 404 or 503 when it cannot be opened
   */
  async load(file: FileAddress, nowMs: number, previous: FileResource | undefined): Promise<FileResource> {
    const found = await this.#findSources(file);
    if (previous !== undefined && isUnchanged(previous.sources, found)) return previous;
    const mediaType = mediaTypeOf(file.segments[file.segments.length - 1] ?? "", this.#options.charset);
    const forms: Form[] = [];
    for (const source of found) forms.push(await this.#readForm(source, mediaType, nowMs));
    forms.push(...await this.#compressForms(forms, mediaType, previous));
    return toResource(forms, this.#fieldsOf(file, forms), mediaType);
  }

  async #findSources({ segments, located }: FileAddress): Promise<FoundSource[]> {
    const { root, rewriteHtml } = this.#options;
    const own: FoundSource = { coding: "identity", ...located };
    const name = segments[segments.length - 1] ?? "";
    // A compressed document cannot be rewritten.
    if (rewriteHtml !== undefined && isHtml(mediaTypeOf(name))) return [own];
    const neighbours = await Promise.all(CODINGS.map(async ({ coding, ending }) => {
      // A neighbour that may not be served is no reason to refuse the file.
      const neighbour = await root.locate([...segments.slice(0, -1), name + ending]).catch(() => undefined);
      return neighbour?.kind === "file" ? [{ coding, path: neighbour.path, stamp: neighbour.stamp }] : [];
    }));
    return [own, ...neighbours.flat()];
  }

  async #readForm(found: FoundSource, mediaType: string, nowMs: number): Promise<Form> {
    const { root, maxMemoryBytes, rewriteHtml } = this.#options;
    const { coding, path } = found;
    const whole = found.stamp.size > maxMemoryBytes ? undefined : await readWhole(root, path, maxMemoryBytes);
    const stamp = whole?.stamp ?? found.stamp;
    const source = { coding, path, stamp, isSettled: isSettled(stamp, nowMs) };
    // RFC 9110 §8.8.2.1: Last-Modified must not lie in the future.
    const lastModifiedMs = Math.floor(Math.min(stamp.mtimeMs, nowMs) / 1_000) * 1_000;
    if (whole === undefined) {
      const { handle } = await root.open(path);
      // Opened only to learn now, while the status can still be chosen, that it may be read.
      await handle.close();
      const etag = tagOfStamp(stamp, coding === "identity" ? "" : coding);
      return { coding, source, etag, lastModifiedMs, content: { kind: "file", path, stamp } };
    }
    const bytes = rewriteHtml !== undefined && isHtml(mediaType) ? rewriteHtml(whole.bytes) : whole.bytes;
    return {
      coding,
      source,
      etag: await tagOfBytes(bytes),
      lastModifiedMs,
      content: { kind: "memory", bytes },
    };
  }

  async #compressForms(
    forms: readonly Form[],
    mediaType: string,
    previous: FileResource | undefined,
  ): Promise<Form[]> {
    const { content, etag, lastModifiedMs } = forms[0]!;
    const isWorthIt = this.#options.compress && content.kind === "memory" && isCompressible(mediaType) &&
      content.bytes.length >= MIN_COMPRESSED_BYTES;
    if (!isWorthIt) return [];
    const isSame = previous?.identity.etag === etag;
    const added: Form[] = [];
    for (const coding of COMPRESSIONS) {
      if (forms.some((form) => form.coding === coding)) continue;
      const known = isSame
        ? previous.representations.find((form) => form.coding === coding)?.content
        : undefined;
      const bytes = known?.kind === "memory" ? known.bytes : await compress(content.bytes, coding);
      if (bytes === undefined) continue;
      const form = { coding, source: undefined, lastModifiedMs, content: { kind: "memory", bytes } } as const;
      added.push({ ...form, etag: await tagOfBytes(bytes) });
    }
    return added;
  }

  #fieldsOf({ vary = [] }: FileAddress, forms: readonly Form[]): readonly HeaderField[] {
    const names = forms.length > 1 ? ["Accept-Encoding", ...vary] : vary;
    return names.length === 0 ? this.#options.fields : [["Vary", names.join(", ")], ...this.#options.fields];
  }
}

type FoundSource = Omit<Source, "isSettled">;

interface Form {
  readonly coding: ContentCoding;
  /** Undefined for what was compressed here. */
  readonly source: Source | undefined;
  readonly etag: string;
  readonly lastModifiedMs: number;
  readonly content: Content;
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

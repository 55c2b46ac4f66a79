import type { HeaderField } from "../../http/headers.ts";
import {
  compress,
  type Compression,
  COMPRESSIONS,
  MIN_COMPRESSED_BYTES,
  STREAM_COMPRESSION,
} from "./compression.ts";
import { CODINGS, type ContentCoding } from "./content_coding.ts";
import type { CompressedContent, Content, FileContent, MemoryContent } from "./content.ts";
import { digestOf } from "./digest.ts";
import type { DocumentRoot, Located } from "./document_root.ts";
import { tagOf, tagOfForm } from "./entity_tag.ts";
import { type FileStamp, isSameStamp, isSettled } from "./file_stamp.ts";
import { type FileVersion, readVersion } from "./file_version.ts";
import { isCompressible, mediaTypeOf } from "./media_type.ts";
import { Representation } from "./representation.ts";

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
  readonly htmlAddition: HtmlAddition | undefined;
}

/** Markup that goes into every HTML document. */
export interface HtmlAddition {
  /** The markup, for the end of documents that are too large to look into. */
  readonly markup: Uint8Array;
  /** Puts it where it belongs. */
  insertInto(document: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
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
    const forms: Form[] = [identity];
    for (const neighbour of neighbours) {
      // A neighbour that may not be read, or is gone, is no reason to refuse the file.
      const form = await this.#readForm(neighbour, mediaType, nowMs).catch(() => undefined);
      if (form !== undefined) forms.push(form);
    }
    const isCompressed = this.#options.compress && isCompressible(mediaType);
    const codings = COMPRESSIONS.filter((coding) => !forms.some((form) => form.coding === coding));
    if (isCompressed) forms.push(...await compressForms(identity, codings, previous));
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
    const { content, tag } = await readContent(version, path, isHtml(mediaType) ? htmlAddition : undefined);
    return {
      coding,
      source: { coding, path, stamp, isSettled: isSettled(stamp, nowMs) },
      etag: coding === "identity" ? tag : tagOfForm(tag, coding),
      // RFC 9110 §8.8.2.1: Last-Modified must not lie in the future.
      lastModifiedMs: Math.floor(Math.min(stamp.mtimeMs, nowMs) / 1_000) * 1_000,
      content,
    };
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

interface SourceForm extends Form {
  readonly source: Source;
  readonly content: MemoryContent | FileContent;
}

function nameOf({ segments }: FileAddress): string {
  return segments[segments.length - 1] ?? "";
}

function isHtml(mediaType: string): boolean {
  return mediaType.startsWith("text/html");
}

const NO_BYTES = new Uint8Array(0);

/** What is sent of a version, and its tag. */
async function readContent(
  { bytes, digest, stamp }: FileVersion,
  path: string,
  addition: HtmlAddition | undefined,
): Promise<{ readonly content: MemoryContent | FileContent; readonly tag: string }> {
  if (bytes !== undefined) {
    const sent = addition === undefined ? bytes : addition.insertInto(bytes);
    return { content: { kind: "memory", bytes: sent }, tag: tagOf(await digestOf(sent)) };
  }
  const tag = tagOf(digest ?? stamp);
  return {
    content: { kind: "file", path, stamp, tail: addition?.markup ?? NO_BYTES },
    tag: addition === undefined ? tag : tagOfForm(tag, "reload"),
  };
}

/** Forms in codings for which there are no neighbours. */
async function compressForms(
  { content, etag, lastModifiedMs }: SourceForm,
  codings: readonly Compression[],
  previous: FileResource | undefined,
): Promise<Form[]> {
  const forms: Form[] = [];
  for (const coding of codings) {
    const compressed = content.kind === "memory"
      ? findContent(previous, etag, coding) ?? await compressContent(content, coding)
      : compressStream(content, coding);
    if (compressed === undefined) continue;
    const tag = tagOfForm(etag, coding);
    forms.push({ coding, source: undefined, lastModifiedMs, etag: tag, content: compressed });
  }
  return forms;
}

/** The content of a form that was made before of a file with the same tag. */
function findContent(
  resource: FileResource | undefined,
  identityTag: string,
  coding: ContentCoding,
): Content | undefined {
  if (resource?.identity.etag !== identityTag) return undefined;
  return resource.representations.find((form) => form.coding === coding)?.content;
}

async function compressContent(
  { bytes }: MemoryContent,
  coding: Compression,
): Promise<MemoryContent | undefined> {
  const compressed = bytes.length < MIN_COMPRESSED_BYTES ? undefined : await compress(bytes, coding);
  return compressed === undefined ? undefined : { kind: "memory", bytes: compressed };
}

function compressStream(of: FileContent, coding: Compression): CompressedContent | undefined {
  return coding === STREAM_COMPRESSION ? { kind: "compressed", of } : undefined;
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

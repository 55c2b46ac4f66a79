// The representations of a file: the content in each coding, and its tag.

import {
  compress,
  type Compression,
  COMPRESSIONS,
  MIN_COMPRESSED_BYTES,
  STREAM_COMPRESSION,
} from "./compression.ts";
import type { ContentCoding } from "./content_coding.ts";
import type { CompressedContent, Content, FileContent, MemoryContent } from "./content.ts";
import { digestOf } from "../disk/digest.ts";
import { tagOf, tagOfForm } from "./entity_tag.ts";
import type { FileStamp } from "../disk/file_stamp.ts";
import type { FileVersion } from "../disk/file_version.ts";

/** One of the files of a resource: the file itself, or a compressed neighbour. */
export interface Source {
  /** How it is compressed. */
  readonly coding: ContentCoding;
  /** Its absolute path. */
  readonly path: string;
  /** The version that was read. */
  readonly stamp: FileStamp;
  /** Whether every later change will show in the stamp. */
  readonly isSettled: boolean;
}

/** One representation of a file. */
export interface Representation {
  /** How it is compressed. */
  readonly coding: ContentCoding;
  /** Undefined for content that was compressed here. */
  readonly source: Source | undefined;
  /** The strong entity tag, with its quotes. */
  readonly etag: string;
  /** Last-Modified, in milliseconds since 1970, a whole second. */
  readonly lastModifiedMs: number;
  /** The content to send. */
  readonly content: Content;
}

/** A representation that is a file itself. */
export interface FileRepresentation extends Representation {
  readonly source: Source;
  readonly content: MemoryContent | FileContent;
}

/** Markup that goes into every HTML document. */
export interface HtmlAddition {
  /** The markup, for the end of documents that are too large to look into. */
  readonly markup: Uint8Array;
  /** Puts it in its place. */
  insertInto(document: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
}

const NO_BYTES = new Uint8Array(0);

/** Makes the content of a version of a file. @param addition markup to insert, if the file is an HTML document */
export function contentOf(
  { bytes, digest, stamp }: FileVersion,
  { coding, path }: Pick<Source, "coding" | "path">,
  addition: HtmlAddition | undefined,
): Pick<FileRepresentation, "content" | "etag"> {
  const tagIn = (tag: string): string => coding === "identity" ? tag : tagOfForm(tag, coding);
  if (bytes !== undefined) {
    const sent = addition === undefined ? bytes : addition.insertInto(bytes);
    const known = addition === undefined ? digest : undefined;
    return { content: { kind: "memory", bytes: sent }, etag: tagIn(tagOf(known ?? digestOf(sent))) };
  }
  const tag = tagOf(digest ?? stamp);
  return {
    content: { kind: "file", path, stamp, tail: addition?.markup ?? NO_BYTES },
    etag: tagIn(addition === undefined ? tag : tagOfForm(tag, "reload")),
  };
}

/**
 * Makes representations in the codings that the others do not have.
 *
 * @param made the file itself, and its neighbours
 * @param known earlier representations of the same content
 */
export async function compressRepresentations(
  [{ content, etag, lastModifiedMs }, ...neighbours]: readonly [FileRepresentation, ...Representation[]],
  known: readonly Pick<Representation, "coding" | "content">[],
): Promise<Representation[]> {
  const made: Representation[] = [];
  for (const coding of COMPRESSIONS) {
    if (neighbours.some((neighbour) => neighbour.coding === coding)) continue;
    const compressed = content.kind === "memory"
      ? known.find((one) => one.coding === coding)?.content ?? await compressContent(content, coding)
      : compressStream(content, coding);
    if (compressed === undefined) continue;
    const tag = tagOfForm(etag, coding);
    made.push({ coding, source: undefined, lastModifiedMs, etag: tag, content: compressed });
  }
  return made;
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

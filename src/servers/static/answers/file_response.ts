import { BytePieces } from "../../../bytes/byte_pieces.ts";
import { HttpError } from "../../../http/errors.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import type { HttpResponse, ResponseBody } from "../../../http/response/response.ts";
import { type ByteRange, decideRanges } from "./byte_ranges.ts";
import type { StreamCompressor } from "../resources/compression.ts";
import { chooseCoding } from "../resources/content_coding.ts";
import {
  allPartsOf,
  type FileContent,
  type MemoryContent,
  partsOf,
  type StreamPart,
} from "../resources/content.ts";
import type { DownloadSlots } from "../disk/download_slots.ts";
import type { FileResource } from "../resources/file_resource.ts";
import { streamFile } from "../disk/file_stream.ts";
import { createMultipart } from "./multipart_ranges.ts";
import { checkPreconditions, isRangeCurrent } from "./preconditions.ts";
import type { PreparedRepresentation } from "./prepared_representation.ts";
import type { SharedFiles } from "../disk/shared_files.ts";

/** Tools for making responses, apart from the request and the file. */
export interface ResponseTools {
  /** Open files. */
  readonly files: SharedFiles;
  /** Buffers for files that are streamed. */
  readonly turns: DownloadSlots;
  /** For files that are compressed while they are streamed. */
  readonly compressor: StreamCompressor;
  /** Makes a boundary that occurs in no file (RFC 2046 §5.1.1). */
  readonly createBoundary: () => string;
}

/**
 * Responds to GET or HEAD with a file: 200, 206, 304.
 *
 * @param nowMs since 1970
 * @throws {HttpError} 412 or 416
 */
export function respondWithFile(
  tools: ResponseTools,
  request: HttpRequest,
  resource: FileResource,
  nowMs: number,
): HttpResponse {
  const { headers } = request;
  const representation = chooseRepresentation(tools, resource, request);
  switch (checkPreconditions(headers, representation, nowMs)) {
    case "not-modified":
      return representation.notModified;
    case "failed":
      throw new HttpError(
        412,
        `Cannot serve ${JSON.stringify(request.path)}: a condition of the request is not met`,
      );
    case "met":
  }
  // RFC 9110 §14.2: Range is defined for GET only.
  if (request.method === "HEAD") return representation.head;
  const { content, size } = representation;
  const range = headers.get("Range");
  const isRangeIgnored = range === undefined || size === undefined || content.kind === "compressed" ||
    headers.count("Range") > 1 || !isRangeCurrent(headers, representation, nowMs);
  if (isRangeIgnored) return respondWhole(tools, representation);
  const decision = decideRanges(range, size);
  switch (decision.kind) {
    case "whole":
      return respondWhole(tools, representation);
    case "unsatisfiable":
      throw new HttpError(416, `Cannot serve range "${range}": the file has ${size} bytes`, {
        headers: [["Content-Range", `bytes */${size}`]],
      });
    case "parts":
      return decision.parts.length > 1 && isCoded(representation)
        ? respondWhole(tools, representation)
        : respondParts(tools, representation, { content, size, ranges: decision.parts });
  }
}

/**
 * Whether the content has a coding, perhaps one from a field of the user.
 *
 * RFC 9110 §8.4: a recipient decodes all of the content. The frame of a multipart response (§14.6) has no
 * coding, and clients that decode, such as `curl --compressed`, fail on it.
 */
function isCoded({ headers }: PreparedRepresentation): boolean {
  return headers.has("Content-Encoding");
}

/** The representation that the client likes best. */
function chooseRepresentation(
  { compressor }: ResponseTools,
  { representations, identity, codings }: FileResource,
  { headers }: HttpRequest,
): PreparedRepresentation {
  if (representations.length === 1) return identity;
  const coding = chooseCoding(headers, codings);
  const chosen = representations.find((representation) => representation.coding === coding) ?? identity;
  return chosen.content.kind === "compressed" && compressor.isBusy ? identity : chosen;
}

function respondWhole(tools: ResponseTools, representation: PreparedRepresentation): HttpResponse {
  return representation.whole ??
    { status: 200, headers: representation.headers, body: wholeBody(tools, representation) };
}

/** The whole content, with any status. */
export function wholeBody(tools: ResponseTools, { content }: PreparedRepresentation): ResponseBody {
  switch (content.kind) {
    case "memory":
      return content.bytes;
    case "file":
      return streamParts(tools, content, allPartsOf(content));
    case "compressed":
      return tools.compressor.compress(streamParts(tools, content.of, allPartsOf(content.of)));
  }
}

function streamParts(
  tools: ResponseTools,
  content: FileContent,
  parts: readonly StreamPart[],
): AsyncIterable<Uint8Array> {
  return streamFile({ ...tools, ...content }, parts);
}

function respondParts(
  tools: ResponseTools,
  representation: PreparedRepresentation,
  { content, size, ranges }: {
    readonly content: MemoryContent | FileContent;
    readonly size: number;
    readonly ranges: readonly ByteRange[];
  },
): HttpResponse {
  const range = ranges[0]!;
  if (ranges.length === 1) {
    const headers = representation.createHeaders([
      ["Content-Range", `bytes ${range.first}-${range.last}/${size}`],
      ["Content-Length", String(range.last - range.first + 1)],
    ]);
    return { status: 206, headers, body: bodyOf(tools, content, [{ kind: "range", range }]) };
  }
  const { mediaType } = representation;
  const multipart = createMultipart({ ranges, size, mediaType, boundary: tools.createBoundary() });
  const headers = representation.createHeaders([
    ["Content-Type", multipart.mediaType],
    ["Content-Length", String(multipart.length)],
  ]);
  return { status: 206, headers, body: bodyOf(tools, content, multipart.parts) };
}

function bodyOf(
  tools: ResponseTools,
  content: MemoryContent | FileContent,
  parts: readonly StreamPart[],
): ResponseBody {
  if (content.kind === "memory") return piecesOf(content.bytes, parts);
  const fileParts = parts.flatMap((part) => part.kind === "range" ? partsOf(content, part.range) : part);
  return streamParts(tools, content, fileParts);
}

/** The parts of bytes in memory, none of them copied. */
function piecesOf(bytes: Uint8Array, parts: readonly StreamPart[]): ResponseBody {
  const pieces = parts.map((part) =>
    part.kind === "bytes" ? part.bytes : bytes.subarray(part.range.first, part.range.last + 1)
  );
  return pieces.length === 1 ? pieces[0]! : new BytePieces(pieces);
}

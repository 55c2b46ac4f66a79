import { HttpError } from "../../http/errors.ts";
import type { HttpRequest } from "../../http/request.ts";
import type { HttpResponse, ResponseBody } from "../../http/response.ts";
import { type ByteRange, decideRanges } from "./byte_ranges.ts";
import { chooseCoding } from "./content_coding.ts";
import type { DocumentRoot } from "./document_root.ts";
import { type ReadBuffers, streamFile, type StreamPart } from "./file_content.ts";
import type { FileResource } from "./file_resource.ts";
import { createMultipart } from "./multipart_ranges.ts";
import { checkPreconditions, isRangeCurrent } from "./preconditions.ts";
import type { Representation } from "./representation.ts";

/** What answers are made with, beside request and file. */
export interface AnswerTools {
  /** Where files are opened. */
  readonly root: DocumentRoot;
  /** Buffers for files that are streamed. */
  readonly buffers: ReadBuffers;
  /** Makes a boundary that does not stand in any file (RFC 2046 §5.1.1). */
  readonly createBoundary: () => string;
}

/**
 * Answers GET or HEAD with a file: 200, 206, 304.
 *
 * @param nowMs since 1970
 * @throws {HttpError} 412 or 416
 */
export function answerWithFile(
  tools: AnswerTools,
  request: HttpRequest,
  resource: FileResource,
  nowMs: number,
): HttpResponse {
  const { headers } = request;
  const representation = chooseRepresentation(resource, request);
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
  const range = headers.get("Range");
  if (range === undefined || headers.count("Range") > 1 || !isRangeCurrent(headers, representation, nowMs)) {
    return answerWhole(tools, representation);
  }
  const decision = decideRanges(range, representation.size);
  switch (decision.kind) {
    case "whole":
      return answerWhole(tools, representation);
    case "unsatisfiable":
      throw new HttpError(416, `Cannot serve range "${range}": the file has ${representation.size} bytes`, {
        headers: [["Content-Range", `bytes */${representation.size}`]],
      });
    case "parts":
      return answerParts(tools, representation, decision.parts);
  }
}

/** The form of the resource that the client likes best. */
function chooseRepresentation(resource: FileResource, request: HttpRequest): Representation {
  const { representations } = resource;
  if (representations.length === 1) return resource.identity;
  const coding = chooseCoding(request.headers, resource.codings);
  return representations.find((representation) => representation.coding === coding) ?? resource.identity;
}

function answerWhole(tools: AnswerTools, representation: Representation): HttpResponse {
  return representation.whole ??
    { status: 200, headers: representation.head.headers, body: wholeBody(tools, representation) };
}

/** The whole content, whatever status it goes with. */
export function wholeBody(tools: AnswerTools, representation: Representation): ResponseBody {
  const { content, size } = representation;
  if (content.kind === "memory") return content.bytes;
  const parts: StreamPart[] = size === 0 ? [] : [{ kind: "range", range: { first: 0, last: size - 1 } }];
  return streamFile({ ...tools, ...content }, parts);
}

function answerParts(
  tools: AnswerTools,
  representation: Representation,
  ranges: readonly ByteRange[],
): HttpResponse {
  const { size, mediaType, content } = representation;
  if (ranges.length === 1) {
    const { first, last } = ranges[0]!;
    const headers = representation.createHeaders([
      ["Content-Range", `bytes ${first}-${last}/${size}`],
      ["Content-Length", String(last - first + 1)],
    ]);
    const body = content.kind === "memory"
      ? content.bytes.subarray(first, last + 1)
      : streamFile({ ...tools, ...content }, [{ kind: "range", range: ranges[0]! }]);
    return { status: 206, headers, body };
  }
  const multipart = createMultipart({ ranges, size, mediaType, boundary: tools.createBoundary() });
  const headers = representation.createHeaders([
    ["Content-Type", multipart.mediaType],
    ["Content-Length", String(multipart.length)],
  ]);
  const body = content.kind === "memory"
    ? joinParts(content.bytes, multipart.parts, multipart.length)
    : streamFile({ ...tools, ...content }, multipart.parts);
  return { status: 206, headers, body };
}

function joinParts(bytes: Uint8Array, parts: readonly StreamPart[], length: number): Uint8Array {
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    const piece = part.kind === "bytes" ? part.bytes : bytes.subarray(part.range.first, part.range.last + 1);
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

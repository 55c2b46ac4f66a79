// Content-Length of content that is not known as a whole, or is a stream.

import type { BytePieces } from "../../../bytes/byte_pieces.ts";
import type { HttpHeaders } from "../../../http/headers.ts";
import { isStreamed } from "../../../http/response/response.ts";
import type { PieceIterator } from "../../../http/response/streamed_response.ts";
import type { KnownContent } from "./origin_of_content.ts";
import type { WebContent } from "./response_content.ts";
import { StreamedContent } from "./streamed_content.ts";

/**
 * Keeps the Content-Length of a stream.
 *
 * @param content as far as it was read; if it came at once and is not as long as promised, it becomes a
 *   stream again, and the sender cuts it
 */
export function keepPromise(content: WebContent, headers: HttpHeaders): WebContent {
  if (isStreamed(content) || !headers.has("content-length")) return content;
  return headers.get("content-length") === String(content.length) ? content : toStream(content);
}

/** Promises the length of known content that is too large to be gathered, if the runtime tells it. */
export function promiseKnown(
  content: WebContent,
  headers: HttpHeaders,
  { length }: KnownContent,
): WebContent {
  if (!(content instanceof StreamedContent)) return content;
  if (length !== undefined) headers.set("content-length", String(length));
  return headers.get("content-type")?.startsWith("multipart/form-data") ? withoutReturn(content) : content;
}

/** Node 24.21 crashes when the stream of a FormData is cancelled, which would give nothing back. */
function withoutReturn(content: StreamedContent): AsyncIterable<Uint8Array> {
  const iterator: PieceIterator = { next: () => content.next(), takeReady: () => content.takeReady() };
  return { [Symbol.asyncIterator]: () => iterator };
}

async function* toStream(content: Uint8Array | BytePieces): AsyncGenerator<Uint8Array> {
  if (content instanceof Uint8Array) yield content;
  else yield* content.pieces;
}

import type { MaybePromise } from "../../base/maybe_promise.ts";
import type { HttpHeaders } from "../../http/headers.ts";
import type { HttpResponse } from "../../http/response/response.ts";
import { readContent, type WebPiece } from "./response_content.ts";
import { dropCoding, isZstd, mayBeDecodedZstd, readFields } from "./response_fields.ts";

/** Content without a known length, and without any pieces. */
const NOTHING: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

/**
 * Turns a web-standard response into ours.
 *
 * @returns promised only where there is content
 * @throws {TypeError} when it is no response, or its content has been read already, or is being read
 * @throws {RangeError} when its status is none of a final response
 */
export function toHttpResponse(response: Response): MaybePromise<HttpResponse> {
  if (typeof response !== "object" || response === null || typeof response.status !== "number") {
    throw new TypeError(`Cannot send the response: expected a Response, got ${typeName(response)}`);
  }
  const { status } = response;
  if (status < 200) {
    throw new RangeError(`Cannot send the response: expected a status of 200 to 599, got ${status}`);
  }
  // Before the body: Bun 1.4.5 forgets the type of the content once somebody has asked for the content.
  const headers = readFields(response);
  const { body } = response;
  if (body === null || body === undefined) {
    // The length that GET would have is not known of a decoded response to HEAD (RFC 9110 §9.3.2).
    return { status, headers, body: response.url && !headers.has("content-length") ? NOTHING : null };
  }
  if (response.bodyUsed || body.locked) {
    throw new TypeError("Cannot send the response: its content has been read");
  }
  return withContent(response, headers, body);
}

async function withContent(
  response: Response,
  headers: HttpHeaders,
  stream: ReadableStream<WebPiece>,
): Promise<HttpResponse> {
  const isForm = headers.get("content-type")?.startsWith("multipart/form-data") ?? false;
  const mayBeDecoded = mayBeDecodedZstd(response, headers);
  const body = await readContent(stream, isForm);
  if (mayBeDecoded && !(body instanceof Uint8Array && isZstd(body))) dropCoding(headers);
  return { status: response.status, headers, body };
}

function typeName(value: unknown): string {
  return value === null ? "null" : typeof value;
}

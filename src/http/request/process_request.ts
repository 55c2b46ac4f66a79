import type { HttpRequest } from "./request.ts";
import type { RequestReader } from "./request_reader.ts";

/**
 * Takes the next request out of the bytes that a connection has read: bytes in, HttpRequest out (RFC 9112 §2).
 *
 * It makes no promise: this is what makes pipelining fast. A malformed request comes back with its refusal. The content
 * is read later, by whoever handles the request.
 *
 * @returns undefined when more bytes are needed: `processRequest(reader) ?? await reader.read()` waits for them
 */
export function processRequest(reader: RequestReader): HttpRequest | undefined {
  return reader.takeBuffered();
}

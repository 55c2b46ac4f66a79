import type { HttpRequest } from "./request.ts";
import type { RequestReader } from "./request_reader.ts";

/**
 * Takes the next request from the bytes that a connection has read: bytes in, HttpRequest out (RFC 9112 §2).
 *
 * It makes no promise, which makes pipelining fast. A malformed request comes back with its refusal. The handler reads
 * the content later.
 *
 * ```ts
 * const request = processRequest(reader);
 * if (request === undefined) reader.load(await connection.read(reader.buffer()));
 * ```
 *
 * @returns undefined when more bytes are needed, and at the end
 */
export function processRequest(reader: RequestReader): HttpRequest | undefined {
  return reader.take();
}

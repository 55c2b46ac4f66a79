import type { HttpRequest } from "./request.ts";
import type { RequestReader } from "./request_reader.ts";

/**
 * Takes the next request from a connection: bytes in, HttpRequest out (RFC 9112 §2).
 *
 * A request that lies in the bytes already read comes back at once, without a promise: this is what makes pipelining fast.
 * A malformed one comes back with its refusal. The content is read later, by whoever handles the request.
 *
 * @returns the request; null, promised, when the client has finished sending
 * @throws {ConnectionError} when the connection was lost
 */
export function processRequest(reader: RequestReader): HttpRequest | Promise<HttpRequest | null> {
  return reader.takeBuffered() ?? reader.read();
}

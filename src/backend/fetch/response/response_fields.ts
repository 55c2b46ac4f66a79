import { equalsIgnoringCase } from "../../../http/grammar.ts";
import type { HttpHeaders } from "../../../http/headers.ts";
import type { IsDecoded } from "../../../net/runtimes/fetch_decoding.ts";
import { readWebHeaders } from "../web_headers.ts";

// Fields about another connection (RFC 9110 §7.6.1); Transfer-Encoding never goes out as a handler sets it.
const HOP_FIELDS: readonly string[] = ["connection", "keep-alive", "proxy-connection", "te", "upgrade"];

/**
 * Reads the fields of a web-standard response.
 *
 * A response from `fetch` describes another connection, and content that was decoded on the way, so such
 * fields are left out. A zstd coding stays; the content tells whether it is still there, see {@linkcode
 * isZstd}.
 */
export function readFields(response: Response, isDecoded: IsDecoded): HttpHeaders {
  const headers = readWebHeaders(response.headers);
  // Only a response from the network has a URL.
  if (!response.url) return headers;
  for (const name of headers.getList("connection")) headers.delete(name);
  for (const name of HOP_FIELDS) headers.delete(name);
  const codings = headers.get("content-encoding")?.split(",").map((coding) => coding.trim());
  if (codings !== undefined && isDecoded(codings)) dropCoding(headers);
  return headers;
}

/** Removes the fields that are wrong for decoded content. */
export function dropCoding(headers: HttpHeaders): void {
  headers.delete("content-encoding");
  headers.delete("content-length");
}

/** Whether a response from the network may have been decoded from zstd: not every runtime's `fetch` can. */
export function mayBeDecodedZstd(response: Response, headers: HttpHeaders): boolean {
  return Boolean(response.url) && equalsIgnoringCase(headers.get("content-encoding") ?? "", "zstd");
}

/** Whether content begins as a zstd frame does (RFC 8878 §3.1.1). */
export function isZstd(content: unknown): boolean {
  if (!(content instanceof Uint8Array)) return false;
  return content[0] === 0x28 && content[1] === 0xb5 && content[2] === 0x2f && content[3] === 0xfd;
}

import { HttpError } from "../../../http/errors.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import { authorityOf } from "../../../http/target.ts";
import { formatAddress } from "../../../net/address.ts";
import type { RequestContext } from "../../handler.ts";

// Path and query that `new URL` leaves unchanged: no dot segment (also as `%2e`), nothing that it would
// encode.
const PLAIN_TARGET = /^\/[\w\-.~!$&'()*+,;=:@%/]*(?:\?[\w\-.~!$&()*+,;=:@%/?]*)?$/;
const DOT_SEGMENT = /\/(?:\.|%2e)/i;

/**
 * Makes the URLs of requests as `new URL` would write them (RFC 9110 §7.1).
 *
 * A client names the same host again and again, and most paths are plain, so a URL is mostly two joined
 * texts. Making it with `new URL` costs 0.25 to 0.45 µs (Deno 2.9.6, Node 20 and 24).
 */
export class UrlJoiner {
  #authority: string | undefined;
  #isEncrypted = false;
  #origin = "";

  /**
   * The origin of a request: `http://host:port`.
   *
   * @throws {HttpError} 400 for a host that RFC 3986 allows and the URL standard does not: `1.2.3.999`,
   *   `[v1.a]`
   */
  originOf({ target, headers }: HttpRequest, { local, isEncrypted }: RequestContext): string {
    const authority = (target.startsWith("/") ? undefined : authorityOf(target)) ?? headers.get("host") ?? "";
    if (authority === this.#authority && isEncrypted === this.#isEncrypted) return this.#origin;
    const own = local.transport === "tcp" ? formatAddress(local) : "localhost";
    const origin = parseOrigin(`${isEncrypted ? "https" : "http"}://${authority || own}/`);
    // Without Host every connection has an origin of its own.
    this.#authority = authority === "" ? undefined : authority;
    this.#isEncrypted = isEncrypted;
    this.#origin = origin;
    return origin;
  }
}

/**
 * Joins an origin and the target of a request as sent; a bare "?" stays. The path cannot change the origin.
 */
export function joinUrl(origin: string, { target, path, query }: HttpRequest): string {
  if (PLAIN_TARGET.test(target) && !DOT_SEGMENT.test(target)) return origin + target;
  if (target === "*") return `${origin}/`;
  return new URL(origin + path + (target.includes("?") ? `?${query}` : "")).href;
}

function parseOrigin(url: string): string {
  try {
    return new URL(url).href.slice(0, -1);
  } catch (cause) {
    throw new HttpError(400, `Cannot pass the request on: no URL, got ${JSON.stringify(url)}`, {
      code: "bad-host",
      // As after every other malformed request.
      headers: [["Connection", "close"]],
      cause,
    });
  }
}

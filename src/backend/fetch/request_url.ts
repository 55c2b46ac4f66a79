import { HttpError } from "../../http/errors.ts";
import type { HttpRequest } from "../../http/request/request.ts";
import { authorityOf } from "../../http/target.ts";
import { formatAddress } from "../../net/address.ts";
import type { RequestContext } from "../handler.ts";

/**
 * The URL of a request as `new URL` would write it (RFC 9110 §7.1).
 *
 * The authority has been checked, and the path cannot change it.
 *
 * @throws {HttpError} 400 for a host that RFC 3986 allows and the URL standard does not: `1.2.3.999`, `[v1.a]`
 */
export function urlOf(request: HttpRequest, { local, isEncrypted }: RequestContext): string {
  const scheme = isEncrypted ? "https" : "http";
  const authority = authorityOf(request.target) ?? request.headers.get("host");
  const ownAuthority = local.transport === "tcp" ? formatAddress(local) : "localhost";
  return parseUrl(`${scheme}://${authority || ownAuthority}${pathOf(request)}`);
}

/** Path and query as sent; a bare "?" stays. */
function pathOf({ target, path }: HttpRequest): string {
  if (target === "*") return "/";
  const mark = target.indexOf("?");
  return mark < 0 ? path : path + target.slice(mark);
}

function parseUrl(url: string): string {
  try {
    return new URL(url).href;
  } catch (cause) {
    throw new HttpError(400, `Cannot pass the request on: no URL, got ${JSON.stringify(url)}`, {
      code: "bad-host",
      // As after every other request that is malformed.
      headers: [["Connection", "close"]],
      cause,
    });
  }
}

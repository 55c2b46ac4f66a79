import type { Middleware } from "../../../backend/handler.ts";
import { HttpError } from "../../../http/errors.ts";
import type { HttpRequest } from "../../../http/request/request.ts";

/**
 * Middleware: keeps pages of other origins away from what was captured, which may hold secrets.
 *
 * A name in Host that is not ours may be one that an attacker lets point to this machine (DNS rebinding); an IP address
 * cannot. A browser says in Origin and Sec-Fetch-Site which page sends a request that changes something.
 *
 * @param hostname the address or name that the server was told to listen on
 */
export function guardOrigin(hostname: string): Middleware {
  const own = hostname.toLowerCase();
  return (next) => (request, context) => {
    const host = (request.headers.get("host") ?? "").toLowerCase();
    const name = host.replace(/:[0-9]*$/, "");
    if (!(isLocalName(name) || isAddress(name) || name === own)) {
      throw new HttpError(403, `Cannot serve host ${JSON.stringify(host)}: expected localhost or an address`);
    }
    if (request.method !== "GET" && request.method !== "HEAD" && isForeign(request, host)) {
      throw new HttpError(403, "Cannot change anything for a page of another origin");
    }
    return next(request, context);
  };
}

function isLocalName(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost");
}

function isAddress(name: string): boolean {
  return /^[0-9]{1,3}(\.[0-9]{1,3}){3}$/.test(name) || name.startsWith("[");
}

function isForeign({ headers }: HttpRequest, host: string): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== undefined && site !== "same-origin" && site !== "none") return true;
  const origin = headers.get("origin")?.toLowerCase();
  return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
}

// The targets of forwarded requests: `--forward`, `--forward-copy`, and requests that are sent again.

import { splitTarget } from "../../../http/target.ts";

/** A server that requests are sent to. */
export interface UpstreamUrl {
  /** The text of the URL. */
  readonly href: string;
  /** Whether it speaks TLS. */
  readonly isEncrypted: boolean;
  /** Name or address, IPv6 without brackets. */
  readonly hostname: string;
  /** TCP port. */
  readonly port: number;
  /** The value of Host: with the port, if it is not the default of the scheme. */
  readonly host: string;
  /** The path without a slash at its end: "" for the root. */
  readonly path: string;
  /** The query with its question mark; "" if there is none. */
  readonly query: string;
}

/**
 * Reads the URL of a server; undefined for other schemes than http and https, and with user, password or
 * fragment.
 */
export function parseUpstreamUrl(text: string): UpstreamUrl | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  if (url.username !== "" || url.password !== "" || url.hash !== "") return undefined;
  const isEncrypted = url.protocol === "https:";
  return {
    href: text,
    isEncrypted,
    hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? (isEncrypted ? 443 : 80) : Number(url.port),
    host: url.host,
    path: url.pathname.replace(/\/+$/, ""),
    query: url.search,
  };
}

/** The target of a request below the path of a server: nothing is decoded. */
export function targetBelow({ path }: UpstreamUrl, target: string): string {
  if (target === "*" || (path === "" && target.startsWith("/"))) return target;
  const { path: rest, query } = splitTarget(target);
  const mark = target.includes("?") ? "?" : "";
  return `${path}${rest.startsWith("/") ? rest : `/${rest}`}${mark}${query}`;
}

/** The URL of a request below the path of a server. */
export function urlBelow(upstream: UpstreamUrl, target: string): string {
  const scheme = upstream.isEncrypted ? "https" : "http";
  return `${scheme}://${upstream.host}${targetBelow(upstream, target)}`;
}

// The credentials that a request to a page brings.

import type { HttpRequest } from "../http/request/request.ts";

/** The credentials in a request, unchecked. */
export interface PageCredentials {
  /** From `Authorization: Bearer`. */
  readonly bearer: string | undefined;
  /** Name and password of `Authorization: Basic` (RFC 7617), read as UTF-8. */
  readonly basic: readonly [name: string, password: string] | undefined;
  /** From the cookie of this page. */
  readonly cookie: string | undefined;
  /** From the parameter `token`; only GET and HEAD may bring it. */
  readonly queryToken: string | undefined;
}

/** Takes the credentials from a request. */
export function readCredentials(request: HttpRequest, cookieName: string): PageCredentials {
  const [, scheme = "", value = ""] =
    /^([A-Za-z]+) +([^ ]+)$/.exec(request.headers.get("authorization") ?? "") ?? [];
  const mayQuery = request.method === "GET" || request.method === "HEAD";
  return {
    bearer: scheme.toLowerCase() === "bearer" ? value : undefined,
    basic: scheme.toLowerCase() === "basic" ? decodeBasic(value) : undefined,
    cookie: request.cookie(cookieName),
    queryToken: mayQuery && request.query !== ""
      ? new URLSearchParams(request.query).get("token") ?? undefined
      : undefined,
  };
}

/** The target of a request without its parameter `token`. */
export function withoutToken({ path, query }: HttpRequest): string {
  const rest = query.split("&").filter((part) => !/^token(=|$)/.test(part)).join("&");
  // Two slashes would begin the name of another host.
  const place = path.replace(/^\/{2,}/, "/");
  return rest === "" ? place : `${place}?${rest}`;
}

function decodeBasic(value: string): readonly [string, string] | undefined {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
  const text = new TextDecoder().decode(bytes);
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : [text.slice(0, colon), text.slice(colon + 1)];
}

// Reads the fields in which proxies name the client of a request (RFC 7239). Whether to believe them is
// decided elsewhere.

import type { HttpHeaders } from "./headers.ts";
import { trimOws } from "./grammar.ts";

/**
 * One hop, as the proxy that added it saw it. A part is undefined if the proxy omitted it or wrote it badly.
 */
export interface ForwardedHop {
  /** The node that sent the request to this proxy: address, `unknown` or an obfuscated name. */
  readonly for: string | undefined;
  /** The scheme of that request, in lower case. */
  readonly proto: string | undefined;
}

// An unreadable hop. It may have made up the hops to the left of it.
const UNREADABLE: ForwardedHop = { for: undefined, proto: undefined };

/**
 * Reads the hops of `Forwarded`, oldest first. A field line that breaks the grammar is one hop that cannot be
 * read.
 *
 * @returns undefined without the field
 */
export function forwardedHops(headers: HttpHeaders): readonly ForwardedHop[] | undefined {
  return headers.has("forwarded") ? headers.getAll("forwarded").flatMap(parseForwarded) : undefined;
}

/**
 * Reads the hops of `X-Forwarded-For` with the schemes of `X-Forwarded-Proto`, oldest first; undefined
 * without both.
 */
export function xForwardedHops(headers: HttpHeaders): readonly ForwardedHop[] | undefined {
  const nodes = membersOf(headers, "x-forwarded-for");
  const schemes = membersOf(headers, "x-forwarded-proto").map((scheme) => scheme.toLowerCase());
  if (nodes.length === 0 && schemes.length === 0) return undefined;
  if (nodes.length === 0) return [{ for: undefined, proto: schemes.at(-1) }];
  // Some proxies add to the list of schemes, others write one scheme for all hops: then it is that of the
  // client.
  const isOneForAll = schemes.length === 1;
  return nodes.map((node, index) => ({
    for: node,
    proto: isOneForAll ? schemes[0] : schemes.at(index - nodes.length),
  }));
}

function membersOf(headers: HttpHeaders, name: string): string[] {
  if (!headers.has(name)) return [];
  return headers.getAll(name).flatMap((value) => value.split(",")).map(trimOws).filter((member) =>
    member !== ""
  );
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
// One forwarded-pair and its end. Each part begins with a byte that the part before cannot take, so it is
// linear.
const PAIR = new RegExp(
  `[ \\t]*(?:(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)")[ \\t]*)?(?:([;,])|$)`,
  "y",
);

/** `Forwarded = 1#forwarded-element`, RFC 7239 §4, with blanks allowed around the semicolons. */
function parseForwarded(line: string): readonly ForwardedHop[] {
  const hops: ForwardedHop[] = [];
  const pattern = new RegExp(PAIR);
  let pairs = new Map<string, string>();
  for (let isComplete = false; !isComplete;) {
    const match = pattern.exec(line);
    if (match === null) return [UNREADABLE];
    const [, name, token, quoted, end] = match;
    if (name !== undefined) {
      const key = name.toLowerCase();
      if (pairs.has(key)) return [UNREADABLE];
      pairs.set(key, token ?? quoted!.replaceAll(/\\(.)/g, "$1"));
    }
    isComplete = end === undefined;
    if (end === ";" || pairs.size === 0) continue;
    hops.push({ for: pairs.get("for"), proto: pairs.get("proto")?.toLowerCase() });
    pairs = new Map();
  }
  return hops;
}

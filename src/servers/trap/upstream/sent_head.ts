// The head of a forwarded request: the client's, except for the fields of its connection (RFC 9110 §7.6.1).

import type { HeaderField } from "../../../http/headers.ts";
import { splitList } from "../../../http/grammar.ts";
import { putLatin1 } from "../../../bytes/latin1.ts";
import { ByteSlab } from "../records/byte_slab.ts";

/** The framing of a request's content. */
export type SentFraming =
  | { readonly kind: "as-sent" }
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" };

/** Parts of a head. */
export interface SentHead {
  readonly method: string;
  readonly target: string;
  readonly headers: Iterable<HeaderField>;
  /** Replaces Host; undefined keeps it. */
  readonly host: string | undefined;
  /** `as-sent` keeps Content-Length as it is, if there is one. */
  readonly framing: SentFraming;
}

const CONNECTION_FIELDS = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
  "expect",
]);

/** Makes the bytes of a head. @param slab memory for it */
export function encodeSentHead(head: SentHead, slab: ByteSlab = new ByteSlab()): Uint8Array {
  const text = formatSentHead(head);
  const bytes = slab.allocate(text.length);
  putLatin1(bytes, 0, text);
  return bytes;
}

function formatSentHead({ method, target, headers, host, framing }: SentHead): string {
  const fields = [...headers];
  const named = namedByConnection(fields);
  let text = `${method} ${target} HTTP/1.1\r\n`;
  let hasHost = false;
  for (const [name, value] of fields) {
    const lower = name.toLowerCase();
    if (CONNECTION_FIELDS.has(lower) || named?.has(lower) === true) continue;
    if (lower === "content-length" && framing.kind !== "as-sent") continue;
    if (lower === "host") {
      if (hasHost) continue;
      hasHost = true;
      text += `${name}: ${host ?? value}\r\n`;
    } else {
      text += `${name}: ${value}\r\n`;
    }
  }
  if (!hasHost && host !== undefined) text += `Host: ${host}\r\n`;
  if (framing.kind === "length") text += `Content-Length: ${framing.length}\r\n`;
  if (framing.kind === "chunked") text += "Transfer-Encoding: chunked\r\n";
  return `${text}\r\n`;
}

/** The names that Connection lists; a client may not remove Host and the length. */
function namedByConnection(fields: readonly HeaderField[]): ReadonlySet<string> | undefined {
  let names: Set<string> | undefined;
  for (const [name, value] of fields) {
    if (name.length !== 10 || name.toLowerCase() !== "connection") continue;
    for (const member of splitList(value)) {
      const lower = member.toLowerCase();
      if (lower !== "host" && lower !== "content-length") (names ??= new Set()).add(lower);
    }
  }
  return names;
}

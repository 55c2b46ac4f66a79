// IP addresses as text, without any runtime, because serving over Web Streams needs them in browsers too.

import { type TcpAddress, tcpAddress } from "./address.ts";

const MAX_PORT = 65_535;
// The last 32 bits of an IPv4-mapped address as the URL standard writes them.
const MAPPED_IPV4 = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

const IPV4 =
  /^(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}$/;

/** The version of an IP address, without a zone; 0 for any other text. */
export function ipVersion(text: string): 0 | 4 | 6 {
  if (IPV4.test(text)) return 4;
  // The URL standard reads IPv6 as RFC 3986 does.
  return /^[0-9a-fA-F:.]+$/.test(text) && URL.canParse(`http://[${text}]/`) ? 6 : 0;
}

/**
 * Writes an IP address in its one canonical form (RFC 5952), so that texts can be compared: IPv6 in lower
 * case and as short as possible, IPv4-mapped IPv6 as IPv4.
 *
 * @returns undefined for a text that is not an IP address, or that has a zone
 */
export function canonicalIp(text: string): string | undefined {
  const version = ipVersion(text);
  if (version === 4) return text;
  if (version === 0) return undefined;
  const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const mapped = MAPPED_IPV4.exec(canonical);
  if (mapped === null) return canonical;
  const [high, low] = [parseInt(mapped[1]!, 16), parseInt(mapped[2]!, 16)];
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}

/**
 * Reads `IPv4[:port]`, `IPv6` or `[IPv6][:port]`, as proxies write their clients (RFC 7239 §6).
 *
 * @returns undefined for anything else, such as `unknown` or `_hidden`; port 0 if there is none or a hidden
 *   one
 */
export function parseNode(text: string): TcpAddress | undefined {
  const isBracketed = text.startsWith("[");
  const end = isBracketed ? text.indexOf("]") + 1 : text.indexOf(":");
  // Several colons without brackets are an IPv6 address and nothing else.
  const hasPort = end > 0 && text[end] === ":" && (isBracketed || text.indexOf(":", end + 1) < 0);
  if (isBracketed && !hasPort && end !== text.length) return undefined;
  const host = isBracketed ? text.slice(1, end - 1) : hasPort ? text.slice(0, end) : text;
  const hostname = isBracketed && ipVersion(host) !== 6 ? undefined : canonicalIp(host);
  const port = hasPort ? parseNodePort(text.slice(end + 1)) : 0;
  return hostname === undefined || port === undefined ? undefined : tcpAddress(hostname, port);
}

function parseNodePort(text: string): number | undefined {
  // `obfport` of RFC 7239 §6.3.
  if (/^_[0-9A-Za-z._-]+$/.test(text)) return 0;
  return /^[0-9]{1,5}$/.test(text) && Number(text) <= MAX_PORT ? Number(text) : undefined;
}

import { BYTE_CLASSES, HEXDIG, REG_NAME_BYTE } from "./grammar.ts";

const MAX_PORT = 65_535;

/**
 * Whether a text is `uri-host [ ":" port ]`, the grammar of Host and of an authority without userinfo
 * (RFC 9110 §7.2, RFC 3986 §3.2). The empty host is one: a target without authority has it (RFC 9112 §3.2).
 */
export function isHost(text: string): boolean {
  const hostEnd = text.startsWith("[") ? text.indexOf("]") + 1 : indexOfColon(text);
  if (hostEnd === 0 && text.startsWith("[")) return false;
  const host = text.slice(0, hostEnd);
  const rest = text.slice(hostEnd);
  if (rest !== "" && !(rest.startsWith(":") && isPort(rest.slice(1)))) return false;
  return host.startsWith("[") ? isIpLiteral(host.slice(1, -1)) : isRegName(host);
}

/**
 * Whether a text is `uri-host ":" port` with both present, as CONNECT needs it (RFC 9110 §9.3.6); no port is
 * 0.
 */
export function isHostWithPort(text: string): boolean {
  return /[^:]:0*[1-9][0-9]*$/.test(text) && isHost(text);
}

function indexOfColon(text: string): number {
  const colon = text.indexOf(":");
  return colon < 0 ? text.length : colon;
}

function isPort(digits: string): boolean {
  return /^[0-9]*$/.test(digits) && Number(digits) <= MAX_PORT;
}

function isRegName(host: string): boolean {
  for (let i = 0; i < host.length; i++) {
    const code = host.charCodeAt(i);
    if (code > 0x7f || (BYTE_CLASSES[code]! & REG_NAME_BYTE) === 0) return false;
    if (code !== 0x25) continue;
    if (!isHexDigit(host.charCodeAt(i + 1)) || !isHexDigit(host.charCodeAt(i + 2))) return false;
    i += 2;
  }
  return true;
}

function isHexDigit(code: number): boolean {
  return code <= 0x7f && (BYTE_CLASSES[code]! & HEXDIG) !== 0;
}

function isIpLiteral(literal: string): boolean {
  return isIpv6(literal) || /^[vV][0-9a-fA-F]+\.[0-9a-zA-Z\-._~!$&'()*+,;=:]+$/.test(literal);
}

/** `IPv6address`, RFC 3986 §3.2.2, which the URL standard reads likewise. */
function isIpv6(text: string): boolean {
  return /^[0-9a-fA-F:.]+$/.test(text) && URL.canParse(`http://[${text}]/`);
}

const MAX_PORT = 65_535;

/**
 * `uri-host [ ":" port ]` (RFC 3986 §3.2.2), without the comma in names, because a list of hosts is not a
 * host. The first group is an `IPv6address` as far as an expression can tell, the second one the port.
 */
const HOST =
  /^(?:\[(?:([\da-f:.]+)|v[\da-f]+\.[\w\-.~!$&'()*+,;=:]+)\]|[\w\-.~!$&'()*+;=]*(?:%[\da-f]{2}[\w\-.~!$&'()*+;=]*)*)(?::(\d*))?$/i;

/**
 * Whether a text is `uri-host [ ":" port ]`, the grammar of Host and of an authority without userinfo (RFC
 * 9110 §7.2, RFC 3986 §3.2). The empty host counts: a target without an authority has it (RFC 9112 §3.2).
 */
export function isHost(text: string): boolean {
  const match = HOST.exec(text);
  if (match === null || Number(match[2] ?? 0) > MAX_PORT) return false;
  // The URL standard reads an IPv6 address as RFC 3986 §3.2.2 does.
  return match[1] === undefined || URL.canParse(`http://[${match[1]}]/`);
}

/**
 * Whether a text is `uri-host ":" port` with both present, as CONNECT needs it (RFC 9110 §9.3.6); port 0 is
 * not one.
 */
export function isHostWithPort(text: string): boolean {
  return /[^:]:0*[1-9][0-9]*$/.test(text) && isHost(text);
}

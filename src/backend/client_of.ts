// Finds the client of a request: the peer of the connection, or the client that a trusted proxy speaks for.

import { type ForwardedHop, forwardedHops, xForwardedHops } from "../http/forwarded.ts";
import type { HttpHeaders } from "../http/headers.ts";
import { hostOf, type NetAddress } from "../net/address.ts";
import { parseNode } from "../net/ip_address.ts";
import type { TrustedProxies } from "../net/proxy/trusted_proxies.ts";

/** A client as a server sees it. */
export interface Client {
  /** Its address. */
  readonly remote: NetAddress;
  /** Whether it speaks TLS. */
  readonly isEncrypted: boolean;
}

/**
 * Finds the client behind proxies: `Forwarded`, `X-Forwarded-For` and `X-Forwarded-Proto` are read from the
 * right, as long as the hop that wrote the entry is trusted (RFC 7239 §8.1).
 *
 * A proxy that writes only one of the fields passes on the other as the client made it up. If both are there
 * and name different clients, neither can be trusted, and the client is the proxy.
 *
 * @param peer the other end of the connection
 * @returns the peer itself unless it is trusted
 */
export function clientOf(peer: Client, headers: HttpHeaders, trusted: TrustedProxies): Client {
  if (!trusted.trusts(peer.remote)) return peer;
  const standard = forwardedHops(headers);
  const customary = xForwardedHops(headers);
  if (standard === undefined || customary === undefined) {
    return follow(peer, standard ?? customary ?? [], trusted);
  }
  const client = follow(peer, standard, trusted);
  const other = follow(peer, customary, trusted);
  const isAgreed = hostOf(client.remote) === hostOf(other.remote) && client.isEncrypted === other.isEncrypted;
  return isAgreed ? client : peer;
}

function follow(peer: Client, hops: readonly ForwardedHop[], trusted: TrustedProxies): Client {
  let client = peer;
  for (let i = hops.length - 1; i >= 0 && trusted.trusts(client.remote); i--) {
    const { for: node, proto } = hops[i]!;
    const remote = node === undefined ? undefined : parseNode(node);
    const isEncrypted = proto === "https" || (proto !== "http" && client.isEncrypted);
    client = { remote: remote ?? client.remote, isEncrypted };
    // A hop that hides itself or names nothing. A client could have made up the hops before it.
    if (remote === undefined) break;
  }
  return client;
}

// Whose word about other addresses counts.

import { BlockList } from "node:net";
import { hostOf, type NetAddress } from "./address.ts";
import { canonicalIp, ipVersion } from "./ip_address.ts";

// What stands for every client of a unix socket.
const UNIX = "unix";

/** Peers that are believed when they say for whom they speak; made by {@linkcode parseTrustedProxies}. */
export interface TrustedProxies {
  /** Whether an address is one of them. */
  trusts(address: NetAddress): boolean;
}

class ListedProxies implements TrustedProxies {
  readonly #networks: BlockList;
  readonly #trustsUnix: boolean;
  // The peer of a connection is asked for again with each request, and a list costs 1.6 µs (Node 20.20).
  #lastHost = "";
  #isLastTrusted = false;

  constructor(networks: BlockList, options: { readonly trustsUnix: boolean }) {
    this.#networks = networks;
    this.#trustsUnix = options.trustsUnix;
  }

  trusts(address: NetAddress): boolean {
    const host = hostOf(address);
    if (host !== this.#lastHost) {
      this.#lastHost = host;
      this.#isLastTrusted = host === UNIX ? this.#trustsUnix : this.#check(host);
    }
    return this.#isLastTrusted;
  }

  #check(host: string): boolean {
    // A zone (`fe80::1%eth0`) says where an address is reached, not whose it is.
    const address = host.split("%")[0]!;
    const version = ipVersion(address);
    return version > 0 && this.#networks.check(address, version === 4 ? "ipv4" : "ipv6");
  }
}

/**
 * Reads a list of proxies: `127.0.0.1,10.0.0.0/8,fd00::/8,unix`, blanks allowed around the commas.
 *
 * @throws {TypeError} for a list that is empty, or a member that is neither an address, nor a network, nor `unix`
 */
export function parseTrustedProxies(text: string): TrustedProxies {
  const networks = new BlockList();
  let trustsUnix = false;
  for (const member of text.split(",").map((part) => part.trim())) {
    if (member === UNIX || member === `${UNIX}:`) trustsUnix = true;
    else addNetwork(networks, member);
  }
  return new ListedProxies(networks, { trustsUnix });
}

function addNetwork(networks: BlockList, member: string): void {
  const slash = member.indexOf("/");
  const address = canonicalIp(slash < 0 ? member : member.slice(0, slash));
  if (address === undefined) throw noNetwork(member);
  const isIpv4 = ipVersion(address) === 4;
  const family = isIpv4 ? "ipv4" : "ipv6";
  if (slash < 0) return networks.addAddress(address, family);
  const prefix = member.slice(slash + 1);
  if (!/^[0-9]{1,3}$/.test(prefix) || Number(prefix) > (isIpv4 ? 32 : 128)) throw noNetwork(member);
  networks.addSubnet(address, Number(prefix), family);
}

function noNetwork(member: string): TypeError {
  return new TypeError(
    `Cannot read a trusted proxy: expected an address or a network such as 10.0.0.0/8, got "${member}"`,
  );
}

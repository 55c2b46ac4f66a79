// Decides which peers may speak for other addresses.

import type { NetAddress } from "../address.ts";
import { canonicalIp, ipBytes } from "../ip_address.ts";

// The word for every client of a unix socket.
const UNIX = "unix";

/**
 * Peers that may name the client they speak for; made by {@linkcode parseTrustedProxies}.
 */
export interface TrustedProxies {
  /** Whether an address is one of them. */
  trusts(address: NetAddress): boolean;
}

/** Addresses that begin with the same bits. */
interface Network {
  readonly bytes: readonly number[];
  readonly prefixBits: number;
}

class ListedProxies implements TrustedProxies {
  readonly #networks: readonly Network[];
  readonly #trustsUnix: boolean;
  // Each request asks for the peer of its connection again, and reading an address costs a microsecond.
  #lastHost = "";
  #isLastTrusted = false;

  constructor(networks: readonly Network[], options: { readonly trustsUnix: boolean }) {
    this.#networks = networks;
    this.#trustsUnix = options.trustsUnix;
  }

  trusts(address: NetAddress): boolean {
    switch (address.transport) {
      case "tcp":
        return this.#trustsHost(address.hostname);
      case "unix":
        return this.#trustsUnix;
    }
  }

  #trustsHost(host: string): boolean {
    if (host !== this.#lastHost) {
      this.#lastHost = host;
      this.#isLastTrusted = this.#check(host);
    }
    return this.#isLastTrusted;
  }

  #check(host: string): boolean {
    // A zone (`fe80::1%eth0`) names the way to an address, not its owner.
    const address = canonicalIp(host.split("%")[0]!);
    if (address === undefined) return false;
    const bytes = ipBytes(address);
    return this.#networks.some((network) => contains(network, bytes));
  }
}

function contains({ bytes, prefixBits }: Network, address: readonly number[]): boolean {
  if (bytes.length !== address.length) return false;
  return bytes.every((byte, index) => {
    const bits = Math.max(0, Math.min(8, prefixBits - 8 * index));
    return (byte ^ address[index]!) >> (8 - bits) === 0;
  });
}

/**
 * Reads a list of proxies: `127.0.0.1,10.0.0.0/8,fd00::/8,unix`, blanks allowed around the commas.
 *
 * @throws {TypeError} for a list that is empty, or a member that is neither an address, nor a network, nor
 *   `unix`
 */
export function parseTrustedProxies(text: string): TrustedProxies {
  const networks: Network[] = [];
  let trustsUnix = false;
  for (const member of text.split(",").map((part) => part.trim())) {
    if (member === UNIX || member === `${UNIX}:`) trustsUnix = true;
    else networks.push(parseNetwork(member));
  }
  return new ListedProxies(networks, { trustsUnix });
}

function parseNetwork(member: string): Network {
  const slash = member.indexOf("/");
  const address = canonicalIp(slash < 0 ? member : member.slice(0, slash));
  if (address === undefined) throw noNetwork(member);
  const bytes = ipBytes(address);
  const maxBits = 8 * bytes.length;
  if (slash < 0) return { bytes, prefixBits: maxBits };
  const prefix = member.slice(slash + 1);
  if (!/^[0-9]{1,3}$/.test(prefix) || Number(prefix) > maxBits) throw noNetwork(member);
  return { bytes, prefixBits: Number(prefix) };
}

function noNetwork(member: string): TypeError {
  return new TypeError(
    `Cannot read a trusted proxy: expected an address or a network such as 10.0.0.0/8, got "${member}"`,
  );
}

// Decides which peers may speak for other addresses.

import type { BlockList } from "node:net";
import type { NetAddress } from "../address.ts";
import { canonicalIp } from "../ip_address.ts";

// The word for every client of a unix socket.
const UNIX = "unix";

/**
 * Peers that may name the client they speak for; made by {@linkcode parseTrustedProxies}.
 */
export interface TrustedProxies {
  /** Whether an address is one of them. */
  trusts(address: NetAddress): boolean;
}

class ListedProxies implements TrustedProxies {
  readonly #networks: BlockList;
  readonly #trustsUnix: boolean;
  // Each request asks for the peer of its connection again, and reading an address costs a microsecond.
  #lastHost = "";
  #isLastTrusted = false;

  constructor(networks: BlockList, options: { readonly trustsUnix: boolean }) {
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
    return address !== undefined && this.#networks.check(address, familyOf(address));
  }
}

/**
 * Reads a list of proxies: `127.0.0.1,10.0.0.0/8,fd00::/8,unix`, blanks allowed around the commas.
 *
 * @throws {TypeError} for a list that is empty, or a member that is neither an address, nor a network, nor
 *   `unix`; also in a browser and in Node below 20.16, where no BlockList can be had without an import
 */
export function parseTrustedProxies(text: string): TrustedProxies {
  const networks = createBlockList();
  let trustsUnix = false;
  for (const member of text.split(",").map((part) => part.trim())) {
    if (member === UNIX || member === `${UNIX}:`) trustsUnix = true;
    else addNetwork(networks, member);
  }
  return new ListedProxies(networks, { trustsUnix });
}

/** An import would keep `serveConnection` from browsers. */
function createBlockList(): BlockList {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const net = process?.getBuiltinModule?.("net") as { BlockList: new () => BlockList } | undefined;
  if (net === undefined) {
    throw new TypeError("Cannot trust proxies: this runtime has no BlockList (Node has it from 20.16 on)");
  }
  return new net.BlockList();
}

function addNetwork(networks: BlockList, member: string): void {
  const slash = member.indexOf("/");
  const address = canonicalIp(slash < 0 ? member : member.slice(0, slash));
  if (address === undefined) throw noNetwork(member);
  const family = familyOf(address);
  if (slash < 0) return networks.addAddress(address, family);
  const prefix = member.slice(slash + 1);
  const maxBits = family === "ipv4" ? 32 : 128;
  if (!/^[0-9]{1,3}$/.test(prefix) || Number(prefix) > maxBits) throw noNetwork(member);
  networks.addSubnet(address, Number(prefix), family);
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return address.includes(":") ? "ipv6" : "ipv4";
}

function noNetwork(member: string): TypeError {
  return new TypeError(
    `Cannot read a trusted proxy: expected an address or a network such as 10.0.0.0/8, got "${member}"`,
  );
}

// The addresses that a server listens on, read from its flags.

import { type NetAddress, tcpAddress, unixAddress } from "../net/address.ts";
import { ConnectionError, type Listener } from "../net/connection.ts";
import type { ListenOptions } from "../net/listen_options.ts";
import { parseTrustedProxies, type TrustedProxies } from "../net/proxy/trusted_proxies.ts";
import { listen } from "../net/listen.ts";
import type { TlsOptions } from "../net/tls/tls_options.ts";
import { type OpenListenerOptions, type OpenPortOptions, portError } from "./command.ts";
import type { CommonValues } from "./flags/common_flags.ts";
import { UsageError } from "./flags/flag.ts";

/** Opens what the flags of a server speak of. */
export interface Ports {
  /** Opens the server's listener. @throws {StartError} when it cannot be opened */
  readonly openListener: (options?: OpenListenerOptions) => Promise<Listener>;
  /** Uses another certificate from the next handshake on. @throws {ConnectionError} for a bad one: the old one stays */
  readonly reload: (tls: TlsOptions) => void;
  /** Another port. @throws {StartError} when it cannot be opened */
  readonly openPort: (port: number, options?: OpenPortOptions) => Promise<Listener>;
}

/** Parts of ports, apart from the flags. */
export interface PortOptions extends Pick<ListenOptions, "tls"> {
  /** Told of connections that are closed before anybody gets them. */
  readonly onError?: (error: unknown, client: NetAddress) => void;
}

// Flags that a socket replaces, or cannot be combined with.
const SOCKET_EXCLUDES: readonly string[] = ["port", "host"];

/**
 * Makes the ways to open ports.
 *
 * @param given the flags that were given
 * @throws {UsageError} for flags that exclude each other
 */
export function createPorts(
  values: CommonValues,
  given: ReadonlyMap<string, string>,
  { tls, onError }: PortOptions,
): Ports {
  const { host, port, socket } = values;
  if (socket !== undefined) refuseBesideSocket(values, given);
  const encrypted: Listener[] = [];
  const open = async (options: ListenOptions, flag: string | undefined): Promise<Listener> => {
    const listener = await openOne(options, flag);
    if (listener.isEncrypted) encrypted.push(listener);
    return listener;
  };
  return {
    reload: (certificate) => encrypted.forEach((listener) => listener.reload(certificate)),
    openListener: ({ needsReset } = {}) => {
      const proxyProtocol = values["proxy-protocol"] ? { trusted: trustedOf(values), onError } : undefined;
      const how = { tls, proxyProtocol };
      const where = socket === undefined ? { hostname: host, port, needsReset } : { path: socket };
      return open({ ...where, ...how }, "--port");
    },
    openPort: (other, { hostname = host, flag, isPlain } = {}) =>
      open({ hostname, port: other, ...(isPlain ? {} : { tls }) }, flag),
  };
}

/** The peers that may send the PROXY protocol: all, unless the flag names some. */
function trustedOf({ "trusted-proxy": networks }: CommonValues): TrustedProxies | undefined {
  return networks.length === 0 ? undefined : parseTrustedProxies(networks.join(","));
}

function refuseBesideSocket(values: object, given: ReadonlyMap<string, string>): void {
  for (const name of SOCKET_EXCLUDES) {
    const way = given.get(name);
    // PORT is set by platforms for whatever runs there: with a socket it means nothing.
    if (way === undefined || way === "the environment variable PORT") continue;
    throw new UsageError(`bad value for ${given.get("socket")}: ${way} is given too`);
  }
  if ("workers" in values && values.workers !== 1) {
    throw new UsageError(`bad value for ${given.get("socket")}: several workers cannot share a socket`);
  }
}

async function openOne(options: ListenOptions, flag: string | undefined): Promise<Listener> {
  try {
    return await listen(options);
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    const address = options.port === undefined
      ? unixAddress(options.path ?? "")
      : tcpAddress(options.hostname!, options.port);
    throw portError(error, address, flag);
  }
}

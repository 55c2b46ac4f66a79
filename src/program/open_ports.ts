// The addresses that a server listens on, read from its flags.

import type { NetAddress } from "../net/address.ts";
import { ConnectionError, type Listener } from "../net/connection.ts";
import { type ListenOptions, wantedAddress } from "../net/listen_options.ts";
import { parseTrustedProxies, type TrustedProxies } from "../net/proxy/trusted_proxies.ts";
import { listen } from "../net/listen.ts";
import type { TlsOptions } from "../net/tls/tls_options.ts";
import { type OpenListenerOptions, type OpenPortOptions, portError, StartError } from "./command.ts";
import type { CommonValues } from "./flags/common_flags.ts";
import { UsageError } from "./flags/flag.ts";

/** Opens the ports of a server by its flags. */
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
  /** The descriptor of a socket that the service manager has opened for the server. */
  readonly passedSocket?: number | undefined;
  /** Called with connections that are closed before they are accepted. */
  readonly onError?: (error: unknown, client: NetAddress) => void;
}

// Flags that a socket replaces, or cannot be combined with.
const SOCKET_EXCLUDES: readonly string[] = ["port", "host"];
const PASSED_EXCLUDES: readonly string[] = [...SOCKET_EXCLUDES, "socket"];
const PASSED = "the environment variable LISTEN_FDS";

/**
 * Makes the ways to open ports.
 *
 * @param given the flags that were given
 * @throws {UsageError} for flags that exclude each other
 */
export function createPorts(
  values: CommonValues,
  given: ReadonlyMap<string, string>,
  { tls, passedSocket, onError }: PortOptions,
): Ports {
  const { host, port, socket } = values;
  if (socket !== undefined) {
    refuseBeside({ name: given.get("socket")!, excludes: SOCKET_EXCLUDES }, values, given);
  }
  if (passedSocket !== undefined) refuseBeside({ name: PASSED, excludes: PASSED_EXCLUDES }, values, given);
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
      if (passedSocket !== undefined) return open({ fd: passedSocket, ...how }, PASSED);
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

interface SocketWay {
  /** The flag or the variable that names the socket. */
  readonly name: string;
  /** Flags that it excludes. */
  readonly excludes: readonly string[];
}

function refuseBeside(socket: SocketWay, values: object, given: ReadonlyMap<string, string>): void {
  for (const name of socket.excludes) {
    const way = given.get(name);
    // Platforms set PORT for whatever runs there, so it means nothing with a socket.
    if (way === undefined || way === "the environment variable PORT") continue;
    throw new UsageError(`bad value for ${socket.name}: ${way} is given too`);
  }
  if ("workers" in values && values.workers !== 1) {
    throw new UsageError(`bad value for ${socket.name}: several workers cannot share a socket`);
  }
}

async function openOne(options: ListenOptions, flag: string | undefined): Promise<Listener> {
  try {
    return await listen(options);
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    if (options.fd !== undefined) {
      throw new StartError(2, `bad value for ${flag}: cannot listen on descriptor ${options.fd}`, {
        cause: error,
      });
    }
    throw portError(error, wantedAddress(options), flag);
  }
}

import { type NetAddress, type TcpAddress, tcpAddress, type UnixAddress, unixAddress } from "./address.ts";
import type { ProxyProtocolOptions } from "./proxy/proxy_protocol.ts";
import type { TlsOptions } from "./tls/tls_options.ts";

/** Options of {@linkcode listen} for a TCP port. */
export interface TcpListenOptions {
  /** Address or name to bind; default 127.0.0.1. IPv6 with or without brackets; `::` takes both families. */
  readonly hostname?: string | undefined;
  /** TCP port; 0 asks for any free one. */
  readonly port: number;
  /** Share the port with other listeners of the same user (SO_REUSEPORT); default false. */
  readonly reusePort?: boolean | undefined;
  /** Without it the connections are not encrypted. */
  readonly tls?: TlsOptions | undefined;
  /** Connections begin with the PROXY protocol; default: they do not. */
  readonly proxyProtocol?: ProxyProtocolOptions | undefined;
  /**
   * Whether connections must have {@linkcode Connection.reset}; default false: on Deno only sockets of
   * node:net have it.
   */
  readonly needsReset?: boolean | undefined;
  /** Never set: a port is not a socket. */
  readonly path?: undefined;
  /** Never set: the port is not open yet. */
  readonly fd?: undefined;
}

/** Options of {@linkcode listen} for a unix socket. */
export interface UnixListenOptions {
  /**
   * The path of the socket, at most 107 bytes. The socket is made with mode 0660 and removed when the
   * listener is closed. A stale socket there is replaced.
   */
  readonly path: string;
  /** Without it the connections are not encrypted. */
  readonly tls?: TlsOptions | undefined;
  /** Connections begin with the PROXY protocol; default: they do not. */
  readonly proxyProtocol?: ProxyProtocolOptions | undefined;
  /** Never set: a socket has no host. */
  readonly hostname?: undefined;
  /** Never set: a socket has no port. */
  readonly port?: undefined;
  /** Never set: a socket has one listener. */
  readonly reusePort?: undefined;
  /** Whether connections must have {@linkcode Connection.reset}, if there is one. */
  readonly needsReset?: boolean | undefined;
  /** Never set: the socket is not open yet. */
  readonly fd?: undefined;
}

/** Options of {@linkcode listen} for a socket that another program has opened, as systemd does. */
export interface DescriptorListenOptions {
  /** The descriptor of a TCP port or a unix socket that listens. */
  readonly fd: number;
  /** Without it the connections are not encrypted. */
  readonly tls?: TlsOptions | undefined;
  /** Connections begin with the PROXY protocol; default: they do not. */
  readonly proxyProtocol?: ProxyProtocolOptions | undefined;
  /** Never set: the socket has its own. */
  readonly hostname?: undefined;
  /** Never set: the socket has its own. */
  readonly port?: undefined;
  /** Never set: the socket has its own. */
  readonly path?: undefined;
  /** Whether connections must have {@linkcode Connection.reset}, if there is one. */
  readonly needsReset?: boolean | undefined;
  /** Never set: the program that opened the socket has decided. */
  readonly reusePort?: undefined;
}

/** Options of {@linkcode listen}. */
export type ListenOptions = TcpListenOptions | UnixListenOptions | DescriptorListenOptions;

/** The address that options ask for, with port 0 if any free one will do; that of a descriptor is unknown. */
export function wantedAddress({ hostname = "127.0.0.1", port = 0, path, fd }: ListenOptions): NetAddress {
  return path !== undefined || fd !== undefined ? unixAddress(path ?? "") : tcpAddress(hostname, port);
}

/** The kind of address that options lead to. */
export type AddressOf<Options extends ListenOptions> = Options extends UnixListenOptions ? UnixAddress
  : Options extends TcpListenOptions ? TcpAddress
  : NetAddress;

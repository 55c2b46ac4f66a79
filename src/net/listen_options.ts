import type { TcpAddress, UnixAddress } from "./address.ts";
import type { ProxyProtocolOptions } from "./proxy_protocol.ts";

/** PEM texts of a server's certificate. */
export interface TlsOptions {
  /** Certificate chain, the server's own first. */
  readonly cert: string;
  /** Its private key. */
  readonly key: string;
}

/** What {@linkcode listen} needs to know of a TCP port. */
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
  /** Nothing: a port is no socket. */
  readonly path?: undefined;
}

/** What {@linkcode listen} needs to know of a unix socket. */
export interface UnixListenOptions {
  /**
   * Where the socket is made: with mode 0660, in the place of one that nobody listens on any more; removed when the
   * listener is closed. At most 107 bytes.
   */
  readonly path: string;
  /** Without it the connections are not encrypted. */
  readonly tls?: TlsOptions | undefined;
  /** Connections begin with the PROXY protocol; default: they do not. */
  readonly proxyProtocol?: ProxyProtocolOptions | undefined;
  /** Nothing: a socket has no host. */
  readonly hostname?: undefined;
  /** Nothing: a socket has no port. */
  readonly port?: undefined;
  /** Nothing: a socket has one listener. */
  readonly reusePort?: undefined;
}

/** What {@linkcode listen} needs to know. */
export type ListenOptions = TcpListenOptions | UnixListenOptions;

/** The kind of address that options lead to. */
export type AddressOf<Options extends ListenOptions> = Options extends UnixListenOptions ? UnixAddress
  : TcpAddress;

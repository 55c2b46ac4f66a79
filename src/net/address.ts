// The only type of an address, and every text that is made from one.

/** An end of a TCP connection, or a TCP port. */
export interface TcpAddress {
  /** Tells this from a socket in the file system. */
  readonly transport: "tcp";
  /** IP address in text form, IPv6 without brackets; IPv4 as IPv4, also on a socket of both families. */
  readonly hostname: string;
  /** TCP port, 0 to 65,535. */
  readonly port: number;
}

/** An end of a connection over a unix socket, or that socket. */
export interface UnixAddress {
  /** Tells this from TCP. */
  readonly transport: "unix";
  /** The path of the socket; empty for a client, because its end has no name. */
  readonly path: string;
  /** A socket has no host; the field lets a program ask any address for one. */
  readonly hostname?: undefined;
  /** A socket has no port. */
  readonly port?: undefined;
}

/** One end of a connection, or the address of a listener. */
export type NetAddress = TcpAddress | UnixAddress;

/** An address to connect to: a {@linkcode NetAddress}, or its fields without `transport`. */
export type Destination =
  | { readonly hostname: string; readonly port: number; readonly path?: undefined }
  | { readonly path: string; readonly hostname?: undefined; readonly port?: undefined };

const MAPPED_IPV4 = /^::ffff:([0-9.]+)$/i;

/**
 * Makes an address of TCP.
 *
 * @param hostname IP address; IPv4 that a socket of both families shows as IPv6 (RFC 4291 §2.5.5.2) becomes
 *   IPv4 again
 */
export function tcpAddress(hostname: string, port: number): TcpAddress {
  const mapped = hostname.startsWith("::") ? MAPPED_IPV4.exec(hostname)?.[1] : undefined;
  return { transport: "tcp", hostname: mapped ?? hostname, port };
}

/** Makes an address of a unix socket. @param path empty for the end of a client */
export function unixAddress(path: string): UnixAddress {
  return { transport: "unix", path };
}

/** Makes the address that a caller means. */
export function addressOf(destination: Destination): NetAddress {
  return destination.path === undefined
    ? tcpAddress(withoutBrackets(destination.hostname), destination.port)
    : unixAddress(destination.path);
}

/** The host of an address, without a port: an IP address, `unix` for every end of a unix socket. */
export function hostOf(address: NetAddress): string {
  switch (address.transport) {
    case "tcp":
      return address.hostname;
    case "unix":
      return "unix";
  }
}

/**
 * Writes an address as people do: `127.0.0.1:80`, `[::1]:80`, `unix:/run/x.sock`, `unix` for a client without
 * a name.
 */
export function formatAddress(address: NetAddress): string {
  switch (address.transport) {
    case "tcp":
      return `${bracket(address.hostname)}:${address.port}`;
    case "unix":
      return address.path === "" ? "unix" : `unix:${address.path}`;
  }
}

/** The facts about a listener that {@linkcode urlOf} needs. */
export interface Listening {
  /** The address in use. */
  readonly address: NetAddress;
  /** Whether connections speak TLS. */
  readonly isEncrypted: boolean;
}

/**
 * The URL of a listener: `http://127.0.0.1:80/`, `https://[::1]:443/`, `tcp://127.0.0.1:81`,
 * `unix:/run/x.sock`.
 *
 * @param protocol the protocol in use: lines over TCP have no path, hence no slash
 */
export function urlOf({ address, isEncrypted }: Listening, protocol: "http" | "tcp" = "http"): string {
  if (address.transport === "unix") return formatAddress(address);
  if (protocol === "tcp") return `${isEncrypted ? "tls" : "tcp"}://${formatAddress(address)}`;
  return `${isEncrypted ? "https" : "http"}://${formatAddress(address)}/`;
}

/** A host as runtimes take it: `::1` for `[::1]`. */
export function withoutBrackets(hostname: string): string {
  return hostname.startsWith("[") && hostname.endsWith("]") ? hostname.slice(1, -1) : hostname;
}

/** Writes a host as it stands in a URL: IPv6 in brackets (RFC 3986 §3.2.2). */
function bracket(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

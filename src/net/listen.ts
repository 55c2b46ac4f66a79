import { addressOf, type Destination, type NetAddress, type TcpAddress, withoutBrackets } from "./address.ts";
import { type Connection, type Listener } from "./connection.ts";
import type { AddressOf, ListenOptions } from "./listen_options.ts";
import { connectWithDeno, listenWithDeno } from "./runtimes/deno.ts";

/**
 * Opens a TCP port or a unix socket through the adapter of the current runtime.
 *
 * @throws {TypeError} unless either a port or a path is given
 * @throws {RangeError} when the port is not between 0 and 65535
 * @throws {ConnectionError} `in-use`, `denied`, `not-available`, `bad-certificate` or `failed`
 */
export async function listen<Options extends ListenOptions>(
  options: Options,
): Promise<Listener<AddressOf<Options>>> {
  const wanted = checkOptions(options);
  const opened = await (await loadAdapter()).listen(wanted);
  const { proxyProtocol, tls } = wanted;
  // If TLS is in use, the preface comes before it, and the adapter reads it.
  const listener = proxyProtocol === undefined || tls !== undefined
    ? opened
    : (await import("./proxy/proxy_protocol.ts")).withProxyProtocol(opened, proxyProtocol);
  // The adapters give an address of the kind that was asked for.
  return listener as Listener<AddressOf<Options>>;
}

/**
 * Opens a connection without TLS, over TCP or a unix socket.
 *
 * @throws {ConnectionError} `refused`, `denied`, `not-available` or `failed`
 */
export async function connect(destination: Destination): Promise<Connection> {
  return (await loadAdapter()).connect(addressOf(destination));
}

/**
 * Opens a connection over TLS; the certificate is checked for the name.
 *
 * @param serverName the name of the server, or its address if it has none
 * @throws {ConnectionError} `refused`, `denied` or `failed`, also for a certificate that is not trusted
 */
export async function connectTls(address: TcpAddress, serverName: string): Promise<Connection> {
  const { connectOverTls } = await import("./tls/connect_tls.ts");
  return await connectOverTls(address, serverName);
}

// Callers without types may ask for both, and a port must never be opened in place of a socket.
function checkOptions(options: ListenOptions): ListenOptions {
  const { hostname, port, path, fd } = options;
  const ways = [port, path, fd].filter((way) => way !== undefined);
  if (ways.length !== 1 || (hostname !== undefined && port === undefined)) {
    throw new TypeError("Cannot listen: expected either a port or a path");
  }
  if (port === undefined) return options;
  const wanted = { ...options, port: checkPort(port) };
  return hostname === undefined ? wanted : { ...wanted, hostname: withoutBrackets(hostname) };
}

/** Callers without types may give the text of an environment variable. */
function checkPort(port: number): number {
  // An empty text would be 0, any free port.
  const checked = /^[0-9]+$/.test(String(port)) ? Number(port) : NaN;
  if (!(checked <= 65_535)) {
    throw new RangeError(`Cannot listen: expected a port of 0 to 65535, got ${JSON.stringify(String(port))}`);
  }
  return checked;
}

interface Adapter {
  readonly listen: (options: ListenOptions) => Promise<Listener>;
  readonly connect: (address: NetAddress) => Promise<Connection>;
}

// Deno's adapter loads everywhere, and needs no permission to be read when a program has --allow-net alone. The
// others are loaded when they are needed: they would not load on another runtime, or slow down its start.
async function loadAdapter(): Promise<Adapter> {
  if ("Deno" in globalThis) {
    return { listen: viaNode(listenWithDeno), connect: connectWithDeno };
  }
  if ("Bun" in globalThis) {
    const { connectWithBun, listenWithBun } = await import("./runtimes/bun.ts");
    return { listen: viaNode(listenWithBun), connect: connectWithBun };
  }
  const { connectWithNode, listenWithNode } = await import("./runtimes/node.ts");
  return { listen: listenWithNode, connect: connectWithNode };
}

// Uses node:net for options that the native sockets of Deno and Bun lack.
function viaNode(listenNatively: Adapter["listen"]): Adapter["listen"] {
  return async (options) => {
    const { tls, fd, needsReset, path } = options;
    // Only Deno's own sockets have no way to reset a connection.
    const lacksReset = needsReset === true && path === undefined && "Deno" in globalThis;
    if (tls === undefined && fd === undefined && !lacksReset) return await listenNatively(options);
    const { listenWithNode } = await import("./runtimes/node.ts");
    return await listenWithNode(options);
  };
}

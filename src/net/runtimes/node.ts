// The adapter for Node: node:net and node:tls as Listener and Connection. Deno and Bun have both modules too,
// and use them for TLS, and for a socket that another program has opened: their own sockets cannot do either.

import { connect, createServer, type OnReadOpts, type Server, Socket } from "node:net";
import { acceptAgain } from "./accept_again.ts";
import { formatAddress, type NetAddress, tcpAddress, unixAddress } from "../address.ts";
import type { Connection, Listener } from "../connection.ts";
import { type ListenOptions, wantedAddress } from "../listen_options.ts";
import { createConnection } from "./node_socket.ts";
import { openTls } from "../tls/node_tls.ts";
import { type ProxyProtocolOptions, withProxyProtocol } from "../proxy/proxy_protocol.ts";
import { ServerCertificates } from "../tls/server_certificates.ts";
import type { SocketConnection, SocketFacts } from "../socket_connection.ts";
import { SocketListener } from "../socket_listener.ts";
import { toConnectionError } from "../system_error.ts";
import { claimPath, restrictPath } from "../unix_socket.ts";

/**
 * Opens a port with Node.
 *
 * @throws {ConnectionError} `in-use`, `denied`, `not-available`, `bad-certificate` or `failed`
 */
export async function listenWithNode(options: ListenOptions): Promise<Listener> {
  const { tls, proxyProtocol } = options;
  const certificates = tls === undefined ? undefined : new ServerCertificates(tls);
  // Half-open sockets outlive the client's FIN, because the response to its last request is still to come.
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
  const wanted = wantedAddress(options);
  try {
    await open(server, options);
  } catch (cause) {
    server.close();
    throw toConnectionError(`Cannot listen on ${formatAddress(wanted)}`, cause);
  }
  const bound = server.address();
  const address = bound === null || typeof bound === "string"
    ? unixAddress(options.path ?? bound ?? "")
    : tcpAddress(bound.address, bound.port);
  const port: Port = { server, address, certificates };
  return certificates !== undefined && proxyProtocol !== undefined
    ? acceptBehindProxies(port, certificates, proxyProtocol)
    : acceptDirectly(port);
}

async function open(server: Server, options: ListenOptions): Promise<void> {
  const { hostname = "127.0.0.1", port, path, fd, reusePort = false } = options;
  if (path !== undefined) await claimPath(path, connectWithNode);
  if (fd !== undefined) server.listen({ fd });
  else if (path !== undefined) server.listen({ path });
  // Node below 22.12 has no reusePort and ignores it; there the workers of node:cluster share the port.
  else server.listen({ host: hostname, port, ...(reusePort ? { reusePort } : {}) });
  await settled(server, "listening");
  if (path !== undefined) await restrictPath(path);
}

interface Port {
  readonly server: Server;
  readonly address: NetAddress;
  readonly certificates: ServerCertificates | undefined;
}

function acceptDirectly(port: Port): Listener {
  const { certificates } = port;
  return accept(
    port,
    (socket, ends) =>
      certificates === undefined
        ? openPlain(socket, ends)
        : openTls(socket, { ends, certificates, first: new Uint8Array(0) }),
  );
}

/** The preface of a proxy comes before the handshake, so the socket is plain at first. */
function acceptBehindProxies(
  port: Port,
  certificates: ServerCertificates,
  options: ProxyProtocolOptions,
): Listener {
  const sockets = new WeakMap<Connection, Socket>();
  const plain = accept(port, (socket, ends) => {
    const connection = createConnection(socket.resume(), { ...ends, isEncrypted: true });
    sockets.set(connection, socket);
    return connection;
  });
  return withProxyProtocol(plain, options, (connection, { local, remote }, rest) => {
    const socket = sockets.get(connection)!;
    for (const event of ["data", "end", "error"]) socket.removeAllListeners(event);
    const first = Buffer.concat([rest, ...(connection as SocketConnection).takeUnread()]);
    return openTls(socket.pause(), { ends: { local, remote }, certificates, first });
  });
}

function accept(
  { server, address, certificates }: Port,
  openSocket: (socket: Socket, ends: Ends) => SocketConnection,
): Listener {
  const endAcceptingAgain = "Deno" in globalThis ? acceptAgain(server) : undefined;
  const listener = new SocketListener({
    address,
    isEncrypted: certificates !== undefined,
    reload: certificates && ((tls) => certificates.reload(tls)),
    stop: () => {
      endAcceptingAgain?.();
      server.close();
    },
    unref: () => void server.unref(),
  });
  server.on("connection", (socket) => {
    const ends = address.transport === "unix" ? { local: address, remote: unixAddress("") } : tcpEnds(socket);
    listener.onConnection(openSocket(socket, ends));
  });
  server.on("error", (cause) => listener.onFailure(toConnectionError("Cannot accept a connection", cause)));
  return listener;
}

/** Connects to a port with Node. @throws {ConnectionError} `refused`, `denied` or `failed` */
export async function connectWithNode(address: NetAddress): Promise<Connection> {
  const destination = address.transport === "unix"
    ? { path: address.path }
    : { host: address.hostname, port: address.port };
  const socket = connect({ ...destination, allowHalfOpen: true, noDelay: true });
  try {
    await settled(socket, "connect");
  } catch (cause) {
    throw toConnectionError(`Cannot connect to ${formatAddress(address)}`, cause);
  }
  const ends = address.transport === "unix" ? { local: unixAddress(""), remote: address } : tcpEnds(socket);
  return createConnection(socket, { ...ends, isEncrypted: false });
}

/** Waits for an event of success, or for an error. */
function settled(emitter: Server | Socket, event: "listening" | "connect"): Promise<void> {
  return new Promise((resolve, reject) => {
    const onSuccess = (): void => {
      emitter.off("error", reject);
      resolve();
    };
    emitter.once("error", reject);
    emitter.once(event, onSuccess);
  });
}

type Ends = Pick<SocketFacts, "local" | "remote">;

function tcpEnds(socket: Socket): Ends {
  return {
    local: tcpAddress(socket.localAddress ?? "", socket.localPort ?? 0),
    remote: tcpAddress(socket.remoteAddress ?? "", socket.remotePort ?? 0),
  };
}

// The bytes of all connections come here first, and are copied to the buffer of a read.
const READ_BUFFER = new Uint8Array(65_536);
const IS_BUN = "Bun" in globalThis;

/**
 * Opens a connection that reads all bytes into one buffer. Node would otherwise make a buffer of 64 KiB for
 * each read, which costs 1.1 µs a request (Node 20.20, 24.21), and Deno would send each read through a
 * stream, which costs an eighth of a small request to the trap (Deno 2.9.6). Bun does not read so.
 *
 * Only sockets that a program makes itself can read so (`onread`), so the accepted socket hands its handle to
 * a new one.
 */
function openPlain(accepted: Socket & { _handle?: unknown }, ends: Ends): SocketConnection {
  const handle = accepted._handle;
  const facts = { ...ends, isEncrypted: false };
  if (!handle || IS_BUN) return createConnection(accepted.resume(), facts);
  accepted._handle = null;
  const onread: OnReadOpts = {
    buffer: READ_BUFFER,
    callback: (count) => {
      if (count < READ_BUFFER.length) {
        connection.onData(READ_BUFFER.subarray(0, count));
        return true;
      }
      connection.onMoreData(READ_BUFFER);
      // If no read waits for more, they are better left with the system than copied.
      return connection.pauseUnlessAwaited();
    },
  };
  const options = { handle, onread, allowHalfOpen: true };
  const connection = createConnection(new Socket(options), facts);
  return connection;
}

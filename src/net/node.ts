// The adapter for Node: node:net and node:tls as Listener and Connection.

import { connect, createServer, type OnReadOpts, type Server, Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { formatAddress, type NetAddress, tcpAddress, unixAddress } from "./address.ts";
import type { Connection, Listener } from "./connection.ts";
import type { ListenOptions } from "./listen_options.ts";
import { type DrivenSocket, SocketConnection, type SocketFacts } from "./socket_connection.ts";
import { SocketListener } from "./socket_listener.ts";
import { toConnectionError } from "./system_error.ts";
import { claimPath, restrictPath } from "./unix_socket.ts";

/**
 * Opens a port with Node.
 *
 * @throws {ConnectionError} `in-use`, `denied`, `not-available`, `bad-certificate` or `failed`
 */
export async function listenWithNode(options: ListenOptions): Promise<Listener> {
  const { hostname = "127.0.0.1", port = 0, path, reusePort = false, tls } = options;
  const wanted = path === undefined ? tcpAddress(hostname, port) : unixAddress(path);
  // Half-open sockets outlive the client's FIN: the answer to its last request is still to come.
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
  // Node below 22.12 has no reusePort and does not look at it: there the workers of node:cluster share the port.
  let secureContext: SecureContext | undefined;
  try {
    if (tls !== undefined) secureContext = createSecureContext(tls);
    if (path === undefined) server.listen({ host: hostname, port, ...(reusePort ? { reusePort } : {}) });
    else {
      await claimPath(path, connectWithNode);
      server.listen({ path });
    }
    await settled(server, "listening");
    if (path !== undefined) await restrictPath(path);
  } catch (cause) {
    server.close();
    throw toConnectionError(`Cannot listen on ${formatAddress(wanted)}`, cause);
  }
  const bound = server.address();
  const listener = new SocketListener({
    address: bound === null || typeof bound === "string" ? wanted : tcpAddress(bound.address, bound.port),
    isEncrypted: secureContext !== undefined,
    stop: () => server.close(),
    unref: () => void server.unref(),
  });
  server.on("connection", (socket) => {
    const ends = path === undefined ? tcpEnds(socket) : { local: wanted, remote: unixAddress("") };
    listener.onConnection(
      secureContext === undefined ? openPlain(socket, ends) : openTls(socket, ends, secureContext),
    );
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

/** Waits for an event of success, or for the error that comes instead. */
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

function tcpEnds(socket: Socket): Ends {
  return {
    local: tcpAddress(socket.localAddress ?? "", socket.localPort ?? 0),
    remote: tcpAddress(socket.remoteAddress ?? "", socket.remotePort ?? 0),
  };
}

function openTls(plain: Socket, ends: Ends, secureContext: SecureContext): SocketConnection {
  // Like on the other runtimes the handshake is part of the first read, with that read's time-out.
  const socket = new TLSSocket(plain, { isServer: true, secureContext });
  return createConnection(socket, { ...ends, isEncrypted: true });
}

type Ends = Pick<SocketFacts, "local" | "remote">;

// Bytes come here first, of all connections, and are copied to where a read wants them.
const READ_BUFFER = new Uint8Array(65_536);

/**
 * Opens a connection whose bytes are read into one buffer. Node makes a buffer of 64 KiB for each read otherwise, which
 * costs 1.1 µs a request (Node 20.20, 24.21).
 *
 * Only sockets that a program makes itself can read so (`onread`): the accepted one hands its handle over to another.
 */
function openPlain(accepted: Socket & { _handle?: unknown }, ends: Ends): SocketConnection {
  const handle = accepted._handle;
  const facts = { ...ends, isEncrypted: false };
  if (!handle) return createConnection(accepted.resume(), facts);
  accepted._handle = null;
  const onread: OnReadOpts = {
    buffer: READ_BUFFER,
    callback: (count) => {
      connection.onData(READ_BUFFER.subarray(0, count));
      return true;
    },
  };
  const options = { handle, onread, allowHalfOpen: true };
  const connection = createConnection(new Socket(options), facts);
  return connection;
}

function createConnection(socket: Socket, facts: SocketFacts): SocketConnection {
  const driver = new NodeSocket(socket, facts.isEncrypted);
  const connection = new SocketConnection(driver, facts);
  driver.connection = connection;
  socket.on("data", (bytes: Uint8Array) => connection.onData(bytes));
  socket.on("end", () => connection.onEnd());
  socket.on("error", (cause) => connection.onFailure(toConnectionError("Cannot use the connection", cause)));
  return connection;
}

// So many bytes are one write for Node, whose progress cannot be seen while it lasts. Over TLS fewer cost less: 444 µs a
// megabyte instead of 564 with Deno's node:tls (2.9.6).
const MAX_WRITE_BYTES = 262_144;
const MAX_TLS_WRITE_BYTES = 65_536;
const NOTHING = new Uint8Array(0);

class NodeSocket implements DrivenSocket {
  connection: SocketConnection | undefined;
  readonly #socket: Socket;
  readonly #isEncrypted: boolean;

  constructor(socket: Socket, isEncrypted: boolean) {
    this.#socket = socket;
    this.#isEncrypted = isEncrypted;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  send(bytes: Uint8Array): number {
    return this.#isEncrypted ? this.#sendEncrypted(bytes) : this.#sendPlain(bytes);
  }

  #sendPlain(bytes: Uint8Array): number {
    const socket = this.#socket;
    for (let position = 0; position < bytes.length; position += MAX_WRITE_BYTES) {
      const piece = bytes.length <= MAX_WRITE_BYTES
        ? bytes
        : bytes.subarray(position, position + MAX_WRITE_BYTES);
      socket.write(piece);
      // Almost always the system has taken it by now, and there is no need for a callback.
      if (socket.writableLength === 0) continue;
      socket.write(NOTHING, (error) => error ? undefined : this.connection?.onTaken(piece.length));
      return position;
    }
    return bytes.length;
  }

  // What is encrypted is never taken at once, and Deno's node:tls fails to write nothing.
  #sendEncrypted(bytes: Uint8Array): number {
    const piece = bytes.subarray(0, MAX_TLS_WRITE_BYTES);
    this.#socket.write(piece, (error) => error ? undefined : this.connection?.onTaken(piece.length));
    return 0;
  }

  finish(): Promise<void> {
    return new Promise((resolve) => this.#socket.end(resolve));
  }

  destroy(): void {
    const socket = this.#socket;
    if (!this.#isEncrypted || socket.writableLength > 0) return void socket.destroy();
    // TLS ends with a closure alert, where one can be sent without waiting (RFC 9112 §9.8).
    socket.end();
    setImmediate(() => socket.destroy());
  }
}

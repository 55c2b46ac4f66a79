// The adapter for Bun: its native sockets as Listener and Connection. TLS goes through its node:tls
// (node_tls.ts).

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { ConnectionError } from "../connection.ts";
import { formatAddress, type NetAddress, tcpAddress, unixAddress } from "../address.ts";
import type { Connection, Listener } from "../connection.ts";
import { type ListenOptions, wantedAddress } from "../listen_options.ts";
import { type DrivenSocket, SocketConnection, type SocketFacts } from "../socket_connection.ts";
import { SocketListener } from "../socket_listener.ts";
import { toConnectionError } from "../system_error.ts";
import { claimPath, restrictPath } from "../unix_socket.ts";

// The parts of Bun 1.4 in use here; Deno's types do not include them.
interface BunSocket {
  data: SocketConnection;
  // Undefined on a unix socket.
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  /** Gives the number of bytes taken, or -1 when the connection is broken. */
  write(bytes: Uint8Array): number;
  pause(): void;
  resume(): void;
  /** Sends FIN. */
  shutdown(): void;
  /** Closes both directions, after the bytes taken. */
  end(): void;
  /** Closes both directions with a RST. */
  terminate(): void;
  setNoDelay(isOn: boolean): boolean;
}

interface SocketHandler {
  readonly binaryType: "uint8array";
  open(socket: BunSocket): void;
  data(socket: BunSocket, bytes: Uint8Array<ArrayBuffer>): void;
  drain(socket: BunSocket): void;
  end(socket: BunSocket): void;
  close(socket: BunSocket, error?: Error): void;
  error(socket: BunSocket, error: Error): void;
}

type Place = { readonly hostname: string; readonly port: number } | { readonly unix: string };

interface SocketOptions {
  readonly allowHalfOpen: true;
  readonly socket: SocketHandler;
}

interface BunRuntime {
  listen(
    options: Place & SocketOptions & Pick<ListenOptions, "reusePort">,
  ): { readonly port?: number; stop(): void; unref(): void };
  connect(options: Place & SocketOptions): Promise<BunSocket>;
}

const { Bun } = globalThis as unknown as { readonly Bun: BunRuntime };

/**
 * Opens a port with Bun.
 *
 * @throws {ConnectionError} `in-use`, `denied`, `not-available` or `failed`
 */
export async function listenWithBun(options: ListenOptions): Promise<Listener> {
  const { hostname = "127.0.0.1", port = 0, path, reusePort = false } = options;
  const wanted = wantedAddress(options);
  let listener: SocketListener;
  const endsOf = path === undefined ? tcpEnds : (): Ends => ({ local: wanted, remote: unixAddress("") });
  const handler = createHandler({
    endsOf,
    take: (connection) => listener.onConnection(connection),
  });
  try {
    if (path !== undefined) await claimPath(path, connectWithBun);
    // Bun reports the given name of the port; the address is for the callers.
    const address = isIP(hostname) === 0 ? (await lookup(hostname)).address : hostname;
    const server = Bun.listen({
      ...(path === undefined ? { hostname: address, port, reusePort } : { unix: path }),
      // Half-open sockets outlive the client's FIN, because the response to its last request is still to
      // come.
      allowHalfOpen: true,
      socket: handler,
    });
    listener = new SocketListener({
      address: server.port === undefined ? wanted : tcpAddress(address, server.port),
      isEncrypted: false,
      stop: () => server.stop(),
      unref: () => server.unref(),
    });
    if (path !== undefined) {
      await restrictPath(path).catch((error) => {
        listener.close();
        throw error;
      });
    }
    return listener;
  } catch (cause) {
    throw toConnectionError(`Cannot listen on ${formatAddress(wanted)}`, cause);
  }
}

/** Connects to a port with Bun. @throws {ConnectionError} `refused`, `denied` or `failed` */
export async function connectWithBun(address: NetAddress): Promise<Connection> {
  const isUnix = address.transport === "unix";
  const endsOf = isUnix ? (): Ends => ({ local: unixAddress(""), remote: address }) : tcpEnds;
  const place = isUnix ? { unix: address.path } : { hostname: address.hostname, port: address.port };
  const socket = createHandler({ endsOf, take: () => {} });
  try {
    return (await Bun.connect({ ...place, allowHalfOpen: true, socket })).data;
  } catch (cause) {
    throw toConnectionError(`Cannot connect to ${formatAddress(address)}`, cause);
  }
}

type Ends = Pick<SocketFacts, "local" | "remote">;

function tcpEnds({ localAddress, localPort, remoteAddress, remotePort }: BunSocket): Ends {
  return {
    local: tcpAddress(localAddress ?? "", localPort ?? 0),
    remote: tcpAddress(remoteAddress ?? "", remotePort ?? 0),
  };
}

interface Opening {
  readonly endsOf: (socket: BunSocket) => Ends;
  readonly take: (connection: SocketConnection) => void;
}

function createHandler({ endsOf, take }: Opening): SocketHandler {
  return {
    binaryType: "uint8array",
    open(socket) {
      socket.setNoDelay(true);
      socket.data = new SocketConnection(new DrivenBunSocket(socket), {
        ...endsOf(socket),
        isEncrypted: false,
      });
      take(socket.data);
    },
    data: ({ data }, bytes) => data.onOwnData(bytes),
    drain: ({ data }) => data.onTaken(0),
    end: ({ data }) => data.onEnd(),
    error: ({ data }, error) => data.onFailure(toConnectionError("Cannot use the connection", error)),
    close({ data }, error) {
      // Without an error both sides have sent FIN, and the peer's FIN may have come last.
      if (error === undefined) data.onEnd();
      data.onFailure(error === undefined ? gone() : toConnectionError("Cannot use the connection", error));
    },
  };
}

function gone(): ConnectionError {
  return new ConnectionError("closed", "Cannot use the connection: both sides have ended it");
}

class DrivenBunSocket implements DrivenSocket {
  readonly #socket: BunSocket;

  constructor(socket: BunSocket) {
    this.#socket = socket;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  send(bytes: Uint8Array): number {
    const count = this.#socket.write(bytes);
    if (count >= 0) return count;
    this.#socket.data.onFailure(
      new ConnectionError("reset", "Cannot write to the connection: the peer is gone"),
    );
    return 0;
  }

  finish(): void {
    this.#socket.shutdown();
  }

  destroy(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#socket.terminate();
  }
}

// The adapter for Deno: Deno.listen as Listener and Connection; TLS is in node_tls.ts.

import { ownMessageOf } from "../../base/error_text.ts";
import { ConnectionError, type ConnectionErrorCode } from "../connection.ts";
import type { Connection, Listener, Receiver, Sender } from "../connection.ts";
import { type ListenOptions, wantedAddress } from "../listen_options.ts";
import { formatAddress, type NetAddress, tcpAddress, unixAddress } from "../address.ts";
import { SendQueue } from "../send_queue.ts";
import { refuseReload } from "../socket_listener.ts";
import { classifySystemError } from "../system_error.ts";
import { StreamConnection } from "../web_streams.ts";

/**
 * Opens a port with Deno.
 *
 * @throws {ConnectionError} `in-use`, `denied`, `not-available` or `failed`
 */
export async function listenWithDeno(options: ListenOptions): Promise<Listener> {
  const { hostname = "127.0.0.1", port = 0, path, reusePort = false } = options;
  try {
    if (path === undefined) return new DenoListener(Deno.listen({ hostname, port, reusePort }));
    // Imported late, since it needs the file system: browsers bundle this file with serveConnection().
    const { claimPath, restrictPath } = await import("../unix_socket.ts");
    await claimPath(path, connectWithDeno);
    const listener = Deno.listen({ transport: "unix", path });
    await restrictPath(path).catch((error) => {
      listener.close();
      throw error;
    });
    return new DenoListener(listener);
  } catch (cause) {
    throw toConnectionError(`Cannot listen on ${formatAddress(wantedAddress(options))}`, cause);
  }
}

/** Connects to a port with Deno. @throws {ConnectionError} `refused`, `denied` or `failed` */
export async function connectWithDeno(address: NetAddress): Promise<Connection> {
  try {
    // Each kind has its own overload.
    const conn = address.transport === "unix" ? await Deno.connect(address) : await Deno.connect(address);
    return new DenoConnection(conn);
  } catch (cause) {
    throw toConnectionError(`Cannot connect to ${formatAddress(address)}`, cause);
  }
}

class DenoListener implements Listener {
  readonly address: NetAddress;
  readonly isEncrypted = false;
  readonly #listener: Deno.TcpListener | Deno.UnixListener;

  constructor(listener: Deno.TcpListener | Deno.UnixListener) {
    this.#listener = listener;
    this.address = toNetAddress(listener.addr);
  }

  async accept(): Promise<Connection | null> {
    for (;;) {
      try {
        return new DenoConnection(await this.#listener.accept());
      } catch (cause) {
        // A client that resets its connection before it is accepted is not a failure of the listener.
        if (cause instanceof Deno.errors.NotConnected) continue;
        const error = toConnectionError("Cannot accept a connection", cause);
        if (error.code === "closed") return null;
        throw error;
      }
    }
  }

  unref(): void {
    this.#listener.unref();
  }

  reload(): never {
    refuseReload();
  }

  close(): void {
    ignoreClosed(() => this.#listener.close());
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Connection> {
    for (let next = await this.accept(); next !== null; next = await this.accept()) yield next;
  }
}

class DenoConnection extends StreamConnection {
  readonly local: NetAddress;
  readonly remote: NetAddress;
  readonly isEncrypted = false;
  readonly #conn: Deno.TcpConn | Deno.UnixConn;
  #receiver: Receiver | undefined;
  readonly #sending: SendQueue;
  // Made once, which saves a closure and a promise for each call.
  readonly #onRead = (count: number | null): void => this.#receiver!.onReceived(count);
  readonly #onReadFailed = (cause: unknown): void =>
    this.#receiver!.onReceiveFailed(toConnectionError("Cannot read from the connection", cause));
  readonly #onWritten = (count: number): void => this.#sending.advance(count);
  readonly #onWriteFailed = (cause: unknown): void =>
    this.#sending.fail(toConnectionError("Cannot write to the connection", cause));

  constructor(conn: Deno.TcpConn | Deno.UnixConn) {
    super();
    this.#conn = conn;
    this.#sending = new SendQueue((bytes) =>
      void conn.write(bytes).then(this.#onWritten, this.#onWriteFailed)
    );
    this.local = toNetAddress(conn.localAddr);
    this.remote = toNetAddress(conn.remoteAddr);
    // Responses are joined before they are written, so waiting for more would only delay them.
    if ("setNoDelay" in conn) disableDelay(conn);
  }

  receive(buffer: Uint8Array, receiver: Receiver): void {
    this.#receiver = receiver;
    this.#conn.read(buffer).then(this.#onRead, this.#onReadFailed);
  }

  transmit(bytes: Uint8Array, sender: Sender): void {
    this.#sending.transmit(bytes, sender);
  }

  get bufferedBytes(): number {
    return this.#sending.bufferedBytes;
  }

  async closeWrite(): Promise<void> {
    await this.#sending.drain();
    try {
      await this.#conn.closeWrite();
    } catch {
      // The peer or we have closed already: there is nothing left to end.
    }
  }

  close(): void {
    ignoreClosed(() => this.#conn.close());
  }
}

function toNetAddress(address: Deno.NetAddr | Deno.UnixAddr): NetAddress {
  // The end of a client has no path: Deno gives null there, against its types.
  return "path" in address ? unixAddress(address.path ?? "") : tcpAddress(address.hostname, address.port);
}

/**
 * Sends small writes at once. Some systems refuse that for a peer that has gone; then the first read fails.
 */
function disableDelay(conn: Deno.TcpConn): void {
  try {
    conn.setNoDelay(true);
  } catch {
    return;
  }
}

function ignoreClosed(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

function toConnectionError(action: string, cause: unknown): ConnectionError {
  if (cause instanceof ConnectionError) return cause;
  const state = ownMessageOf(cause);
  return new ConnectionError(classify(cause), `${action}: ${state}`, { cause });
}

function classify(cause: unknown): ConnectionErrorCode {
  if (cause instanceof Deno.errors.BadResource || cause instanceof Deno.errors.Interrupted) return "closed";
  if (cause instanceof Deno.errors.ConnectionReset || cause instanceof Deno.errors.BrokenPipe) return "reset";
  if (cause instanceof Deno.errors.ConnectionAborted || cause instanceof Deno.errors.UnexpectedEof) {
    return "reset";
  }
  if (cause instanceof Deno.errors.AddrInUse) return "in-use";
  if (cause instanceof Deno.errors.AddrNotAvailable) return "not-available";
  if (cause instanceof Deno.errors.ConnectionRefused) return "refused";
  if (cause instanceof Deno.errors.NotCapable || cause instanceof Deno.errors.PermissionDenied) {
    return "denied";
  }
  return classifySystemError(cause);
}

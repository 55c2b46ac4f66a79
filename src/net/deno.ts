// The adapter for Deno: Deno.listen and Deno.listenTls as Listener and Connection.

import { ConnectionError, type ConnectionErrorCode } from "./connection.ts";
import type { Connection, Listener, ListenOptions, NetAddress } from "./connection.ts";
import { createReadable, createWritable } from "./streams.ts";

type DenoTcpListener = Deno.TcpListener | Deno.TlsListener;
type DenoTcpConn = Deno.TcpConn | Deno.TlsConn;

/** Opens a port with Deno. @throws {ConnectionError} `in-use`, `denied`, `not-available` or `failed` */
export function listenWithDeno(options: ListenOptions): Listener {
  const { hostname = "127.0.0.1", port, reusePort = false, tls } = options;
  try {
    const listener = tls === undefined
      ? Deno.listen({ hostname, port, reusePort })
      : Deno.listenTls({ hostname, port, cert: tls.cert, key: tls.key });
    return new DenoListener(listener, tls !== undefined);
  } catch (cause) {
    throw toConnectionError(`Cannot listen on ${hostname}:${port}`, cause);
  }
}

/** Connects to a port with Deno. @throws {ConnectionError} `refused`, `denied` or `failed` */
export async function connectWithDeno(address: NetAddress): Promise<Connection> {
  try {
    return new DenoConnection(await Deno.connect({ ...address, transport: "tcp" }), false);
  } catch (cause) {
    throw toConnectionError(`Cannot connect to ${address.hostname}:${address.port}`, cause);
  }
}

class DenoListener implements Listener {
  readonly address: NetAddress;
  readonly isEncrypted: boolean;
  readonly #listener: DenoTcpListener;

  constructor(listener: DenoTcpListener, isEncrypted: boolean) {
    this.#listener = listener;
    this.isEncrypted = isEncrypted;
    this.address = toNetAddress(listener.addr as Deno.NetAddr);
  }

  async accept(): Promise<Connection | null> {
    try {
      return new DenoConnection(await this.#listener.accept(), this.isEncrypted);
    } catch (cause) {
      const error = toConnectionError("Cannot accept a connection", cause);
      if (error.code === "closed") return null;
      throw error;
    }
  }

  close(): void {
    ignoreClosed(() => this.#listener.close());
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Connection> {
    for (let next = await this.accept(); next !== null; next = await this.accept()) yield next;
  }
}

class DenoConnection implements Connection {
  readonly local: NetAddress;
  readonly remote: NetAddress;
  readonly isEncrypted: boolean;
  bufferedBytes = 0;
  readonly #conn: DenoTcpConn;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(conn: DenoTcpConn, isEncrypted: boolean) {
    this.#conn = conn;
    this.isEncrypted = isEncrypted;
    this.local = toNetAddress(conn.localAddr as Deno.NetAddr);
    this.remote = toNetAddress(conn.remoteAddr as Deno.NetAddr);
    // Answers are joined before they are written: waiting for more would only delay them.
    if ("setNoDelay" in conn) ignoreClosed(() => conn.setNoDelay(true));
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    try {
      return await this.#conn.read(buffer);
    } catch (cause) {
      throw toConnectionError("Cannot read from the connection", cause);
    }
  }

  write(bytes: Uint8Array): Promise<void> {
    const isFirst = this.bufferedBytes === 0;
    this.bufferedBytes += bytes.length;
    this.#lastWrite = isFirst ? this.#writeAll(bytes) : this.#writeBehind(this.#lastWrite, bytes);
    return this.#lastWrite;
  }

  async #writeBehind(last: Promise<void>, bytes: Uint8Array): Promise<void> {
    await last;
    await this.#writeAll(bytes);
  }

  // After a failure bufferedBytes stays above zero, and with it every later write fails behind the first one.
  async #writeAll(bytes: Uint8Array): Promise<void> {
    try {
      for (let start = 0; start < bytes.length;) {
        const sent = await this.#conn.write(start === 0 ? bytes : bytes.subarray(start));
        start += sent;
        this.bufferedBytes -= sent;
      }
    } catch (cause) {
      throw toConnectionError("Cannot write to the connection", cause);
    }
  }

  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#readable ??= createReadable(this);
  }

  get writable(): WritableStream<Uint8Array> {
    return this.#writable ??= createWritable(this);
  }

  async closeWrite(): Promise<void> {
    try {
      await this.#lastWrite;
      await this.#conn.closeWrite();
    } catch {
      // The peer or we have closed already: there is nothing left to end.
    }
  }

  close(): void {
    ignoreClosed(() => this.#conn.close());
  }
}

function toNetAddress(address: Deno.NetAddr): NetAddress {
  return { hostname: address.hostname, port: address.port };
}

function ignoreClosed(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

function toConnectionError(action: string, cause: unknown): ConnectionError {
  const state = cause instanceof Error ? cause.message : String(cause);
  return new ConnectionError(classify(cause), `${action}: ${state}`, { cause });
}

function classify(cause: unknown): ConnectionErrorCode {
  if (cause instanceof Deno.errors.BadResource || cause instanceof Deno.errors.Interrupted) return "closed";
  if (cause instanceof Deno.errors.ConnectionReset || cause instanceof Deno.errors.BrokenPipe) return "reset";
  if (cause instanceof Deno.errors.ConnectionAborted || cause instanceof Deno.errors.UnexpectedEof) return "reset";
  if (cause instanceof Deno.errors.AddrInUse) return "in-use";
  if (cause instanceof Deno.errors.AddrNotAvailable) return "not-available";
  if (cause instanceof Deno.errors.ConnectionRefused) return "refused";
  if (cause instanceof Deno.errors.NotCapable || cause instanceof Deno.errors.PermissionDenied) return "denied";
  return "failed";
}

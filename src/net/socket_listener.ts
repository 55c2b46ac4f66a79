// A Listener on a port that calls back: the common part of node.ts and bun.ts.

import type { Connection, ConnectionError, Listener, NetAddress } from "./connection.ts";
import type { TlsOptions } from "./tls/tls_options.ts";

/** Refuses new certificates for a listener without TLS. @throws {TypeError} always */
export function refuseReload(): never {
  throw new TypeError("Cannot reload the certificates: the listener has no TLS");
}

interface Acceptor {
  readonly resolve: (connection: Connection | null) => void;
  readonly reject: (error: ConnectionError) => void;
}

/** The parts of a listener. */
export interface SocketListenerOptions<Address extends NetAddress> {
  /** The address in use. */
  readonly address: Address;
  /** Whether connections speak TLS. */
  readonly isEncrypted: boolean;
  /** Uses other certificates; missing if there is no TLS. */
  readonly reload?: ((tls: TlsOptions) => void) | undefined;
  /** Closes the port; called once. */
  readonly stop: () => void;
  /** Lets the program end while the port is open. */
  readonly unref: () => void;
}

/** Hands the connections from a runtime's callbacks to the callers of `accept`. */
export class SocketListener<Address extends NetAddress = NetAddress> implements Listener<Address> {
  readonly address: Address;
  readonly isEncrypted: boolean;
  readonly #stop: () => void;
  readonly #unref: () => void;
  readonly #reload: (tls: TlsOptions) => void;
  readonly #waiting: Connection[] = [];
  readonly #acceptors: Acceptor[] = [];
  #isClosed = false;

  /** Makes the listener of a port that is open. */
  constructor(options: SocketListenerOptions<Address>) {
    const { address, isEncrypted, stop, unref, reload = refuseReload } = options;
    this.address = address;
    this.isEncrypted = isEncrypted;
    this.#stop = stop;
    this.#unref = unref;
    this.#reload = reload;
  }

  /** A client has connected. */
  onConnection(connection: Connection): void {
    if (this.#isClosed) return connection.close();
    const acceptor = this.#acceptors.shift();
    if (acceptor === undefined) this.#waiting.push(connection);
    else acceptor.resolve(connection);
  }

  /** A client could not be accepted. */
  onFailure(error: ConnectionError): void {
    this.#acceptors.shift()?.reject(error);
  }

  accept(): Promise<Connection | null> {
    if (this.#isClosed) return Promise.resolve(null);
    const connection = this.#waiting.shift();
    if (connection !== undefined) return Promise.resolve(connection);
    return new Promise((resolve, reject) => this.#acceptors.push({ resolve, reject }));
  }

  unref(): void {
    this.#unref();
  }

  reload(tls: TlsOptions): void {
    this.#reload(tls);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stop();
    for (const connection of this.#waiting.splice(0)) connection.close();
    for (const { resolve } of this.#acceptors.splice(0)) resolve(null);
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Connection> {
    for (let next = await this.accept(); next !== null; next = await this.accept()) yield next;
  }
}

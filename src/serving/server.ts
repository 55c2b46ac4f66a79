import type { FetchHandler } from "../backend/fetch/fetch_handler.ts";
import type { NetAddress, TcpAddress, UnixAddress } from "../net/address.ts";
import type { TlsOptions } from "../net/tls/tls_options.ts";
import type { ServerFigures } from "./figures.ts";
import type { ServeOptions } from "./serve_options.ts";

/** A running or starting server. */
export interface Server<Address extends NetAddress = NetAddress> extends AsyncDisposable {
  /** The address it listens on. Undefined until it is ready, if the server opens its own port. */
  readonly address: Address;
  /**
   * Resolves with the server once it listens. If it cannot listen, and nobody has asked for this promise,
   * `onError` is called.
   *
   * @throws {ConnectionError} when the port cannot be opened: `in-use`, `denied`, `not-available`,
   *   `bad-certificate`
   */
  readonly ready: Promise<Server<Address>>;
  /** The number of open connections. */
  readonly connectionCount: number;
  /** Its work so far, as plain numbers. */
  readonly figures: ServerFigures;
  /** Resolves when the listener and all connections are closed. */
  readonly finished: Promise<void>;
  /**
   * Stops accepting, lets running requests finish within `graceMs`, cuts the rest.
   *
   * @returns settles together with {@linkcode Server.finished}
   */
  shutdown(): Promise<void>;
  /**
   * Uses other certificates from the next handshake on; running connections live on.
   *
   * @throws {TypeError} when the server has no TLS, or does not listen yet
   * @throws {ConnectionError} `bad-certificate`: then the old ones stay
   */
  reload(tls: TlsOptions): void;
  /** Lets the program end while the server waits for connections. Open connections still keep it running. */
  unref(): void;
  /** The same as {@linkcode Server.shutdown}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The options of `serve` to open a port and serve on it in one call. */
export interface ServerOptions extends ServeOptions, FetchHandler {
  /** Address or name to bind; default 127.0.0.1. */
  readonly hostname?: string;
  /** TCP port; default 8000, and 0 asks for any free one. */
  readonly port?: number;
  /** A unix socket in place of hostname and port. */
  readonly path?: string;
  /** Share the port with other listeners of the same user (SO_REUSEPORT); default false. */
  readonly reusePort?: boolean;
  /** Without it the connections are not encrypted. */
  readonly tls?: TlsOptions;
  /** Called once it listens, with the real port. */
  readonly onListen?: (address: NetAddress) => void;
  /** Shuts the server down when it is aborted. */
  readonly signal?: AbortSignal;
}

/** The kind of address that options lead to. */
export type AddressFor<Options extends ServerOptions> = Options extends { readonly path: string }
  ? UnixAddress
  : TcpAddress;

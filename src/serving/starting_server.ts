import type { NetAddress } from "../net/address.ts";
import type { Listener } from "../net/connection.ts";
import type { ListenOptions } from "../net/listen_options.ts";
import { listen } from "../net/listen.ts";
import type { TlsOptions } from "../net/tls/tls_options.ts";
import { NO_FIGURES, type ServerFigures } from "./figures.ts";
import type { Server, ServerOptions } from "./server.ts";

// The default of Deno.serve.
const DEFAULT_PORT = 8_000;

/** The actions of a {@linkcode StartingServer} when it has opened its port, or cannot. */
export interface StartActions<Address extends NetAddress> {
  /** Serves on a listener. */
  readonly serveOn: (listener: Listener<Address>) => Server<Address>;
  /** Called when the server cannot listen, and nobody has asked whether it can. */
  readonly onFailure: (error: unknown, address: NetAddress) => void;
}

/** A server from its call on: the port may still have to be opened. */
export class StartingServer<Address extends NetAddress> implements Server<Address> {
  readonly finished: Promise<void>;
  readonly #ready: Promise<Server<Address>>;
  #server: Server<Address> | undefined;
  #isAsked = false;
  #isStopping = false;
  #isUnreferenced = false;

  constructor(options: ServerOptions, { serveOn, onFailure }: StartActions<Address>) {
    this.#ready = this.#start(options, serveOn);
    // Callers that wait for the end do not get the reason of a failed start once more.
    this.finished = this.#ready.then(() => this.#server?.finished, (error) => {
      if (!this.#isAsked) onFailure(error, toAddress(options));
    });
  }

  get ready(): Promise<Server<Address>> {
    this.#isAsked = true;
    return this.#ready;
  }

  get address(): Address {
    return this.#server?.address as Address;
  }

  get connectionCount(): number {
    return this.#server?.connectionCount ?? 0;
  }

  get figures(): ServerFigures {
    return this.#server?.figures ?? NO_FIGURES;
  }

  async #start(
    options: ServerOptions,
    serveOn: (listener: Listener<Address>) => Server<Address>,
  ): Promise<Server<Address>> {
    const { signal, onListen } = options;
    if (signal?.aborted) this.#isStopping = true;
    signal?.addEventListener("abort", () => this.shutdown(), { once: true });
    const listener = await listen(toListenOptions(options)) as Listener<NetAddress> as Listener<Address>;
    this.#server = serveOn(listener);
    if (this.#isUnreferenced) this.unref();
    if (this.#isStopping) await this.#server.shutdown();
    else await this.#tell(onListen, listener.address);
    return this;
  }

  /** A server whose owner cannot take the news is closed again. */
  async #tell(onListen: ServerOptions["onListen"], address: Address): Promise<void> {
    try {
      onListen?.(address);
    } catch (error) {
      await this.#server!.shutdown();
      throw error;
    }
  }

  shutdown(): Promise<void> {
    this.#isStopping = true;
    this.#server?.shutdown();
    return this.finished;
  }

  reload(tls: TlsOptions): void {
    if (this.#server === undefined) {
      throw new TypeError("Cannot reload the certificates: the server does not listen yet");
    }
    this.#server.reload(tls);
  }

  unref(): void {
    this.#isUnreferenced = true;
    this.#server?.unref();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }
}

/** The address that a server should have. */
function toAddress({ hostname = "127.0.0.1", port = DEFAULT_PORT, path }: ServerOptions): NetAddress {
  return path === undefined ? { transport: "tcp", hostname, port } : { transport: "unix", path };
}

function toListenOptions({ hostname, port, path, tls, reusePort }: ServerOptions): ListenOptions {
  const shared = tls === undefined ? {} : { tls };
  // If a port is given with the path, listen() refuses it.
  if (path !== undefined) return { ...shared, path, port, hostname } as ListenOptions;
  return { ...shared, hostname, port: port ?? DEFAULT_PORT, reusePort };
}

import type { NetAddress } from "../net/address.ts";
import type { Listener } from "../net/connection.ts";
import type { ListenOptions } from "../net/listen_options.ts";
import { listen } from "../net/listen.ts";
import { NO_FIGURES, type ServerFigures } from "./figures.ts";
import type { Server, ServerOptions } from "./server.ts";

// The default of Deno.serve.
const DEFAULT_PORT = 8_000;

/** A server from its call on: the port may still have to be opened. */
export class StartingServer<Address extends NetAddress> implements Server<Address> {
  readonly ready: Promise<Server<Address>>;
  readonly finished: Promise<void>;
  #server: Server<Address> | undefined;
  #isStopping = false;
  #isUnreferenced = false;

  /** @param serveOn serves on a listener */
  constructor(options: ServerOptions, serveOn: (listener: Listener<Address>) => Server<Address>) {
    this.ready = this.#start(options, serveOn);
    // Callers that wait for the end do not get the reason of a failed start once more.
    this.finished = this.ready.then(() => this.#server?.finished, () => {});
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
    else onListen?.(listener.address);
    return this;
  }

  shutdown(): Promise<void> {
    this.#isStopping = true;
    this.#server?.shutdown();
    return this.finished;
  }

  unref(): void {
    this.#isUnreferenced = true;
    this.#server?.unref();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }
}

function toListenOptions({ hostname, port, path, tls, reusePort }: ServerOptions): ListenOptions {
  const shared = tls === undefined ? {} : { tls };
  // If a port is given with the path, listen() refuses it.
  if (path !== undefined) return { ...shared, path, port, hostname } as ListenOptions;
  return { ...shared, hostname, port: port ?? DEFAULT_PORT, reusePort };
}

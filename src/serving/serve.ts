import { type Backend, createBackend, type Handler } from "../backend/handler.ts";
import { createFetchBackend } from "../backend/fetch/fetch_backend.ts";
import type { FetchHandler } from "../backend/fetch/fetch_handler.ts";
import { overrideGlobals } from "../backend/fetch/override_globals.ts";
import type { Connection, Listener, NetAddress } from "../net/connection.ts";
import { fromWebStreams, type WebStreams } from "../net/from_web_streams.ts";
import type { TlsOptions } from "../net/tls/tls_options.ts";
import { ConnectionServer, type ConnectionService, type ServedClient } from "./connection_server.ts";
import type { ServerFigures } from "./figures.ts";
import { overloadError, overloadResponse } from "./refusals/overload.ts";
import { DEFAULT_SETTINGS, FETCH_SETTINGS, type ServeOptions } from "./serve_options.ts";
import type { AddressFor, Server, ServerOptions } from "./server.ts";
import { ServedConnection } from "./served_connection.ts";
import { createSharedResources, type SharedResources } from "./shared_resources.ts";
import { StartingServer } from "./starting_server.ts";

export type { Server } from "./server.ts";

/**
 * Serves HTTP on a listener.
 *
 * @param backend a handler; a backend made by {@linkcode createBackend}, which sees refused requests too; or
 *   anything with a web-standard `fetch`
 * @param options limits, time-outs and callbacks; see {@linkcode ServeSettings} for the defaults
 */
export function serve<Address extends NetAddress>(
  listener: Listener<Address>,
  backend: Handler | Backend | FetchHandler,
  options?: ServeOptions,
): Server<Address>;
/**
 * Opens a port or a unix socket and serves HTTP on it, with a web-standard handler.
 *
 * @param options `fetch`, the address to listen on, and the other options of {@linkcode serve}
 * @returns at once; {@linkcode Server.ready} tells when it listens, or why it cannot
 * @throws {TypeError} when there is no function `fetch`
 */
export function serve<Options extends ServerOptions>(options: Options): Server<AddressFor<Options>>;
export function serve(
  target: Listener | ServerOptions,
  backend?: Handler | Backend | FetchHandler,
  options: ServeOptions = {},
): Server {
  if (isListener(target)) return new HttpServer(target, shareFor(backend, options));
  if (typeof target?.fetch !== "function") {
    throw new TypeError("Cannot serve: expected a listener, or options with a function `fetch`");
  }
  const shared = shareFor(target, target);
  return new StartingServer(target, {
    onFailure: shared.settings.onError,
    serveOn: (listener) => new HttpServer(listener, shared),
  });
}

/**
 * Serves HTTP on one connection that the caller has accepted or made.
 *
 * @param connection a connection, or both directions of a byte stream, which are locked
 * @param backend as for {@linkcode serve}
 * @param options as for {@linkcode serve}; limits of connections have no effect here
 * @returns resolves when the connection is over; never rejects
 */
export function serveConnection(
  connection: Connection | WebStreams,
  backend: Handler | Backend | FetchHandler,
  options: ServeOptions = {},
): Promise<void> {
  const shared = shareFor(backend, options);
  const whole = "receive" in connection ? connection : fromWebStreams(connection);
  return new Promise((resolve) => new ServedConnection(whole, shared, resolve).onMoreWanted());
}

function isListener(target: Listener | ServerOptions): target is Listener {
  return typeof target === "object" && target !== null && "accept" in target;
}

function shareFor(
  backend: Handler | Backend | FetchHandler | undefined,
  options: ServeOptions,
): SharedResources {
  // First, because applications of some frameworks are functions, or have a `handle` of their own.
  if (isFetchHandler(backend)) {
    const settings = { ...DEFAULT_SETTINGS, ...FETCH_SETTINGS, ...options };
    if (settings.overrideGlobals) overrideGlobals();
    return createSharedResources(createFetchBackend(backend, settings.onError), settings);
  }
  const own = typeof backend === "function" ? createBackend([], backend) : backend;
  if (own?.handle === undefined) {
    throw new TypeError("Cannot serve: expected a handler, or an object with a function `fetch`");
  }
  return createSharedResources(own, { ...DEFAULT_SETTINGS, ...options });
}

function isFetchHandler(backend: Handler | Backend | FetchHandler | undefined): backend is FetchHandler {
  return typeof (backend as Partial<FetchHandler> | undefined)?.fetch === "function";
}

class HttpServer<Address extends NetAddress> implements Server<Address> {
  readonly address: Address;
  readonly #listener: Listener<Address>;
  readonly #shared: SharedResources;
  readonly #connections: ConnectionServer;

  constructor(listener: Listener<Address>, shared: SharedResources) {
    this.address = listener.address;
    this.#listener = listener;
    this.#shared = shared;
    const { settings, turns } = shared;
    this.#connections = new ConnectionServer(listener, new HttpService(shared), {
      ...settings,
      turns,
      trustedProxies: shared.trustedProxies,
    });
  }

  get connectionCount(): number {
    return this.#connections.connectionCount;
  }

  get figures(): ServerFigures {
    const { counters, memory } = this.#shared;
    const { requests, requestsInFlight, responses, receivedBytes, sentBytes, timeouts } = counters;
    const { acceptedConnections, refusedConnections, connectionCount } = this.#connections;
    return {
      openConnections: connectionCount,
      acceptedConnections,
      refusedConnections,
      requests,
      requestsInFlight,
      responses: responses.figures,
      receivedBytes,
      sentBytes,
      timeouts,
      heldBytes: memory.heldBytes,
      maxBufferedBytes: memory.maxBytes,
    };
  }

  get ready(): Promise<Server<Address>> {
    return Promise.resolve(this);
  }

  get finished(): Promise<void> {
    return this.#connections.finished;
  }

  shutdown(): Promise<void> {
    this.#shared.isStopping = true;
    return this.#connections.shutdown();
  }

  reload(tls: TlsOptions): void {
    this.#listener.reload(tls);
  }

  unref(): void {
    this.#listener.unref?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }
}

class HttpService implements ConnectionService {
  readonly #shared: SharedResources;

  constructor(shared: SharedResources) {
    this.#shared = shared;
  }

  get refusal(): Uint8Array {
    return overloadResponse(this.#shared);
  }

  serve(connection: Connection, onReleased: () => void): ServedClient {
    const served = new ServedConnection(connection, this.#shared, onReleased);
    served.onMoreWanted();
    return served;
  }

  refuse(connection: Connection, onReleased: () => void): ServedClient {
    const served = new ServedConnection(connection, this.#shared, onReleased);
    served.dismiss(this.refusal);
    return served;
  }

  overload(count: number): Error {
    return overloadError(count);
  }
}

import { type Backend, createBackend, type Handler } from "../backend/handler.ts";
import { createFetchBackend } from "../backend/fetch/fetch_backend.ts";
import type { FetchHandler } from "../backend/fetch/fetch_handler.ts";
import { overrideGlobals } from "../backend/fetch/override_globals.ts";
import type { Connection, Listener, NetAddress } from "../net/connection.ts";
import { fromWebStreams, type WebStreams } from "../net/from_web_streams.ts";
import { ConnectionServer, type ConnectionService, type ServedClient } from "./connection_server.ts";
import type { ServerFigures } from "./figures.ts";
import { OVERLOAD_RESPONSE, overloadError } from "./overload.ts";
import { DEFAULT_SETTINGS, FETCH_SETTINGS, type ServeOptions } from "./serve_options.ts";
import { ServedConnection } from "./served_connection.ts";
import { createSharedResources, type SharedResources } from "./shared_resources.ts";

/** A running server. */
export interface Server<Address extends NetAddress = NetAddress> {
  /** Where it listens. */
  readonly address: Address;
  /** Connections open at the moment. */
  readonly connectionCount: number;
  /** What it has done so far, as plain numbers. */
  readonly figures: ServerFigures;
  /** Resolves when the listener and all connections are closed. */
  readonly finished: Promise<void>;
  /**
   * Stops accepting, lets running requests finish within `graceMs`, cuts what is left.
   *
   * @returns settles together with {@linkcode Server.finished}
   */
  shutdown(): Promise<void>;
}

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
  options: ServeOptions = {},
): Server<Address> {
  return new HttpServer(listener, shareFor(backend, options));
}

/**
 * Serves HTTP on one connection that somebody else has accepted, or made.
 *
 * @param connection a connection, or both directions of a byte stream, which are locked
 * @param backend what {@linkcode serve} takes
 * @param options what {@linkcode serve} takes; limits of connections mean nothing here
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

function shareFor(backend: Handler | Backend | FetchHandler, options: ServeOptions): SharedResources {
  if (typeof backend === "function" || "handle" in backend) {
    const ready = typeof backend === "function" ? createBackend([], backend) : backend;
    return createSharedResources(ready, { ...DEFAULT_SETTINGS, ...options });
  }
  const settings = { ...DEFAULT_SETTINGS, ...FETCH_SETTINGS, ...options };
  if (settings.overrideGlobals) overrideGlobals();
  return createSharedResources(createFetchBackend(backend, settings.onError), settings);
}

class HttpServer<Address extends NetAddress> implements Server<Address> {
  readonly address: Address;
  readonly #shared: SharedResources;
  readonly #connections: ConnectionServer;

  constructor(listener: Listener<Address>, shared: SharedResources) {
    this.address = listener.address;
    this.#shared = shared;
    const { settings, turns } = shared;
    this.#connections = new ConnectionServer(listener, new HttpService(shared), { ...settings, turns });
  }

  get connectionCount(): number {
    return this.#connections.connectionCount;
  }

  get figures(): ServerFigures {
    const { counters: { requests, receivedBytes, sentBytes, timeouts }, memory } = this.#shared;
    const { acceptedConnections, refusedConnections, connectionCount } = this.#connections;
    return {
      openConnections: connectionCount,
      acceptedConnections,
      refusedConnections,
      requests,
      receivedBytes,
      sentBytes,
      timeouts,
      heldBytes: memory.heldBytes,
      maxBufferedBytes: memory.maxBytes,
    };
  }

  get finished(): Promise<void> {
    return this.#connections.finished;
  }

  shutdown(): Promise<void> {
    this.#shared.isStopping = true;
    return this.#connections.shutdown();
  }
}

class HttpService implements ConnectionService {
  readonly refusal: Uint8Array = OVERLOAD_RESPONSE;
  readonly #shared: SharedResources;

  constructor(shared: SharedResources) {
    this.#shared = shared;
  }

  serve(connection: Connection, onReleased: () => void): ServedClient {
    const served = new ServedConnection(connection, this.#shared, onReleased);
    served.onMoreWanted();
    return served;
  }

  refuse(connection: Connection, onReleased: () => void): ServedClient {
    const served = new ServedConnection(connection, this.#shared, onReleased);
    served.dismiss(OVERLOAD_RESPONSE);
    return served;
  }

  overload(count: number): Error {
    return overloadError(count);
  }
}

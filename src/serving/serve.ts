import { type Backend, createBackend, type Handler } from "../backend/handler.ts";
import { createFetchBackend, type FetchHandler } from "../backend/fetch/fetch_backend.ts";
import type { Connection, Listener, NetAddress } from "../net/connection.ts";
import { ConnectionServer, type ConnectionService, type ServedClient } from "./connection_server.ts";
import type { ServerFigures } from "./figures.ts";
import { OVERLOAD_RESPONSE, overloadError } from "./overload.ts";
import { DEFAULT_SETTINGS, type ServeOptions, type ServeSettings } from "./serve_options.ts";
import { ServedConnection } from "./served_connection.ts";
import { createSharedResources, type SharedResources } from "./shared_resources.ts";

/** A running server. */
export interface Server {
  /** Where it listens. */
  readonly address: NetAddress;
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
export function serve(
  listener: Listener,
  backend: Handler | Backend | FetchHandler,
  options: ServeOptions = {},
): Server {
  return new HttpServer(listener, toBackend(backend), { ...DEFAULT_SETTINGS, ...options });
}

/**
 * Serves HTTP on one connection that somebody else has accepted, or made.
 *
 * @param backend what {@linkcode serve} takes
 * @param options what {@linkcode serve} takes; limits of connections mean nothing here
 * @returns resolves when the connection is over; never rejects
 */
export function serveConnection(
  connection: Connection,
  backend: Handler | Backend | FetchHandler,
  options: ServeOptions = {},
): Promise<void> {
  const shared = createSharedResources(toBackend(backend), { ...DEFAULT_SETTINGS, ...options });
  return new Promise((resolve) => new ServedConnection(connection, shared, resolve).onMoreWanted());
}

function toBackend(backend: Handler | Backend | FetchHandler): Backend {
  if (typeof backend === "function") return createBackend([], backend);
  return "handle" in backend ? backend : createFetchBackend(backend);
}

class HttpServer implements Server {
  readonly #shared: SharedResources;
  readonly #connections: ConnectionServer;

  constructor(listener: Listener, backend: Backend, settings: ServeSettings) {
    this.#shared = createSharedResources(backend, settings);
    const { turns } = this.#shared;
    this.#connections = new ConnectionServer(listener, new HttpService(this.#shared), { ...settings, turns });
  }

  get address(): NetAddress {
    return this.#connections.address;
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

import { Bag } from "../../../base/bag.ts";
import type { Clock } from "../../../base/clock.ts";
import { messageOfError } from "../../../base/error_text.ts";
import type { Connection } from "../../../net/connection.ts";
import { Exchange, type ExchangeRequest, type ExchangeTools } from "./exchange.ts";
import { UpstreamConnection } from "./upstream_connection.ts";

/** Options of {@linkcode UpstreamClient}. */
export interface UpstreamClientOptions extends ExchangeTools {
  /** Opens a connection to the server. */
  readonly connect: () => Promise<Connection>;
  /** For time-outs. */
  readonly clock: Clock;
  /** The number of idle connections that wait for the next request. */
  readonly maxIdle: number;
}

/** An outgoing request. */
export interface OutgoingRequest extends ExchangeRequest {
  /** All of it, or the part to send at once. */
  readonly bytes: Uint8Array;
  /**
   * Whether it may be sent again when a connection is already closed: it is complete, and repeating it does
   * no harm.
   */
  readonly isRepeatable: boolean;
}

const CONNECT_TIMEOUT_MS = 10_000;
const RESPONSE_TIMEOUT_MS = 60_000;
const SWEEP_MS = 1_000;

/** An exchange, and its connection while it has one. */
export interface BegunExchange {
  /** The exchange. */
  readonly exchange: Exchange;
  /** Sends more of the request; undefined when no connection could be opened. */
  readonly connection: UpstreamConnection | undefined;
}

/** Sends requests to one server, over persistent connections. */
export class UpstreamClient {
  readonly #options: UpstreamClientOptions;
  readonly #idle: UpstreamConnection[] = [];
  readonly #active = new Bag<Exchange>();
  #stopSweep: (() => void) | undefined;
  #isClosed = false;

  constructor(options: UpstreamClientOptions) {
    this.#options = options;
  }

  /** The number of connections that wait for a request. */
  get idleCount(): number {
    return this.#idle.length;
  }

  /** Sends a request. @param onReady called with its exchange, see {@linkcode Exchange.whenReady} */
  send(request: OutgoingRequest, onReady: (exchange: Exchange) => void): void {
    const idle = this.#idle.pop();
    if (idle === undefined) return this.#sendAnew(request, onReady);
    const exchange = this.#begin(idle, request);
    exchange.whenReady(() => {
      const isLost = exchange.end?.end === "aborted" && exchange.wireBytes === 0;
      if (isLost && request.isRepeatable) this.#sendAnew(request, onReady);
      else onReady(exchange);
    });
  }

  #sendAnew(request: OutgoingRequest, onReady: (exchange: Exchange) => void): void {
    this.begin(request).then(({ exchange }) => exchange.whenReady(() => onReady(exchange)));
  }

  /** Begins a request on a connection of its own; the caller sends the rest of it. Never rejects. */
  async begin(request: OutgoingRequest): Promise<BegunExchange> {
    try {
      const connection = this.#wrap(await this.#connect());
      return { exchange: this.#begin(connection, request), connection };
    } catch (error) {
      const exchange = new Exchange(request, this.#options);
      exchange.finish({ end: "unreachable", reason: messageOfError(error) });
      return { exchange, connection: undefined };
    }
  }

  /** Ends pending exchanges, and closes all connections. */
  close(): void {
    this.#isClosed = true;
    this.#stopSweep?.();
    for (const exchange of this.#active) exchange.finish({ end: "aborted", reason: "the trap stops" });
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  #begin(connection: UpstreamConnection, request: OutgoingRequest): Exchange {
    const exchange = new Exchange(request, this.#options);
    this.#active.add(exchange);
    exchange.onEnded(() => this.#active.delete(exchange));
    this.#stopSweep ??= this.#options.clock.every(SWEEP_MS, () => this.#sweep());
    connection.begin(exchange, request.bytes);
    return exchange;
  }

  #wrap(connection: Connection): UpstreamConnection {
    const mayStay = (idle: UpstreamConnection): boolean => {
      if (this.#isClosed || this.#idle.length >= this.#options.maxIdle) return false;
      this.#idle.push(idle);
      return true;
    };
    const forget = (idle: UpstreamConnection): void => {
      const index = this.#idle.indexOf(idle);
      if (index >= 0) this.#idle.splice(index, 1);
    };
    return new UpstreamConnection(connection, mayStay, forget);
  }

  /** Ends exchanges without activity; rests when there are none. */
  #sweep(): void {
    const limitMicros = this.#options.now() - RESPONSE_TIMEOUT_MS * 1_000;
    for (const exchange of this.#active) {
      if (exchange.activeMicros > limitMicros) continue;
      exchange.finish({ end: "timeout", reason: `nothing came for ${RESPONSE_TIMEOUT_MS / 1_000} s` });
    }
    if (this.#active.size > 0) return;
    this.#stopSweep?.();
    this.#stopSweep = undefined;
  }

  #connect(): Promise<Connection> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const stop = this.#options.clock.after(CONNECT_TIMEOUT_MS, () => {
        isLate = true;
        reject(new Error(`no connection within ${CONNECT_TIMEOUT_MS / 1_000} s`));
      });
      this.#options.connect().then((connection) => {
        stop();
        if (isLate) connection.close();
        else resolve(connection);
      }, (error) => {
        stop();
        reject(error);
      });
    });
  }
}

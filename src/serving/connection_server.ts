// Accepts connections of any protocol: limits, turns, rest after failures, and a graceful end.

import type { Clock } from "../base/clock.ts";
import { ThrottledNotice } from "../base/throttled_notice.ts";
import { hostOf } from "../net/address.ts";
import type { Connection, Listener, NetAddress } from "../net/connection.ts";
import type { FairQueue } from "./turns/fair_queue.ts";
import type { RefusalReason } from "./figures.ts";

/** One served client. */
export interface ServedClient {
  /** The server stops: ends the connection if it is idle, otherwise after the current request. */
  stop(): void;
  /** Ends the connection now, and its request notices. May be called twice. */
  close(): void;
  /** Stops waiting for work that has not noticed. */
  abandon(): void;
}

/** The protocol of the connections. */
export interface ConnectionService {
  /**
   * Begins to serve.
   *
   * @param onReleased must be called when nothing of the client is left; may be called twice
   */
  serve(connection: Connection, onReleased: () => void): ServedClient;
  /**
   * Tells a client beyond the limits why it is refused, and closes, as in {@linkcode
   * ConnectionService.serve}.
   */
  refuse(connection: Connection, onReleased: () => void): ServedClient;
  /** The refusal for a client beyond the limits, sent in one write, because there is no time for more. */
  readonly refusal: Uint8Array;
  /** Makes the error that says how many clients were refused since the last report. */
  overload(count: number): Error;
}

/** Limits and callbacks of a {@linkcode ConnectionServer}. */
export interface ConnectionServerOptions {
  /** Connections at once; one more is refused. */
  readonly maxConnections: number;
  /** Connections at once from one address; one more is refused. */
  readonly maxConnectionsPerAddress: number;
  /** Peers that stand for many clients; the limit per address does not apply to them. */
  readonly trustedProxies?: { readonly trusts: (address: NetAddress) => boolean } | undefined;
  /** Time for running work when the server stops; then connections are cut. */
  readonly graceMs: number;
  /** The source of the time. */
  readonly clock: Clock;
  /** Decides which connection goes on when many have much to do. */
  readonly turns: FairQueue;
  /** Called with failures of accepting, and with an overload: at once, and then once a minute. */
  readonly onError: (error: unknown, address: NetAddress) => void;
}

// How long accepting rests after a failure such as running out of file descriptors.
const ACCEPT_RETRY_MS = 100;
// This many refused clients at once get time to read the reason; a flood must not be able to keep more alive.
const MAX_LEAVING = 256;
// Time for work to notice that its connection was cut, and for the log to say so. Some work never ends, and
// the server stops waiting for it.
const CUT_NOTICE_MS = 50;

/** Accepts connections, and serves each of them until the server stops. */
export class ConnectionServer {
  /** The address it listens on. */
  readonly address: NetAddress;
  /** Resolves when the listener and all connections are closed. */
  readonly finished: Promise<void>;
  /** Accepted connections, including those that were refused. */
  acceptedConnections = 0;
  /** Connections refused, by reason. */
  readonly refusedConnections: Record<RefusalReason, number> = {
    "connections": 0,
    "connections-per-address": 0,
  };
  readonly #listener: Listener;
  readonly #service: ConnectionService;
  readonly #options: ConnectionServerOptions;
  readonly #clients = new Set<ServedClient>();
  readonly #leaving = new Set<ServedClient>();
  readonly #perAddress = new Map<string, number>();
  readonly #refusals: ThrottledNotice;
  readonly #failures: ThrottledNotice;
  #isStopping = false;
  #onEmpty: (() => void) | undefined;

  /** Begins to accept. */
  constructor(listener: Listener, service: ConnectionService, options: ConnectionServerOptions) {
    this.#listener = listener;
    this.#service = service;
    this.#options = options;
    this.address = listener.address;
    this.#refusals = new ThrottledNotice(options.clock);
    this.#failures = new ThrottledNotice(options.clock);
    this.finished = this.#accept();
  }

  /** The number of served connections. */
  get connectionCount(): number {
    return this.#clients.size;
  }

  /** Stops accepting, lets work finish within the grace time, cuts the rest. May be called twice. */
  async shutdown(): Promise<void> {
    if (!this.#isStopping) {
      this.#isStopping = true;
      this.#listener.close();
      this.#report(this.#refusals.finish(), this.address);
      for (const client of this.#leaving) client.close();
      for (const client of this.#clients) client.stop();
      if (this.#clients.size > 0) this.#cutAfterGrace();
    }
    await this.finished;
  }

  #cutAfterGrace(): void {
    const { clock, graceMs } = this.#options;
    const stopGrace = clock.after(graceMs, () => {
      for (const client of this.#clients) client.close();
      const stopWaiting = clock.after(CUT_NOTICE_MS, () => {
        for (const client of this.#clients) client.abandon();
        this.#clients.clear();
        this.#onEmpty?.();
      });
      this.finished.finally(stopWaiting);
    });
    this.finished.finally(stopGrace);
  }

  async #accept(): Promise<void> {
    const { turns, onError } = this.#options;
    for (;;) {
      try {
        const connection = await this.#listener.accept();
        if (connection === null) break;
        if (this.#isStopping) connection.close();
        else this.#take(connection);
        // A flood of new connections must not starve the existing ones.
        await new Promise<void>((resolve) => turns.take(resolve, this.#clients.size));
      } catch (error) {
        // The failure lasts: without descriptors it happens ten times a second until a connection ends.
        if (this.#failures.count() > 0) onError(error, this.address);
        await new Promise<void>((resolve) => this.#options.clock.after(ACCEPT_RETRY_MS, resolve));
      }
    }
    if (this.#clients.size > 0) await new Promise<void>((resolve) => this.#onEmpty = resolve);
  }

  #take(connection: Connection): void {
    const host = hostOf(connection.remote);
    const { maxConnections, maxConnectionsPerAddress } = this.#options;
    const sameAddress = this.#perAddress.get(host) ?? 0;
    this.acceptedConnections++;
    if (this.#clients.size >= maxConnections) return this.#refuse(connection, "connections");
    const isProxy = this.#options.trustedProxies?.trusts(connection.remote) ?? false;
    if (sameAddress >= maxConnectionsPerAddress && !isProxy) {
      return this.#refuse(connection, "connections-per-address");
    }
    this.#perAddress.set(host, sameAddress + 1);
    const client = this.#service.serve(connection, () => this.#release(client, host));
    this.#clients.add(client);
  }

  #release(client: ServedClient, host: string): void {
    if (!this.#clients.delete(client)) return;
    const sameAddress = this.#perAddress.get(host)! - 1;
    if (sameAddress === 0) this.#perAddress.delete(host);
    else this.#perAddress.set(host, sameAddress);
    if (this.#clients.size === 0) this.#onEmpty?.();
  }

  #refuse(connection: Connection, reason: RefusalReason): void {
    this.refusedConnections[reason]++;
    this.#report(this.#refusals.count(), connection.remote);
    // TLS needs a handshake first, and the client could take its time.
    if (connection.isEncrypted) return connection.close();
    if (this.#leaving.size < MAX_LEAVING) {
      const client = this.#service.refuse(connection, () => this.#leaving.delete(client));
      this.#leaving.add(client);
    } else {
      // One write into an empty socket buffer, without waiting.
      const close = (): void => connection.close();
      connection.transmit(this.#service.refusal, { onSent: close, onSendFailed: close });
    }
  }

  #report(count: number, address: NetAddress): void {
    if (count > 0) this.#options.onError(this.#service.overload(count), address);
  }
}

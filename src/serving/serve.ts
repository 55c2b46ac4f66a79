import { hostOf } from "../net/address.ts";
import { type Backend, createBackend, type Handler } from "../backend/handler.ts";
import { createFetchBackend } from "../backend/fetch/fetch_backend.ts";
import type { FetchHandler } from "../backend/fetch/fetch_handler.ts";
import { BufferPool } from "../bytes/buffer_pool.ts";
import { ByteBudget } from "../bytes/byte_budget.ts";
import { Deadlines } from "./deadlines.ts";
import { FlushBatch } from "./flush_batch.ts";
import { FairQueue } from "./fair_queue.ts";
import { ResponsePreamble } from "../http/response/process_response.ts";
import type { Connection, Listener, NetAddress } from "../net/connection.ts";
import { Overload } from "./overload.ts";
import { ThrottledNotice } from "../base/throttled_notice.ts";
import { ServedConnection } from "./served_connection.ts";
import type { SharedResources } from "./shared_resources.ts";
import { DEFAULT_SETTINGS, FETCH_SETTINGS, type ServeOptions, type ServeSettings } from "./serve_options.ts";

/** A running server. */
export interface Server<Address extends NetAddress = NetAddress> {
  /** Where it listens. */
  readonly address: Address;
  /** Connections open at the moment. */
  readonly connectionCount: number;
  /** Resolves when the listener and all connections are closed. */
  readonly finished: Promise<void>;
  /**
   * Stops accepting, lets running requests finish within `graceMs`, cuts what is left.
   *
   * @returns settles together with {@linkcode Server.finished}
   */
  shutdown(): Promise<void>;
}

// How long accepting rests after a failure such as running out of file descriptors.
const ACCEPT_RETRY_MS = 100;
// What the read buffers of all connections may hold beyond 2 KiB each: 256 uploads at full speed, and all others go on
// in smaller pieces. Without it 5,000 uploads that stop after 64 KiB cost 320 MiB.
const MAX_READ_BYTES = 16_777_216;
const DRAIN_BYTES = 65_536;
// For handlers whose connection was cut to notice it, and for the log to say so. One may never come to its end: it is not
// waited for any longer.
const CUT_NOTICE_MS = 50;
const MAX_SWEEP_MS = 250;
const MIN_SWEEP_MS = 10;

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
  if (typeof backend === "function" || "handle" in backend) {
    const ready = typeof backend === "function" ? createBackend([], backend) : backend;
    return new HttpServer(listener, ready, { ...DEFAULT_SETTINGS, ...options });
  }
  const settings = { ...DEFAULT_SETTINGS, ...FETCH_SETTINGS, ...options };
  return new HttpServer(listener, createFetchBackend(backend, settings.onError), settings);
}

class HttpServer<Address extends NetAddress> implements Server<Address> {
  readonly address: Address;
  readonly finished: Promise<void>;
  readonly #listener: Listener<Address>;
  readonly #shared: SharedResources;
  readonly #connections = new Set<ServedConnection>();
  readonly #perAddress = new Map<string, number>();
  readonly #overload: Overload;
  readonly #acceptFailures: ThrottledNotice;
  #isStopping = false;
  #notifyEmpty: (() => void) | undefined;

  constructor(listener: Listener<Address>, backend: Backend, settings: ServeSettings) {
    this.#listener = listener;
    this.address = listener.address;
    const turns = new FairQueue();
    this.#shared = {
      backend,
      settings,
      deadlines: new Deadlines(settings.clock, sweepMs(settings), turns),
      pool: new BufferPool(),
      readBudget: new ByteBudget(MAX_READ_BYTES),
      drainBuffer: new Uint8Array(DRAIN_BYTES),
      preamble: new ResponsePreamble(settings.serverName),
      flushBatch: new FlushBatch(settings.clock),
      turns,
    };
    this.#overload = new Overload(this.#shared);
    this.#acceptFailures = new ThrottledNotice(settings.clock);
    this.finished = this.#accept();
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  async shutdown(): Promise<void> {
    if (!this.#isStopping) {
      this.#isStopping = true;
      this.#listener.close();
      this.#overload.close(this.address);
      for (const connection of this.#connections) connection.stop();
      this.#cutAfterGrace();
    }
    await this.finished;
  }

  #cutAfterGrace(): void {
    if (this.#connections.size === 0) return;
    const { clock, graceMs } = this.#shared.settings;
    const stopGrace = clock.every(graceMs, () => {
      stopGrace();
      for (const connection of this.#connections) connection.close();
      const stopWaiting = clock.every(CUT_NOTICE_MS, () => {
        for (const connection of this.#connections) connection.abandon();
        this.#connections.clear();
        this.#notifyEmpty?.();
      });
      this.finished.finally(stopWaiting);
    });
    this.finished.finally(stopGrace);
  }

  async #accept(): Promise<void> {
    for (;;) {
      try {
        const connection = await this.#listener.accept();
        if (connection === null) break;
        if (this.#isStopping) connection.close();
        else this.#take(connection);
        // A flood of connections must not keep those out that are there.
        await new Promise<void>((resolve) => this.#shared.turns.take(resolve, this.#connections.size));
      } catch (error) {
        // It lasts: without descriptors it happens ten times a second until somebody leaves.
        if (this.#acceptFailures.count() > 0) this.#shared.settings.onError(error, this.address);
        await this.#rest();
      }
    }
    if (this.#connections.size > 0) await new Promise<void>((resolve) => this.#notifyEmpty = resolve);
  }

  #take(connection: Connection): void {
    const host = hostOf(connection.remote);
    const { maxConnections, maxConnectionsPerAddress } = this.#shared.settings;
    const sameAddress = this.#perAddress.get(host) ?? 0;
    if (this.#connections.size >= maxConnections || sameAddress >= maxConnectionsPerAddress) {
      return this.#overload.refuse(connection);
    }
    this.#perAddress.set(host, sameAddress + 1);
    const served = new ServedConnection(connection, this.#shared);
    this.#connections.add(served);
    served.serveConnection().then(() => this.#release(served, host));
  }

  #release(served: ServedConnection, host: string): void {
    this.#connections.delete(served);
    const sameAddress = this.#perAddress.get(host)! - 1;
    if (sameAddress === 0) this.#perAddress.delete(host);
    else this.#perAddress.set(host, sameAddress);
    if (this.#connections.size === 0) this.#notifyEmpty?.();
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#shared.settings.clock.every(ACCEPT_RETRY_MS, () => {
        stop();
        resolve();
      });
    });
  }
}

function sweepMs(settings: ServeSettings): number {
  const { headTimeoutMs, bodyTimeoutMs, idleTimeoutMs, writeTimeoutMs, lingerTimeoutMs } = settings;
  const shortest = Math.min(headTimeoutMs, bodyTimeoutMs, idleTimeoutMs, writeTimeoutMs, lingerTimeoutMs);
  return Math.max(MIN_SWEEP_MS, Math.min(MAX_SWEEP_MS, shortest / 4));
}

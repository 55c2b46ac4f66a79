import { type Clock, SYSTEM_CLOCK } from "../../base/clock.ts";
import { createDeferred } from "../../base/deferred.ts";
import { messageOfError } from "../../base/error_text.ts";
import { formatAddress, type NetAddress, type TcpAddress } from "../../net/address.ts";
import type { Listener } from "../../net/connection.ts";
import { ConnectionServer } from "../../serving/connection_server.ts";
import { FairQueue } from "../../serving/turns/fair_queue.ts";
import { LargeReplies } from "./conversation/large_replies.ts";
import { LineService } from "./conversation/line_service.ts";
import { ReplyPool } from "./conversation/reply_buffer.ts";
import type { SessionEvents } from "./conversation/session_parts.ts";
import { WorkTurns } from "./conversation/work_turns.ts";
import type { MetricsServerOptions } from "./options.ts";
import { CommandReader } from "./protocol/command_reader.ts";
import { cutLine, showLine } from "./protocol/line_text.ts";
import { createCounts, type ServerCounts } from "./server_counts.ts";
import type { MetricStore } from "./store.ts";

const DEFAULT_GRACE_MS = 5_000;
const DEFAULT_SWEEP_INTERVAL_MS = 10_000;
const DEFAULT_MAX_BUFFERED_BYTES = 268_435_456;
const DEFAULT_MAX_LINE_BYTES = 65_536;

// A failing store fails at each commit; the log does not need a thousand lines a second about it.
const SAME_FAILURE_MS = 1_000;

/** A running metrics server. */
export interface MetricsServer<Address extends NetAddress = TcpAddress> {
  /** The address in use, with the real port. */
  readonly address: Address;
  /** The number of clients. */
  readonly connectionCount: number;
  /** Counters of its work so far. */
  readonly counts: Readonly<ServerCounts>;
  /** Resolves when the server is closed: no client, no port, the store shut. */
  readonly finished: Promise<void>;
  /**
   * Stops accepting, replies to the commands read within the grace time, commits and closes the store.
   * Resolves with `finished`; may be called twice.
   */
  close(): Promise<void>;
}

/**
 * Serves a store on a listener, in lines; both belong to the server from now on.
 *
 * @param options limits, time-outs and logs; those of the store have no effect any more
 */
export function createMetrics<Address extends NetAddress>(
  listener: Listener<Address>,
  store: MetricStore,
  options: Omit<MetricsServerOptions<Address>, "store"> = {},
): MetricsServer<Address> {
  return new RunningServer(listener, store, options);
}

class RunningServer<Address extends NetAddress> implements MetricsServer<Address> {
  readonly address: Address;
  readonly counts: ServerCounts = createCounts();
  readonly finished: Promise<void>;
  readonly #store: MetricStore;
  readonly #options: MetricsServerOptions<Address>;
  readonly #service: LineService;
  readonly #connections: ConnectionServer;
  readonly #stopSweeping: () => void;
  readonly #stopDropping: (() => void) | undefined;
  readonly #finish: () => void;
  #closing: Promise<void> | undefined;
  #failedAtMs = -Infinity;

  constructor(listener: Listener<Address>, store: MetricStore, options: MetricsServerOptions<Address>) {
    const clock = options.clock ?? SYSTEM_CLOCK;
    this.address = listener.address;
    this.#store = store;
    this.#options = options;
    this.#service = this.#createService(clock);
    this.#connections = new ConnectionServer(listener, this.#service, {
      maxConnections: options.maxConnections ?? Infinity,
      maxConnectionsPerAddress: options.maxConnectionsPerAddress ?? Infinity,
      graceMs: options.graceMs ?? DEFAULT_GRACE_MS,
      clock,
      turns: new FairQueue(),
      onError: (error) => options.log?.error?.(`Cannot accept a client: ${messageOfError(error)}`),
    });
    const { promise, resolve } = createDeferred<void>();
    this.finished = promise;
    this.#finish = resolve;
    const { sweepIntervalMs = DEFAULT_SWEEP_INTERVAL_MS, idleTimeoutMs } = options;
    this.#stopSweeping = clock.every(sweepIntervalMs, () => void this.#sweep());
    if (idleTimeoutMs !== undefined && idleTimeoutMs > 0) {
      const drop = (): void => this.#service.dropIdle(idleTimeoutMs);
      this.#stopDropping = clock.every(Math.max(idleTimeoutMs / 8, 1), drop);
    }
  }

  get connectionCount(): number {
    return this.#connections.connectionCount;
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#stopSweeping();
    this.#stopDropping?.();
    await this.#connections.shutdown();
    try {
      await this.#store.close();
    } catch (error) {
      this.#options.log?.error?.(`Cannot close the store: ${messageOfError(error)}`);
    }
    this.#finish();
  }

  #createService(clock: Clock): LineService {
    const { log, maxLineBytes, maxBufferedBytes } = this.#options;
    const session = {
      store: this.#store,
      commands: new CommandReader(),
      replies: new ReplyPool(),
      turns: new WorkTurns(),
      largeReplies: new LargeReplies(maxBufferedBytes ?? DEFAULT_MAX_BUFFERED_BYTES),
      counts: this.counts,
      events: this.#createEvents(),
    };
    return new LineService({ session, maxLineBytes: maxLineBytes ?? DEFAULT_MAX_LINE_BYTES, clock, log });
  }

  // Without a listener there is no function, so that no texts of refusals are made.
  #createEvents(): SessionEvents {
    const { log, access } = this.#options;
    return {
      failed: (error) => this.#reportFailure(error),
      ...(log?.debug && {
        refused: (client, line, reason) => {
          const got = line === undefined ? "a line that is too long" : `"${showLine(line)}"`;
          log.debug?.(`client ${formatAddress(client.remote)} refused: ${reason}, got ${got}`);
        },
      }),
      ...(access && {
        answered: (client, line, status) =>
          access({ client: client.remote, command: line === undefined ? "" : cutLine(line), status }),
      }),
    };
  }

  #reportFailure(error: unknown): void {
    const nowMs = performance.now();
    if (nowMs - this.#failedAtMs < SAME_FAILURE_MS) return;
    this.#failedAtMs = nowMs;
    this.#options.log?.error?.(`Cannot store samples: ${messageOfError(error)}`);
  }

  async #sweep(): Promise<void> {
    try {
      await this.#store.maintain();
    } catch (error) {
      this.#options.log?.error?.(`Cannot tidy the store: ${messageOfError(error)}`);
    }
  }
}

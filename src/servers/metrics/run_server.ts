import { formatAddress, type NetAddress, type TcpAddress } from "../../net/address.ts";
import { createDeferred } from "../../base/deferred.ts";
import { LineDecoder } from "../../bytes/line_decoder.ts";
import type { Connection, Listener } from "../../net/connection.ts";
import { listen } from "../../net/listen.ts";
import { ClientLoop, ReadBuffers } from "./client_loop.ts";
import { CommandReader } from "./protocol/command_reader.ts";
import { showLine } from "./protocol/line_text.ts";
import { MemoryStore } from "./samples/memory_store.ts";
import { LargeReplies } from "./large_replies.ts";
import { ReplyPool } from "./reply_buffer.ts";
import type { MetricsServerOptions } from "./options.ts";
import { Session, type SessionParts } from "./session.ts";
import type { MetricStore } from "./store.ts";
import { WorkTurns } from "./work_turns.ts";

const DEFAULT_GRACE_MS = 5_000;
const DEFAULT_SWEEP_INTERVAL_MS = 10_000;
const DEFAULT_MAX_BUFFERED_BYTES = 268_435_456;
const DEFAULT_MAX_LINE_BYTES = 65_536;

// After a failed accept (no file descriptor left, mostly) another try at once would only spin.
const ACCEPT_RETRY_MS = 50;

// Commands that have arrived when the server is told to stop, but were not read yet, are answered within this time.
const LAST_COMMANDS_MS = 50;

// A store that fails does so for each commit; the log needs no thousand lines a second about it.
const SAME_FAILURE_MS = 1_000;

/** A running metrics server. */
export interface MetricsServer<Address extends NetAddress = TcpAddress> {
  /** The address in use, with the real port. */
  readonly address: Address;
  /** Resolves when the server is closed: no client, no port, the store shut. */
  readonly finished: Promise<void>;
  /**
   * Stops accepting, answers what was read within the grace time, commits and closes the store.
   * Resolves with `finished`; may be called twice.
   */
  close(): Promise<void>;
}

/**
 * Starts a metrics server: `put KEY VALUE TIMESTAMP` and `get KEY` in lines over TCP.
 *
 * ```ts
 * const server = await runServer("127.0.0.1", 0);
 * console.log(server.address.port);
 * await server.close();
 * ```
 *
 * @param host address or name to bind
 * @param port TCP port; 0 asks for any free one
 * @throws {StoreOpenError} when the database file cannot be used; it is as it was then
 * @throws {ConnectionError} `in-use`, `denied`, `not-available` or `failed` when the port cannot be opened
 */
export async function runServer<Address extends NetAddress = TcpAddress>(
  host: string,
  port: number,
  options: MetricsServerOptions<Address> = {},
): Promise<MetricsServer<Address>> {
  const store = options.store ?? await openStore(options);
  try {
    const listener = options.openPort === undefined
      // Without another way to open the port, an address is one of TCP.
      ? await listen({ hostname: host, port }) as Listener<NetAddress> as Listener<Address>
      : await options.openPort(port);
    return new RunningServer(listener, store, options);
  } catch (error) {
    await store.close();
    throw error;
  }
}

// The durable store is loaded only when it is asked for: not every runtime has the database.
async function openStore<Address extends NetAddress>(
  options: MetricsServerOptions<Address>,
): Promise<MetricStore> {
  const { dataFile } = options;
  if (dataFile === undefined) return new MemoryStore(options);
  const { openDurableStore } = await import("./durable/durable_store.ts");
  return await openDurableStore(dataFile, options);
}

class RunningServer<Address extends NetAddress> implements MetricsServer<Address> {
  readonly address: Address;
  readonly finished: Promise<void>;
  readonly #listener: Listener<Address>;
  readonly #store: MetricStore;
  readonly #options: MetricsServerOptions<Address>;
  readonly #clients = new Set<ClientLoop>();
  #onEmpty: (() => void) | undefined;
  readonly #buffers = new ReadBuffers();
  readonly #parts: SessionParts;
  readonly #sweepTimer: ReturnType<typeof setInterval>;
  readonly #idleTimer: ReturnType<typeof setInterval> | undefined;
  readonly #accepted: Promise<void>;
  readonly #finish: () => void;
  #closing: Promise<void> | undefined;
  #failedAtMs = -Infinity;

  constructor(listener: Listener<Address>, store: MetricStore, options: MetricsServerOptions<Address>) {
    this.#listener = listener;
    this.#store = store;
    this.#options = options;
    this.#parts = {
      store,
      commands: new CommandReader(),
      replies: new ReplyPool(),
      turns: new WorkTurns(),
      largeReplies: new LargeReplies(options.maxBufferedBytes ?? DEFAULT_MAX_BUFFERED_BYTES),
      events: this.#createEvents(),
    };
    this.address = listener.address;
    const { promise, resolve } = createDeferred<void>();
    this.finished = promise;
    this.#finish = resolve;
    const { sweepIntervalMs = DEFAULT_SWEEP_INTERVAL_MS, idleTimeoutMs } = options;
    this.#sweepTimer = setInterval(() => void this.#sweep(), sweepIntervalMs);
    if (idleTimeoutMs !== undefined && idleTimeoutMs > 0) {
      this.#idleTimer = setInterval(() => this.#dropIdle(idleTimeoutMs), Math.max(idleTimeoutMs / 4, 1));
    }
    this.#accepted = this.#accept();
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#listener.close();
    clearInterval(this.#sweepTimer);
    clearInterval(this.#idleTimer);
    await this.#accepted;
    for (const client of this.#clients) client.stop();
    if (this.#clients.size > 0) await pause(LAST_COMMANDS_MS);
    for (const client of this.#clients) client.closeIdle();
    const graceTimer = setTimeout(() => {
      for (const client of this.#clients) client.cut();
    }, this.#options.graceMs ?? DEFAULT_GRACE_MS);
    if (this.#clients.size > 0) await new Promise<void>((resolve) => this.#onEmpty = resolve);
    clearTimeout(graceTimer);
    try {
      await this.#store.close();
    } catch (error) {
      this.#options.log?.error?.(`Cannot close the store: ${messageOf(error)}`);
    }
    this.#finish();
  }

  async #accept(): Promise<void> {
    const { maxConnections = Infinity } = this.#options;
    for (;;) {
      try {
        const connection = await this.#listener.accept();
        if (connection === null) return;
        if (this.#clients.size < maxConnections) this.#startClient(connection);
        else this.#turnAway(connection);
      } catch (error) {
        this.#options.log?.error?.(`Cannot accept a client: ${messageOf(error)}`);
        await pause(ACCEPT_RETRY_MS);
      }
    }
  }

  #turnAway(connection: Connection): void {
    this.#options.log?.debug?.(
      `client ${formatAddress(connection.remote)} turned away: too many connections`,
    );
    connection.close();
  }

  #startClient(connection: Connection): void {
    const decoder = new LineDecoder({ maxLineBytes: this.#options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES });
    const session = new Session(this.#parts, connection, decoder);
    const client = new ClientLoop({
      connection,
      session,
      buffers: this.#buffers,
      onEnd: (error) => this.#endClient(client, connection, error),
    });
    this.#clients.add(client);
    this.#options.log?.debug?.(`client ${formatAddress(connection.remote)} connected`);
    client.start();
  }

  // A connection that breaks is the end of that client and nothing else.
  #endClient(client: ClientLoop, connection: Connection, error: unknown): void {
    this.#clients.delete(client);
    const how = error === undefined ? "finished" : `gone: ${messageOf(error)}`;
    this.#options.log?.debug?.(`client ${formatAddress(connection.remote)} ${how}`);
    if (this.#clients.size === 0) this.#onEmpty?.();
  }

  // No functions where nobody listens: the texts of refusals are not made then.
  #createEvents(): SessionParts["events"] {
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
          access({ client: client.remote, command: line === undefined ? "" : showLine(line), status }),
      }),
    };
  }

  #reportFailure(error: unknown): void {
    const nowMs = performance.now();
    if (nowMs - this.#failedAtMs < SAME_FAILURE_MS) return;
    this.#failedAtMs = nowMs;
    this.#options.log?.error?.(`Cannot store samples: ${messageOf(error)}`);
  }

  async #sweep(): Promise<void> {
    try {
      await this.#store.maintain();
    } catch (error) {
      this.#options.log?.error?.(`Cannot tidy the store: ${messageOf(error)}`);
    }
  }

  #dropIdle(idleTimeoutMs: number): void {
    const oldest = performance.now() - idleTimeoutMs;
    for (const client of this.#clients) {
      if (client.lastActiveMs < oldest) client.cut();
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { createDeferred } from "../../../base/deferred.ts";
import type { Connection } from "../../../net/connection.ts";
import { connect } from "../../../net/listen.ts";
import { ClientError, ClientProtocolError, ClientSocketError } from "./client_errors.ts";
import { isKey } from "../protocol/key_rules.ts";
import { formatPythonFloat } from "../protocol/python_float.ts";
import { type MetricsReply, type MetricsRows, ReplyReader } from "./reply_reader.ts";

const READ_BYTES = 65_536;

// The longest delay that JavaScript timers can count; whoever waits longer waits for ever.
const MAX_TIMER_MS = 2_147_483_647;

/** Settings of a {@linkcode MetricsClient}. */
export interface MetricsClientOptions {
  /** How long a call may take, connecting included; above 0, default unlimited. */
  readonly timeoutMs?: number;
  /** The wall clock in milliseconds since 1970 for puts without a timestamp; default `Date.now`. */
  readonly now?: () => number;
}

interface Waiting {
  resolve(reply: MetricsReply): void;
  reject(error: ClientError): void;
}

interface Link {
  readonly connection: Promise<Connection>;
  readonly waiting: Waiting[];
}

/**
 * A client of the metrics server.
 *
 * It connects with the first call, and again with the next call after a failure of the connection. Calls that are
 * made at the same time go out at once and are answered in order.
 *
 * ```ts
 * const client = new MetricsClient("127.0.0.1", 8181, { timeoutMs: 5_000 });
 * await client.put("palm.cpu", 23.7, { timestamp: 1150864247 });
 * const rows = await client.get("palm.cpu"); // Map { "palm.cpu" => [[1150864247, 23.7]] }
 * client.close();
 * ```
 */
export class MetricsClient {
  readonly #hostname: string;
  readonly #port: number;
  readonly #timeoutMs: number;
  readonly #now: () => number;
  #link: Link | undefined;
  #isClosed = false;

  /**
   * Makes a client; nothing is sent before the first call.
   *
   * @param host address or name of the server
   * @param port its TCP port
   * @throws {RangeError} when the time for a call is no number above 0
   */
  constructor(host: string, port: number, options: MetricsClientOptions = {}) {
    const { timeoutMs = Infinity } = options;
    if (!(timeoutMs > 0)) {
      throw new RangeError(`Cannot limit calls: expected a time above 0, got "${timeoutMs}"`);
    }
    this.#hostname = host;
    this.#port = port;
    this.#timeoutMs = timeoutMs;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Stores a sample; settles when the server has acknowledged it.
   *
   * @param options.timestamp whole seconds since 1970; default now
   * @throws {ClientProtocolError} when key, value or timestamp cannot be sent, or the server refuses
   * @throws {ClientSocketError} when the connection fails or the time is up
   */
  async put(key: string, value: number, options: { readonly timestamp?: number } = {}): Promise<void> {
    const timestamp = options.timestamp ?? Math.floor(this.#now() / 1000);
    if (key === "*") throw new ClientProtocolError('Cannot put: the key "*" stands for all keys');
    // From JavaScript anything may come; a text would be sent as it is, and more commands with it.
    if (typeof value !== "number") {
      throw new ClientProtocolError(`Cannot put: expected a number for a value, got "${String(value)}"`);
    }
    if (!Number.isSafeInteger(timestamp)) {
      throw new ClientProtocolError(`Cannot put: expected whole seconds for a timestamp, got "${timestamp}"`);
    }
    await this.#request("put", key, ` ${formatPythonFloat(value)} ${timestamp}`);
  }

  /**
   * Reads the samples of a key, or of all keys with `*`.
   *
   * @returns pairs `[timestamp in seconds, value]` by key, sorted by timestamp; an unknown key is not in the map
   * @throws {ClientProtocolError} when the key cannot be one, or the server refuses
   * @throws {ClientSocketError} when the connection fails or the time is up
   */
  async get(key: string): Promise<MetricsRows> {
    return await this.#request("get", key, "");
  }

  /** Closes the connection; calls under way and later ones fail with a {@linkcode ClientSocketError}. */
  close(): void {
    this.#isClosed = true;
    if (this.#link !== undefined) {
      this.#end(this.#link, new ClientSocketError("Cannot wait for a reply: the client was closed"));
    }
  }

  async #request(command: string, key: string, rest: string): Promise<MetricsRows> {
    // A lone surrogate has no UTF-8: it would reach the server as another key.
    const isText = typeof key === "string" && key.isWellFormed();
    const keyBytes = new TextEncoder().encode(key);
    if (!isText || !isKey(keyBytes, 0, keyBytes.length)) {
      throw new ClientProtocolError(
        `Cannot ${command}: expected a key without spaces, got ${JSON.stringify(key)}`,
      );
    }
    const reply = await this.#ask(new TextEncoder().encode(`${command} ${key}${rest}\n`));
    if (reply.kind === "error") {
      throw new ClientProtocolError(`Cannot ${command}: the server says "${reply.reason}"`);
    }
    return reply.rows;
  }

  async #ask(command: Uint8Array): Promise<MetricsReply> {
    if (this.#isClosed) throw new ClientSocketError("Cannot send: the client was closed");
    const link = this.#link ??= this.#open();
    const reply = createDeferred<MetricsReply>();
    link.waiting.push(reply);
    const timer = this.#timeoutMs > MAX_TIMER_MS ? undefined : setTimeout(() => {
      this.#end(link, new ClientSocketError(`Cannot wait for a reply: ${this.#timeoutMs} ms are over`));
    }, this.#timeoutMs);
    void this.#send(link, command);
    try {
      return await reply.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  async #send(link: Link, command: Uint8Array): Promise<void> {
    try {
      const connection = await link.connection;
      await connection.write(command);
    } catch (cause) {
      this.#end(link, toClientError(cause));
    }
  }

  #open(): Link {
    const link: Link = { connection: connect({ hostname: this.#hostname, port: this.#port }), waiting: [] };
    void this.#receive(link);
    return link;
  }

  async #receive(link: Link): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    const reader = new ReplyReader();
    try {
      const connection = await link.connection;
      for (;;) {
        const count = await connection.read(buffer);
        if (count === null) throw new ClientSocketError("Cannot read: the server closed the connection");
        for (const reply of reader.push(buffer.subarray(0, count))) {
          const asked = link.waiting.shift();
          if (asked === undefined) throw new ClientProtocolError("Cannot read a reply: nothing was asked");
          asked.resolve(reply);
        }
      }
    } catch (cause) {
      this.#end(link, toClientError(cause));
    }
  }

  #end(link: Link, error: ClientError): void {
    if (this.#link === link) this.#link = undefined;
    // A connection that never came about has nothing to close; the callers learn of it by their own calls.
    link.connection.then((connection) => connection.close(), () => {});
    for (const asked of link.waiting.splice(0)) asked.reject(error);
  }
}

function toClientError(cause: unknown): ClientError {
  if (cause instanceof ClientError) return cause;
  return new ClientSocketError(cause instanceof Error ? cause.message : String(cause), { cause });
}

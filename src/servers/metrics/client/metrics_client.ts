import { SYSTEM_CLOCK } from "../../../base/clock.ts";
import { isKey } from "../protocol/key_rules.ts";
import { formatPythonFloat } from "../protocol/python_float.ts";
import { ClientProtocolError, ClientSocketError } from "./client_errors.ts";
import { ClientLink } from "./client_link.ts";
import type { MetricsRow, MetricsRows } from "./metrics_row.ts";
import { type AwaitedReply, awaitKeys, awaitRows, RowStream, type WholeReply } from "./reply_targets.ts";

// The longest delay that JavaScript timers can count; a longer wait has no end.
const MAX_TIMER_MS = 2_147_483_647;

/** Settings of a {@linkcode MetricsClient}. */
export interface MetricsClientOptions {
  /** How long a call may take, connecting included; above 0, default unlimited. For a stream, the wait for a row. */
  readonly timeoutMs?: number;
  /** The wall clock in milliseconds since 1970 for puts without a timestamp; default `Date.now`. */
  readonly now?: () => number;
}

/** A time span in whole seconds since 1970, both ends included; a missing end is open. */
export interface MetricsSpan {
  /** The first second. */
  readonly from?: number;
  /** The last second. */
  readonly until?: number;
}

/**
 * A client of the metrics server.
 *
 * It connects with the first call, and again when the connection has gone. If a kept connection ends before a byte of
 * the reply, the call is made once more, because every command may be repeated. Simultaneous calls go out together and
 * get their replies in order.
 *
 * ```ts
 * const client = new MetricsClient("127.0.0.1", 8181, { timeoutMs: 5_000 });
 * await client.put("palm.cpu", 23.7, { timestamp: 1150864247 });
 * const rows = await client.get("palm.cpu"); // Map { "palm.cpu" => [[1150864247, 23.7]] }
 * for await (const { key, timestamp, value } of client.rows("palm.*", { from: 1150864000 })) {
 *   console.log(key, timestamp, value);
 * }
 * client.close();
 * ```
 */
export class MetricsClient {
  readonly #hostname: string;
  readonly #port: number;
  readonly #timeoutMs: number;
  readonly #now: () => number;
  #link: ClientLink | undefined;
  #isClosed = false;

  /**
   * Makes a client, without sending anything before the first call.
   *
   * @param host address or name of the server
   * @param port its TCP port
   * @throws {RangeError} when the time for a call is not a number above 0
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
    checkOptions("put", options);
    const timestamp = options.timestamp ?? Math.floor(this.#now() / 1000);
    if (key === "*") throw new ClientProtocolError('Cannot put: the key "*" stands for all keys');
    // From JavaScript any value may come; a text would be sent as it is, and more commands with it.
    if (typeof value !== "number") {
      throw new ClientProtocolError(`Cannot put: expected a number for a value, got "${String(value)}"`);
    }
    const second = wholeSecond("put", timestamp, "for a timestamp");
    await this.#ask(lineOf("put", key, ` ${formatPythonFloat(value)} ${second}`), () => awaitRows("put"));
  }

  /**
   * Reads the samples of a key, of the keys that match a pattern (`*` and `{a,b}` within dots), or of all
   * with `*`.
   *
   * @returns pairs `[timestamp in seconds, value]` by key, sorted by timestamp; a key without samples is not
   *   in the map
   * @throws {ClientProtocolError} when the name or the time cannot be sent, or the server refuses
   * @throws {ClientSocketError} when the connection fails or the time is up
   */
  async get(name: string, span: MetricsSpan = {}): Promise<MetricsRows> {
    return await this.#ask(lineOf("get", name, spanOf("get", span)), () => awaitRows("get"));
  }

  /**
   * Reads the same rows as {@linkcode MetricsClient.get}, one after the other, however many there are. It
   * reads from the server no faster than the caller takes them. If the caller breaks off, the rest is read
   * and dropped.
   *
   * @throws {ClientError} like `get`, also between two rows
   */
  async *rows(name: string, span: MetricsSpan = {}): AsyncGenerator<MetricsRow> {
    const stream = new RowStream("get");
    const link = this.#send(lineOf("get", name, spanOf("get", span)), stream);
    try {
      for (;;) {
        const rows = await this.#limit(link, stream.take());
        if (rows === undefined) return;
        yield* rows;
      }
    } finally {
      stream.drop();
    }
  }

  /**
   * Lists the keys that match a pattern, in the order of their first puts; `*` lists all.
   *
   * @throws {ClientError} like `get`
   */
  async keys(pattern: string): Promise<string[]> {
    return await this.#ask(lineOf("keys", pattern, ""), () => awaitKeys("keys"));
  }

  /**
   * Deletes the samples that `get` would read; settles when they are gone for good. Deleting nothing is not
   * an error.
   *
   * @throws {ClientError} like `get`
   */
  async delete(name: string, span: MetricsSpan = {}): Promise<void> {
    await this.#ask(lineOf("delete", name, spanOf("delete", span)), () => awaitRows("delete"));
  }

  /** Closes the connection; pending calls and later ones fail with a {@linkcode ClientSocketError}. */
  close(): void {
    this.#isClosed = true;
    this.#link?.end(new ClientSocketError("Cannot wait for a reply: the client was closed"));
  }

  async #ask<Value>(line: Uint8Array, wait: () => WholeReply<Value>): Promise<Value> {
    const mayBeStale = this.#link?.isOpen === true && this.#link.hasAnswered;
    const reply = wait();
    const link = this.#send(line, reply);
    try {
      return await this.#limit(link, reply.promise);
    } catch (error) {
      if (!mayBeStale || !link.hasEndedQuietly || reply.hasBegun || this.#isClosed) throw error;
      const again = wait();
      return await this.#limit(this.#send(line, again), again.promise);
    }
  }

  #send(line: Uint8Array, reply: AwaitedReply): ClientLink {
    if (this.#isClosed) throw new ClientSocketError("Cannot send: the client was closed");
    if (this.#link?.isOpen !== true) this.#link = new ClientLink(this.#hostname, this.#port);
    this.#link.send(line, reply);
    return this.#link;
  }

  async #limit<Value>(link: ClientLink, promise: Promise<Value>): Promise<Value> {
    const stopTimer = this.#timeoutMs > MAX_TIMER_MS ? undefined : SYSTEM_CLOCK.after(this.#timeoutMs, () => {
      link.end(new ClientSocketError(`Cannot wait for a reply: ${this.#timeoutMs} ms are over`));
    });
    try {
      return await promise;
    } finally {
      stopTimer?.();
    }
  }
}

function lineOf(command: string, name: string, rest: string): Uint8Array {
  // A lone surrogate has no UTF-8, and would reach the server as another key.
  const isText = typeof name === "string" && name.isWellFormed();
  const bytes = new TextEncoder().encode(name);
  if (!isText || !isKey(bytes, 0, bytes.length)) {
    throw new ClientProtocolError(
      `Cannot ${command}: expected a key without spaces, got ${JSON.stringify(name)}`,
    );
  }
  return new TextEncoder().encode(`${command} ${name}${rest}\n`);
}

// From JavaScript, a timestamp in place of the options would not be noticed, and `delete` would take everything.
function checkOptions(command: string, options: unknown): void {
  if (typeof options === "object" && options !== null) return;
  throw new ClientProtocolError(`Cannot ${command}: expected an object of options, got "${String(options)}"`);
}

function spanOf(command: string, span: MetricsSpan): string {
  checkOptions(command, span);
  const { from, until } = span;
  if (from === undefined && until === undefined) return "";
  const first = wholeSecond(command, from ?? Number.MIN_SAFE_INTEGER, "for the first second");
  return ` ${first} ${wholeSecond(command, until ?? Number.MAX_SAFE_INTEGER, "for the last second")}`;
}

function wholeSecond(command: string, timestamp: number, what: string): number {
  if (Number.isSafeInteger(timestamp)) return timestamp;
  throw new ClientProtocolError(`Cannot ${command}: expected whole seconds ${what}, got "${timestamp}"`);
}

// Receivers of a reply: of all rows together, of keys, or of one row after the other.

import { createDeferred, type Deferred } from "../../../base/deferred.ts";
import { type ClientError, ClientProtocolError } from "./client_errors.ts";
import { type MetricsRow, type MetricsRows, RowDecoder } from "./metrics_row.ts";
import type { ReplyTarget } from "./reply_reader.ts";

// The connection is read again when fewer rows than this wait for the caller.
const MAX_WAITING_ROWS = 10_000;

/** A reply that a call waits for. */
export interface AwaitedReply extends ReplyTarget {
  /** Whether a part of it has come. */
  readonly hasBegun: boolean;
  /** No more will come. */
  fail(error: ClientError): void;
  /** Settles when there is room for more; undefined if there is. */
  whenTaken(): Promise<void> | undefined;
}

/** A reply as one value. */
export class WholeReply<Value> implements AwaitedReply {
  /** The value, when all of it has come. */
  readonly promise: Promise<Value>;
  /** Whether a part of it has come. */
  hasBegun = false;
  readonly #deferred: Deferred<Value> = createDeferred<Value>();
  readonly #command: string;
  readonly #takeRow: (line: Uint8Array) => void;
  readonly #value: () => Value;

  /** Waits for a reply. @param parts the handler of a row, and the maker of the result */
  constructor(
    command: string,
    parts: { readonly takeRow: (line: Uint8Array) => void; readonly value: () => Value },
  ) {
    this.promise = this.#deferred.promise;
    this.#command = command;
    this.#takeRow = parts.takeRow;
    this.#value = parts.value;
  }

  /** Takes a row. */
  addRow(line: Uint8Array): void {
    this.hasBegun = true;
    this.#takeRow(line);
  }

  /** Settles. */
  finish(): void {
    this.#deferred.resolve(this.#value());
  }

  /** Rejects with a {@linkcode ClientProtocolError}. */
  refuse(reason: string): void {
    this.fail(refusalOf(this.#command, reason));
  }

  /** Rejects. */
  fail(error: ClientError): void {
    this.#deferred.reject(error);
  }

  /** There is always room. */
  whenTaken(): undefined {
    return undefined;
  }
}

/** Waits for a reply with rows, and gives them by key. */
export function awaitRows(command: string): WholeReply<MetricsRows> {
  const decoder = new RowDecoder();
  const rows: MetricsRows = new Map();
  const takeRow = (line: Uint8Array): void => {
    const { key, timestamp, value } = decoder.decode(line);
    const samples = rows.get(key);
    if (samples === undefined) rows.set(key, [[timestamp, value]]);
    else samples.push([timestamp, value]);
  };
  const value = (): MetricsRows => {
    // Our server sends them in order; others that speak the protocol need not.
    for (const samples of rows.values()) samples.sort((a, b) => a[0] - b[0]);
    return rows;
  };
  return new WholeReply(command, { takeRow, value });
}

/** Waits for a reply with keys. */
export function awaitKeys(command: string): WholeReply<string[]> {
  const decoder = new RowDecoder();
  const keys: string[] = [];
  const takeRow = (line: Uint8Array): number => keys.push(decoder.decodeKey(line));
  return new WholeReply(command, { takeRow, value: () => keys });
}

/** The rows of a reply one after the other; while many wait for the caller, the connection is not read. */
export class RowStream implements AwaitedReply {
  /** Whether a part of it has come. */
  hasBegun = false;
  readonly #decoder = new RowDecoder();
  readonly #command: string;
  #rows: MetricsRow[] = [];
  #isDone = false;
  #isDropped = false;
  #error: ClientError | undefined;
  #arrived: Deferred<void> | undefined;
  #taken: Deferred<void> | undefined;

  /** Waits for a reply. */
  constructor(command: string) {
    this.#command = command;
  }

  /** Takes a row. */
  addRow(line: Uint8Array): void {
    this.hasBegun = true;
    const row = this.#decoder.decode(line);
    if (!this.#isDropped) this.#rows.push(row);
    this.#wake();
  }

  /** Ends the rows. */
  finish(): void {
    this.#isDone = true;
    this.#wake();
  }

  /** Ends the rows with a {@linkcode ClientProtocolError}. */
  refuse(reason: string): void {
    this.fail(refusalOf(this.#command, reason));
  }

  /** Ends the rows with an error. */
  fail(error: ClientError): void {
    this.#error = error;
    this.#wake();
  }

  /** Settles when the caller has taken the rows; undefined if few wait. */
  whenTaken(): Promise<void> | undefined {
    if (this.#rows.length < MAX_WAITING_ROWS || this.#error !== undefined) return undefined;
    this.#taken ??= createDeferred<void>();
    return this.#taken.promise;
  }

  /** The rows that have come since the last call, waiting for at least one; undefined at the end. */
  async take(): Promise<readonly MetricsRow[] | undefined> {
    this.#taken?.resolve();
    this.#taken = undefined;
    while (this.#rows.length === 0) {
      if (this.#error !== undefined) throw this.#error;
      if (this.#isDone) return undefined;
      this.#arrived = createDeferred<void>();
      await this.#arrived.promise;
    }
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  /** The caller wants no more: the remaining rows are read and dropped. */
  drop(): void {
    this.#isDropped = true;
    this.#rows = [];
    this.#taken?.resolve();
  }

  #wake(): void {
    this.#arrived?.resolve();
    this.#arrived = undefined;
  }
}

function refusalOf(command: string, reason: string): ClientProtocolError {
  return new ClientProtocolError(`Cannot ${command}: the server says "${reason}"`);
}

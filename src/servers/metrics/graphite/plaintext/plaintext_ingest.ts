// Graphite's plaintext protocol: lines of `name value timestamp`, without replies. A timestamp of -1 means
// now, fractions of seconds are cut, NaN is not a sample. Unreadable lines are counted and left out, as
// carbon does.

import type { MaybePromise } from "../../../../base/maybe_promise.ts";
import type { LineDecoder } from "../../../../bytes/line_decoder.ts";
import { isKey } from "../../protocol/key_rules.ts";
import { parsePythonFloat } from "../../protocol/python_float.ts";
import { isSpace } from "../../protocol/white_space.ts";
import type { ServerCounts } from "../../server_counts.ts";
import { type MetricStore, type PutOutcome, StoreRefusal } from "../../store.ts";

const STAR = 0x2a;

/** Receivers of lines. */
export interface PlaintextParts {
  /** The store that takes the samples. */
  readonly store: MetricStore;
  /** Counts puts and refusals. */
  readonly counts: ServerCounts;
  /** The wall clock in milliseconds since 1970. */
  readonly now: () => number;
  /** The store failed. */
  readonly onFailed: (error: unknown) => void;
}

/** Puts lines into a store. */
export class PlaintextIngest {
  readonly #parts: PlaintextParts;
  // The fields of a put, reused for the next one.
  readonly #put = { bytes: new Uint8Array(0), keyStart: 0, keyEnd: 0, value: 0, timestamp: 0 };
  #position = 0;

  /** Makes an ingest; many clients may use one. */
  constructor(parts: PlaintextParts) {
    this.#parts = parts;
  }

  /**
   * Takes the next bytes of a client.
   *
   * @param decoder of the client
   * @returns settles when the store has kept its puts, so that a client is not read faster than that
   */
  take(decoder: LineDecoder, bytes: Uint8Array, count: number): MaybePromise<void> {
    decoder.feed(bytes, count);
    const waiting: Promise<PutOutcome>[] = [];
    while (decoder.next()) {
      const isRead = !decoder.isTooLong && this.#readLine(decoder.bytes, decoder.start, decoder.end);
      if (isRead === undefined) continue;
      const outcome = isRead ? this.#putSample() : "wrong";
      if (typeof outcome === "string") this.#countOutcome(outcome);
      else waiting.push(outcome);
    }
    return this.#commit(waiting);
  }

  async #commit(waiting: readonly Promise<PutOutcome>[]): Promise<void> {
    try {
      for (const outcome of await Promise.all(waiting)) this.#countOutcome(outcome);
      await this.#parts.store.commit();
    } catch (error) {
      this.#fail(error);
    }
  }

  #putSample(): MaybePromise<PutOutcome> | "failed" {
    try {
      return this.#parts.store.put(this.#put);
    } catch (error) {
      this.#fail(error);
      return "failed";
    }
  }

  #countOutcome(outcome: PutOutcome | "failed" | "wrong"): void {
    if (outcome === "stored") this.#parts.counts.puts++;
    else this.#parts.counts.refusals++;
  }

  #fail(error: unknown): void {
    if (!(error instanceof StoreRefusal)) this.#parts.onFailed(error);
  }

  // @returns undefined for a line without a word
  #readLine(bytes: Uint8Array, start: number, end: number): boolean | undefined {
    const put = this.#put;
    put.bytes = bytes as Uint8Array<ArrayBuffer>;
    this.#position = start;
    put.keyStart = this.#skipSpace(end);
    if (put.keyStart === end) return undefined;
    put.keyEnd = this.#skipWord(end);
    const isAll = put.keyEnd - put.keyStart === 1 && bytes[put.keyStart] === STAR;
    if (isAll || !isKey(bytes, put.keyStart, put.keyEnd)) return false;
    const value = this.#readNumber(end);
    const timestamp = this.#readNumber(end) ?? NaN;
    if (value === undefined || Number.isNaN(value) || this.#skipSpace(end) !== end) return false;
    const seconds = timestamp === -1 ? this.#parts.now() / 1_000 : timestamp;
    put.value = value;
    // Not -0: a timestamp has one zero.
    put.timestamp = Math.trunc(seconds) + 0;
    return Number.isSafeInteger(put.timestamp);
  }

  #readNumber(end: number): number | undefined {
    const start = this.#skipSpace(end);
    return parsePythonFloat(this.#put.bytes, start, this.#skipWord(end));
  }

  #skipSpace(end: number): number {
    const { bytes } = this.#put;
    while (this.#position < end && isSpace(bytes[this.#position]!)) this.#position++;
    return this.#position;
  }

  #skipWord(end: number): number {
    const { bytes } = this.#put;
    while (this.#position < end && !isSpace(bytes[this.#position]!)) this.#position++;
    return this.#position;
  }
}

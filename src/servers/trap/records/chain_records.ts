import type { ChainEntry } from "../../../log/entry.ts";

/** The level of a record. */
export type ChainLevel = ChainEntry["level"];

/** One record of a chain. */
export interface ChainRecord {
  /** The time, in microseconds since 1970. */
  readonly atMicros: number;
  /** The level. */
  readonly level: ChainLevel;
  /** The chain of calls, outermost first: `trap > query > process2`. */
  readonly where: string;
  /** The event, in words; texts from the request are bytes seen as latin1. */
  readonly message: string;
}

/** A chain for the store: short in JSON, and only {@linkcode ChainRecords} knows its form. */
export interface PackedChain {
  /** A time close to those of the records, in microseconds since 1970. */
  readonly startMicros: number;
  /** The records, in turn. */
  readonly parts: readonly (number | string)[];
}

// Parts of a record in the array.
const PARTS = 3;

/**
 * The records of one chain, in order.
 *
 * They lie in one array, because the collector moves each object of a kept request: one object and one number
 * for each record took a sixth of the memory of a request (Deno 2.9.6).
 */
export class ChainRecords implements Iterable<ChainRecord> {
  readonly #startMicros: number;
  // The microseconds since the start, doubled, odd for an error; then where, and the message.
  readonly #parts: (number | string)[] = [];
  #errorCount = 0;

  /** Begins without a record. @param startMicros a time close to those of the records */
  constructor(startMicros: number) {
    this.#startMicros = startMicros;
  }

  /** Makes them from records, or from their short form. */
  static of(records: Iterable<ChainRecord> | PackedChain): ChainRecords {
    if ("parts" in records) return ChainRecords.#unpack(records);
    const all = [...records];
    const chain = new ChainRecords(all[0]?.atMicros ?? 0);
    for (const record of all) chain.add(record);
    return chain;
  }

  static #unpack({ startMicros, parts }: PackedChain): ChainRecords {
    const chain = new ChainRecords(startMicros);
    for (let i = 0; i < parts.length; i += PARTS) {
      chain.#parts.push(parts[i]!, parts[i + 1]!, parts[i + 2]!);
      if (Number(parts[i]) % 2 !== 0) chain.#errorCount++;
    }
    return chain;
  }

  /** How many of them are errors. */
  get errorCount(): number {
    return this.#errorCount;
  }

  /** Adds a record. */
  add({ atMicros, level, where, message }: ChainRecord): void {
    const isError = level === "error" ? 1 : 0;
    this.#errorCount += isError;
    this.#parts.push((atMicros - this.#startMicros) * 2 + isError, where, message);
  }

  *[Symbol.iterator](): IterableIterator<ChainRecord> {
    const parts = this.#parts;
    for (let i = 0; i < parts.length; i += PARTS) {
      const [time, where, message] = parts.slice(i, i + PARTS) as [number, string, string];
      const isError = time % 2 !== 0;
      const atMicros = this.#startMicros + Math.floor(time / 2);
      yield { atMicros, level: isError ? "error" : "info", where, message };
    }
  }

  /** The short form; not a copy. */
  pack(): PackedChain {
    return { startMicros: this.#startMicros, parts: this.#parts };
  }

  /** As plain data, for JSON. */
  toJSON(): readonly ChainRecord[] {
    return [...this];
  }
}

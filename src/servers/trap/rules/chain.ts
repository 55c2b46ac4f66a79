// The chain of a request: its steps through the functions. Each record goes to the log, and is kept with the
// request.

import type { ChainLog } from "../../../log/open_logs.ts";
import { type ChainRecord, ChainRecords } from "../records/chain_records.ts";
import type { MicroClock } from "../records/micro_clock.ts";

/** The tools of all chains of a server. */
export interface ChainTools {
  /** The time. */
  readonly now: MicroClock;
  /** Gets every record; undefined when it is off. */
  readonly log: ChainLog | undefined;
}

/** Collects the records of one request. */
export class Chain {
  /** The id of the request. */
  readonly id: string;
  /** All records so far, in order. */
  readonly records: ChainRecords;
  readonly #tools: ChainTools;
  #atMicros: number;

  /** Begins a chain without a record. @param atMicros the time of its first records */
  constructor(id: string, atMicros: number, tools: ChainTools) {
    this.id = id;
    this.records = new ChainRecords(atMicros);
    this.#atMicros = atMicros;
    this.#tools = tools;
  }

  /**
   * Takes the time for all records until the next call: those of one step. Asking for the time costs as much
   * as a record (Deno 2.9.6).
   *
   * @returns the time
   */
  beginStep(): number {
    return this.#atMicros = this.#tools.now();
  }

  /** The chain as seen from the outermost function. */
  enter(name: string): ChainLink {
    return new ChainLink(this, name);
  }

  /** Adds a record. @param detail only for the log: the request has it in its own parts */
  add(record: Omit<ChainRecord, "atMicros">, detail: string = ""): void {
    const { level, where, message } = record;
    const atMicros = this.#atMicros;
    this.records.add({ atMicros, level, where, message });
    this.#tools.log?.write({ timeMicros: atMicros, level, id: this.id, where, message: message + detail });
  }

  /** Adds a record only to the log. */
  note(where: string, message: string): void {
    this.#tools.log?.write({ timeMicros: this.#atMicros, level: "info", id: this.id, where, message });
  }
}

// A memo of a pure function, bounded because the names stand in the code: a text for each record of 10,000 kept
// requests would be work for the collector.
const longerChains = new Map<string, Map<string, string>>();

function lengthen(where: string, name: string): string {
  let longer = longerChains.get(where);
  if (longer === undefined) longerChains.set(where, longer = new Map());
  let text = longer.get(name);
  if (text === undefined) longer.set(name, text = `${where} > ${name}`);
  return text;
}

/** The chain as one function sees it: it adds records of its own, and hands a longer chain to those that it calls. */
export class ChainLink {
  readonly #chain: Chain;
  readonly #where: string;

  constructor(chain: Chain, where: string) {
    this.#chain = chain;
    this.#where = where;
  }

  /** The chain for a function that is called from here. */
  enter(name: string): ChainLink {
    return new ChainLink(this.#chain, lengthen(this.#where, name));
  }

  /** Records a step. @param detail only for the log: the request has it in its own parts */
  info(message: string, detail: string = ""): void {
    this.#chain.add({ level: "info", where: this.#where, message }, detail);
  }

  /** Adds an observation only to the log. */
  note(message: string): void {
    this.#chain.note(this.#where, message);
  }

  /** Records an error of the request. */
  error(message: string): void {
    this.#chain.add({ level: "error", where: this.#where, message });
  }
}

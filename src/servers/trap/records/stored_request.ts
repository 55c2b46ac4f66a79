import { joinBytes } from "../../../bytes/join_bytes.ts";
import type { HeaderField } from "../../../http/headers.ts";
import { splitTarget } from "../../../http/target.ts";
import { createMicroTimestamps } from "../../../log/timestamp.ts";
import { timeOf } from "./request_ids.ts";
import type { ChainRecord } from "../rules/chain.ts";
import { readChunkData } from "./chunk_data.ts";
import { type Parameter, splitQuery } from "./parameters.ts";
import type { KeptBytes } from "./wire_bytes.ts";

/** How a request ended: as it should, by a fault in its bytes, by the client going away, by its being too slow. */
export type RequestEnd = "complete" | "malformed" | "aborted" | "timeout";

/** Where a request breaks which rule. */
export interface Malformation {
  /** Offset of the fault from the first byte of the request. */
  readonly offset: number;
  /** The rule, as a word and a sentence. */
  readonly rule: string;
}

/** The answer that was given. */
export interface GivenAnswer {
  /** Status code. */
  readonly status: number;
  /** The fields, apart from those that the server sets itself. */
  readonly headers: readonly HeaderField[];
  /** The content. */
  readonly body: string;
}

/** What is known about a request beside its bytes: plain data. Texts out of the request are bytes seen as latin1. */
export interface RequestFacts {
  /** The id: when its head was complete, or broke. */
  readonly id: string;
  /** The client's end of the connection, as `127.0.0.1:51234`. */
  readonly remote: string;
  /** Our end. */
  readonly local: string;
  /** Whether the connection is protected by TLS. */
  readonly isEncrypted: boolean;
  /** As sent; "" where it was not understood. */
  readonly method: string;
  /** As sent; "" where it was not understood. */
  readonly target: string;
  /** As sent, for example `1.1`; "" where it was not understood. */
  readonly version: string;
  /** As sent, in order. */
  readonly headers: readonly HeaderField[];
  /** As sent, in order. */
  readonly trailers: readonly HeaderField[];
  /** Bytes of the head with its empty line, and of empty lines in front of it; 0 where the head was not understood. */
  readonly headBytes: number;
  /** Bytes of content, all that came, without framing. */
  readonly bodyBytes: number;
  /** Whether the content came in chunks. */
  readonly isChunked: boolean;
  /** What was done for it. */
  readonly chain: readonly ChainRecord[];
  /** How it ended. */
  readonly end: RequestEnd;
  /** What was wrong with its bytes. */
  readonly malformed?: Malformation;
  /** The answer; undefined where there was none. */
  readonly answer?: GivenAnswer;
}

/** A request as the API gives it. Texts out of the request are bytes seen as latin1. */
export interface RequestRecord {
  readonly id: string;
  /** ISO 8601, UTC, with microseconds. */
  readonly receivedAt: string;
  readonly remote: string;
  readonly local: string;
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly query: readonly Parameter[];
  readonly version: string;
  readonly headers: readonly HeaderField[];
  readonly trailers: readonly HeaderField[];
  readonly bodyBytes: number;
  readonly wireBytes: number;
  readonly sha256: string;
  readonly verdict: "ok" | "error";
  readonly errors: readonly string[];
  readonly chain: readonly {
    readonly at: string;
    readonly level: string;
    readonly where: string;
    readonly message: string;
  }[];
  readonly end: RequestEnd;
  readonly malformed?: Malformation;
  readonly truncated?: { readonly keptBytes: number };
  /** The reads in which the bytes came. */
  readonly pieces: readonly { readonly at: string; readonly bytes: number }[];
  readonly answer?: GivenAnswer;
}

/** A request with its bytes. */
export class StoredRequest {
  /** Its place in the order in which requests were stored; given by the store. */
  sequence = 0;
  /** The bytes that the store has counted for it. */
  countedBytes = 0;
  /** Its path as sent. */
  readonly path: string;
  /** The bytes as they came. */
  readonly wire: KeptBytes;
  #facts: RequestFacts;

  constructor(facts: RequestFacts, wire: KeptBytes) {
    this.#facts = facts;
    this.wire = wire;
    this.path = splitTarget(facts.target).path;
  }

  /** The id. */
  get id(): string {
    return this.#facts.id;
  }

  /** What is known beside the bytes. */
  get facts(): RequestFacts {
    return this.#facts;
  }

  /** Whether something was wrong with it. */
  get hasErrors(): boolean {
    return this.#facts.chain.some(({ level }) => level === "error");
  }

  /** The content as far as it is kept, without its framing. */
  get body(): Uint8Array {
    const { headBytes, bodyBytes, isChunked } = this.#facts;
    if (bodyBytes === 0) return this.wire.kept.subarray(0, 0);
    if (isChunked) return joinBytes(readChunkData(this.wire.kept).pieces.map(({ bytes }) => bytes));
    return this.wire.kept.subarray(headBytes, headBytes + bodyBytes);
  }

  /** Adds a record to its chain. */
  addToChain(record: ChainRecord): void {
    this.#facts = { ...this.#facts, chain: [...this.#facts.chain, record] };
  }

  /** The request as the API gives it. */
  toRecord(): RequestRecord {
    const facts = this.#facts;
    const { wire } = this;
    const errors = facts.chain.filter(({ level }) => level === "error").map(({ message }) => message);
    const timestamp = createMicroTimestamps();
    return {
      id: facts.id,
      receivedAt: timeOf(facts.id),
      remote: facts.remote,
      local: facts.local,
      method: facts.method,
      target: facts.target,
      path: this.path,
      query: splitQuery(splitTarget(facts.target).query),
      version: facts.version,
      headers: facts.headers,
      trailers: facts.trailers,
      bodyBytes: facts.bodyBytes,
      wireBytes: wire.length,
      sha256: wire.sha256,
      verdict: errors.length === 0 ? "ok" : "error",
      errors,
      chain: facts.chain.map(({ atMicros, level, where, message }) => ({
        at: timestamp(atMicros),
        level,
        where,
        message,
      })),
      end: facts.end,
      ...(facts.malformed === undefined ? {} : { malformed: facts.malformed }),
      ...(wire.isCut ? { truncated: { keptBytes: this.#keptBytes } } : {}),
      pieces: wire.pieces.map(({ atMicros, bytes }) => ({ at: timestamp(atMicros), bytes })),
      ...(facts.answer === undefined ? {} : { answer: facts.answer }),
    };
  }

  /** How much is kept: of the content, or of all bytes where there is none that was understood. */
  get #keptBytes(): number {
    return this.#facts.headBytes === 0 ? this.wire.kept.length : this.body.length;
  }
}

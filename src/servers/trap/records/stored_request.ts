import { joinBytes } from "../../../bytes/join_bytes.ts";
import type { HeaderField } from "../../../http/headers.ts";
import { splitTarget } from "../../../http/target.ts";
import type { ChainRecord } from "../rules/chain.ts";
import { readChunkData } from "./chunk_data.ts";
import { eventNameOf } from "./event_name.ts";
import type {
  GivenAnswer,
  Malformation,
  ReplayRecord,
  RequestEnd,
  RequestFault,
  SignatureRecord,
} from "./request_record.ts";
import { cutResponse, type StoredResponse } from "./stored_response.ts";
import { cutBytes, type KeptBytes } from "./wire_bytes.ts";

/** Facts about a request, without its bytes: plain data. Texts from the request are bytes seen as latin1. */
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
  /** The steps taken for it. */
  readonly chain: readonly ChainRecord[];
  /** How it ended. */
  readonly end: RequestEnd;
  /** The fault in its bytes. */
  readonly malformed?: Malformation;
  /** Parts that a strict server would refuse. */
  readonly marks?: readonly string[];
  /** The response of the trap itself; undefined if there was none. */
  readonly answer?: GivenAnswer;
  /** Whether the rule that responded to it could not do what it says. */
  readonly hasScriptFault?: boolean;
  /** The bin that it belongs to. */
  readonly bin?: string;
  /** The check of its signature. */
  readonly signature?: SignatureRecord;
  /** Why there is no request at all: what the TLS library said of the handshake. */
  readonly tlsFailure?: string;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

// A request that is sent again and again keeps its newest responses.
const MAX_REPLAYS = 20;

/** A replay with the bytes of its response. */
export interface StoredReplay {
  /** Facts about the replay, without the response. */
  readonly facts: Omit<ReplayRecord, "response">;
  /** The response. */
  readonly response: StoredResponse;
}

/** A request with its bytes, and those of its responses. */
export class StoredRequest {
  /** Its place in the order in which requests were stored; given by the store. */
  sequence = 0;
  /** The bytes that the store has counted for it. */
  countedBytes = 0;
  /** Its path as sent. */
  readonly path: string;
  #wire: KeptBytes;
  readonly #facts: Writable<RequestFacts>;
  #response: StoredResponse | undefined;
  #replays: readonly StoredReplay[] = [];
  #event: string | undefined;

  /**
   * Makes a request.
   *
   * @param facts taken over: they change with what is said later
   * @param response forwarded or scripted; it may come later, with {@linkcode StoredRequest.setResponse}
   */
  constructor(facts: RequestFacts, wire: KeptBytes, response?: StoredResponse) {
    this.#facts = facts;
    this.#wire = wire;
    this.#response = response;
    this.path = splitTarget(facts.target).path;
  }

  /** The id. */
  get id(): string {
    return this.#facts.id;
  }

  /** Facts about the request, without its bytes. */
  get facts(): RequestFacts {
    return this.#facts;
  }

  /** The bytes as they came. */
  get wire(): KeptBytes {
    return this.#wire;
  }

  /** The response that was forwarded or scripted. */
  get response(): StoredResponse | undefined {
    return this.#response;
  }

  /** Its replays, the oldest first. */
  get replays(): readonly StoredReplay[] {
    return this.#replays;
  }

  /** The response that the record shows. */
  get shownResponse(): StoredResponse | undefined {
    return this.#response ?? this.#replays.at(-1)?.response;
  }

  /** Bytes that are kept of it and of its responses. */
  get keptBytes(): number {
    let bytes = this.#wire.keptBytes + (this.#response?.kept.length ?? 0);
    for (const { response } of this.#replays) bytes += response.kept.length;
    return bytes;
  }

  /** Whether something was wrong with it, or a rule of the trap was broken. */
  get hasErrors(): boolean {
    return this.#facts.chain.some(({ level }) => level === "error");
  }

  /** Whether there is no request: a TLS handshake that failed. */
  get isHandshake(): boolean {
    return this.#facts.tlsFailure !== undefined;
  }

  /** The fault of the message itself. */
  get fault(): RequestFault | null {
    const { end, hasScriptFault, tlsFailure } = this.#facts;
    if (tlsFailure !== undefined) return "malformed";
    if (end !== "complete") return end;
    if (hasScriptFault === true) return "script";
    return this.#wire.isCut ? "cut" : null;
  }

  /** The content as far as it is kept, without its framing. */
  get body(): Uint8Array {
    const { headBytes, bodyBytes, isChunked } = this.#facts;
    const { kept } = this.#wire;
    if (bodyBytes === 0) return kept.subarray(0, 0);
    if (isChunked) return joinBytes(readChunkData(kept).pieces.map(({ bytes }) => bytes));
    return kept.subarray(headBytes, headBytes + bodyBytes);
  }

  /** The name of the event that its sender gives; "" if there is none. */
  get event(): string {
    return this.#event ??= eventNameOf({ headers: this.#facts.headers, body: this.body });
  }

  /** Adds a record to its chain. */
  addToChain(record: ChainRecord): void {
    this.#facts.chain = [...this.#facts.chain, record];
  }

  /** Says what was noticed about it. */
  judge({ marks, signature }: {
    readonly marks: readonly string[] | undefined;
    readonly signature: SignatureRecord | undefined;
  }): void {
    if (marks !== undefined) this.#facts.marks = marks;
    if (signature !== undefined) this.#facts.signature = signature;
  }

  /** Says what the trap itself responded to it. @param hasScriptFault whether a rule could not do what it says */
  setAnswer(answer: GivenAnswer, hasScriptFault: boolean = false): void {
    this.#facts.answer = answer;
    if (hasScriptFault) this.#facts.hasScriptFault = true;
  }

  /** Says what was responded to it. */
  setResponse(response: StoredResponse): void {
    this.#response = response;
  }

  /** Adds what came back when it was sent again; the oldest beyond a few are forgotten. */
  addReplay(replay: StoredReplay): void {
    this.#replays = [...this.#replays, replay].slice(-MAX_REPLAYS);
  }

  /** Keeps no more than so many bytes of it, and of its responses what is left. */
  cut(maxBytes: number): void {
    if (this.keptBytes <= maxBytes) return;
    this.#wire = cutBytes(this.#wire, maxBytes);
    let room = maxBytes - this.#wire.keptBytes;
    const fit = (response: StoredResponse): StoredResponse => {
      const fitting = cutResponse(response, room);
      room -= fitting.kept.length;
      return fitting;
    };
    if (this.#response !== undefined) this.#response = fit(this.#response);
    this.#replays = this.#replays.map((replay) => ({ ...replay, response: fit(replay.response) }));
  }
}

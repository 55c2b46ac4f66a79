import type { Writable } from "../../../base/writable.ts";
import { joinBytes } from "../../../bytes/join_bytes.ts";
import type { HeaderField } from "../../../http/headers.ts";
import { splitTarget } from "../../../http/target.ts";
import type { ChainRecord, ChainRecords } from "./chain_records.ts";
import { readChunkData, readFields } from "./message_parts.ts";
import { eventNameOf } from "./event_name.ts";
import { plainAnswer } from "./plain_answer.ts";
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
  /** The id, from the moment when its head was complete or broken. */
  readonly id: string;
  /** The client's end of the connection, as `127.0.0.1:51234`. */
  readonly remote: string;
  /** The server's end of the connection. */
  readonly local: string;
  /** Whether the connection is protected by TLS. */
  readonly isEncrypted: boolean;
  /** As sent; "" if it was not understood. */
  readonly method: string;
  /** As sent; "" if it was not understood. */
  readonly target: string;
  /** As sent, for example `1.1`; "" if it was not understood. */
  readonly version: string;
  /**
   * As sent, in order. Undefined if they are found in the kept bytes, which {@linkcode StoredRequest.headers}
   * does: few requests are ever looked at, and each field would be work for the collector.
   */
  readonly headers?: readonly HeaderField[];
  /** As sent, in order. */
  readonly trailers: readonly HeaderField[];
  /**
   * Bytes of the head with its empty line, and of empty lines before it; 0 if the head was not understood.
   */
  readonly headBytes: number;
  /** All bytes of content that came, without framing. */
  readonly bodyBytes: number;
  /** Whether the content is chunked. */
  readonly isChunked: boolean;
  /** The steps taken for it. */
  readonly chain: ChainRecords;
  /** How it ended. */
  readonly end: RequestEnd;
  /** The fault in its bytes. */
  readonly malformed?: Malformation;
  /** The parts that a strict server would refuse. */
  readonly marks?: readonly string[];
  /** The response of the trap itself; undefined if there was none, or {@linkcode plainAnswer}. */
  readonly answer?: GivenAnswer;
  /** Whether the rule of its response failed. */
  readonly hasScriptFault?: boolean;
  /** The bin that it belongs to. */
  readonly bin?: string;
  /** The check of its signature. */
  readonly signature?: SignatureRecord;
  /** Why there is no request: the TLS library's error of the handshake. */
  readonly tlsFailure?: string;
}

// A request that is sent again and again keeps its newest responses.
const MAX_REPLAYS = 20;

/** A replay with the bytes of its response. */
export interface StoredReplay {
  /** Facts about the replay, without the response. */
  readonly facts: Omit<ReplayRecord, "response">;
  /** The response. */
  readonly response: StoredResponse;
}

const NO_REPLAYS: readonly StoredReplay[] = [];

/** A request with its bytes, and the bytes of its responses. */
export class StoredRequest {
  /** Its position in the order of storing; set by the store. */
  sequence = 0;
  /** The number of its bytes in the store's sum. */
  countedBytes = 0;
  /** Its path as sent. */
  readonly path: string;
  #wire: KeptBytes;
  readonly #facts: Writable<RequestFacts>;
  #response: StoredResponse | undefined;
  #begunStatus: number | undefined;
  #hasPlainAnswer = false;
  #replays = NO_REPLAYS;
  #event: string | undefined;

  /**
   * Makes a request.
   *
   * @param facts owned by the request from now on: its setters change them
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

  /** The fields as sent, in order. */
  get headers(): readonly HeaderField[] {
    return this.#facts.headers ?? readFields(this.#wire.kept.subarray(0, this.#facts.headBytes));
  }

  /** The bytes as they came. */
  get wire(): KeptBytes {
    return this.#wire;
  }

  /** The response of the trap itself; undefined if there was none. */
  get answer(): GivenAnswer | undefined {
    return this.#hasPlainAnswer ? plainAnswer(this.id) : this.#facts.answer;
  }

  /** Whether the trap's own response was {@linkcode plainAnswer}. */
  get hasPlainAnswer(): boolean {
    return this.#hasPlainAnswer;
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

  /** The status that the client got, or gets while the response is still on its way. */
  get status(): number | undefined {
    return this.shownResponse?.facts.status ?? this.#begunStatus ?? this.answer?.status;
  }

  /** The number of kept bytes of the request and its responses. */
  get keptBytes(): number {
    let bytes = this.#wire.keptBytes + (this.#response?.kept.length ?? 0);
    for (const { response } of this.#replays) bytes += response.kept.length;
    return bytes;
  }

  /** Whether it has a fault, or breaks a rule of the trap. */
  get hasErrors(): boolean {
    return this.#facts.chain.errorCount > 0;
  }

  /** Whether it is a failed TLS handshake, without a request. */
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

  /** The kept part of the content, without framing. */
  get body(): Uint8Array {
    const { headBytes, bodyBytes, isChunked } = this.#facts;
    const { kept } = this.#wire;
    if (bodyBytes === 0) return kept.subarray(0, 0);
    if (isChunked) return joinBytes(readChunkData(kept).pieces.map(({ bytes }) => bytes));
    return kept.subarray(headBytes, headBytes + bodyBytes);
  }

  /** The event name from its sender; "" if there is none. */
  get event(): string {
    return this.#event ??= eventNameOf(this);
  }

  /** Adds a record to its chain. */
  addToChain(record: ChainRecord): void {
    this.#facts.chain.add(record);
  }

  /** Sets the results of the checks. */
  judge({ marks, signature }: {
    readonly marks: readonly string[] | undefined;
    readonly signature: SignatureRecord | undefined;
  }): void {
    if (marks !== undefined) this.#facts.marks = marks;
    if (signature !== undefined) this.#facts.signature = signature;
  }

  /** Notes that the trap's own response is {@linkcode plainAnswer}, which is made again when it is looked at. */
  setPlainAnswer(): void {
    this.#hasPlainAnswer = true;
  }

  /** Sets the trap's own response. @param hasScriptFault whether the rule failed */
  setAnswer(answer: GivenAnswer, hasScriptFault: boolean = false): void {
    this.#facts.answer = answer;
    if (hasScriptFault) this.#facts.hasScriptFault = true;
  }

  /** Notes that the response has begun: its head is there. */
  beginResponse(status: number): void {
    this.#begunStatus = status;
  }

  /** Sets the response. */
  setResponse(response: StoredResponse): void {
    this.#response = response;
  }

  /** Adds the response to a replay; the oldest beyond a limit are forgotten. */
  addReplay(replay: StoredReplay): void {
    this.#replays = [...this.#replays, replay].slice(-MAX_REPLAYS);
  }

  /** Keeps no more than this many bytes of the request and its responses together, the request first. */
  cut(maxBytes: number): void {
    if (this.keptBytes <= maxBytes) return;
    if (maxBytes < this.#facts.headBytes) this.#facts.headers = this.headers;
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

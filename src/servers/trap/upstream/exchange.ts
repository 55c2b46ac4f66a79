import { createHash, type Hash } from "node:crypto";
import type { BagItem } from "../../../base/bag.ts";
import { messageOfError } from "../../../base/error_text.ts";
import type { Writable } from "../../../base/writable.ts";
import type { InterimResponse } from "../../../http/response/interim_response.ts";
import type { ByteSlab } from "../records/byte_slab.ts";
import type { MicroClock } from "../records/micro_clock.ts";
import type { Malformation, ResponseEnd, ResponseRecord } from "../records/request_record.ts";
import type { ResponseFacts, StoredResponse } from "../records/stored_response.ts";
import { WireBytes } from "../records/wire_bytes.ts";
import { ResponseParser } from "./response_parser.ts";
import { ResponseFault, type ResponseHead, type ResponseReceiver } from "./response_parts.ts";

/** How a response ended, and why. */
export interface ExchangeEnd {
  /** How. */
  readonly end: ResponseEnd;
  /** The fault in its bytes. */
  readonly malformed?: Malformation;
  /** Why it is not complete, in words. */
  readonly reason?: string;
}

/** The operations of a connection that an exchange needs. */
export interface ExchangeWire {
  /** Reads on. */
  read(): void;
  /** The response has ended. @param mayLiveOn whether another one may follow */
  release(mayLiveOn: boolean): void;
}

/** The request of an exchange. */
export interface ExchangeRequest {
  /** Its method. */
  readonly method: string;
  /** Gets the interim responses; undefined if nobody wants them. */
  readonly onInterim?: InterimListener | undefined;
}

/** Gets an interim response as soon as it has come. */
export type InterimListener = (response: InterimResponse) => void;

/** The tools of all exchanges with a server. */
export interface ExchangeTools {
  /** How many bytes of the response are kept. */
  readonly maxKeptBytes: number;
  /** The time. */
  readonly now: MicroClock;
  /** Memory for small responses. */
  readonly slab: ByteSlab;
}

const NO_BYTES = new Uint8Array(0);
const NO_INTERIM: readonly InterimResponse[] = [];
const COMPLETE: ExchangeEnd = { end: "complete" };

/** One response on its way from a server, kept byte for byte. */
export class Exchange implements ResponseReceiver, BagItem {
  place = 0;
  /** The time of the last activity, in microseconds. */
  activeMicros: number;
  readonly #request: ExchangeRequest;
  readonly #tools: ExchangeTools;
  readonly #startMicros: number;
  readonly #parser: ResponseParser;
  #wire: WireBytes | undefined;
  #connection: ExchangeWire | undefined;
  #interim: readonly InterimResponse[] = NO_INTERIM;
  #head: ResponseHead | undefined;
  #end: ExchangeEnd | undefined;
  #endMicros = 0;
  #isStreamed = false;
  #hash: Hash | undefined;
  #hashed = "";
  #waiting: Uint8Array[] = [];
  // One or two, which are not added in place: push() makes room for 17.
  #onEnded: readonly (() => void)[] = [];
  // A promise would cost each request a turn of the microtasks and four objects.
  #onReady: (() => void) | undefined;
  #wake: (() => void) | undefined;

  constructor(request: ExchangeRequest, tools: ExchangeTools) {
    this.#request = request;
    this.#tools = tools;
    this.#startMicros = this.activeMicros = tools.now();
    this.#parser = new ResponseParser(request.method, this);
  }

  /**
   * Calls back when the response has ended, or when its head is there without all content: then it is
   * streamed. For one caller; at once if that is so already.
   */
  whenReady(callback: () => void): void {
    if (this.#end !== undefined || this.#isStreamed) callback();
    else this.#onReady = callback;
  }

  /** The head, once it is there. */
  get head(): ResponseHead | undefined {
    return this.#head;
  }

  /** How the response ended, once it has. */
  get end(): ExchangeEnd | undefined {
    return this.#end;
  }

  /** The number of bytes that have come. */
  get wireBytes(): number {
    return this.#wire?.length ?? 0;
  }

  /** Sets a callback, which is called once when the response ends; it must not have ended yet. */
  onEnded(callback: () => void): void {
    this.#onEnded = [...this.#onEnded, callback];
  }

  /** Sets the connection that it uses from now on. */
  begin(connection: ExchangeWire): void {
    this.#connection = connection;
  }

  // Most responses come in one read, which is kept unchanged.
  #keep(bytes: Uint8Array): void {
    if (this.#wire !== undefined) return this.#wire.append(bytes, this.activeMicros);
    this.#wire = new WireBytes(bytes, this.activeMicros);
    this.#wire.limit(this.#tools.maxKeptBytes);
  }

  /** Records activity: the request is still on its way. */
  touch(): void {
    this.activeMicros = this.#tools.now();
  }

  /** Called by the connection: bytes have come, valid only during the call. */
  onBytes(buffer: Uint8Array, count: number): void {
    if (this.#end !== undefined) return;
    this.activeMicros = this.#tools.now();
    // The connection uses its buffer again: content is a view of this copy.
    const bytes = this.#tools.slab.copy(buffer, 0, count);
    this.#keep(bytes);
    try {
      this.#parser.push(bytes, count);
    } catch (error) {
      if (!(error instanceof ResponseFault)) throw error;
      const { offset, message } = error;
      return this.finish({ end: "malformed", malformed: { offset, rule: message }, reason: message });
    }
    if (this.#parser.isDone) return this.#complete();
    if (this.#head !== undefined && !this.#isStreamed) this.#beginStream();
    if (this.#waiting.length === 0 || !this.#isStreamed) this.#connection?.read();
    this.#wake?.();
  }

  /** Called by the connection: the server has finished sending. */
  onFinished(): void {
    if (this.#end !== undefined) return;
    if (this.#parser.end()) return this.#complete();
    const reason = this.wireBytes === 0
      ? "the server closed the connection without a response"
      : `the server closed the connection after ${this.wireBytes} bytes of its response`;
    this.finish({ end: "aborted", reason });
  }

  /** Called by the connection: it is lost. */
  onLost(error: unknown): void {
    this.finish({ end: "aborted", reason: messageOfError(error) });
  }

  #complete(): void {
    const { hasExcess, offset } = this.#parser;
    const malformed = { offset, rule: "Cannot take bytes after the response" };
    this.finish(hasExcess ? { end: "complete", malformed } : COMPLETE, this.activeMicros);
  }

  /** Ends the response here. The first end counts. */
  finish(end: ExchangeEnd, atMicros: number = this.#tools.now()): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#endMicros = atMicros;
    this.#hashed = this.#hash?.digest("hex") ?? "";
    this.#wire?.finish();
    const mayLiveOn = end.end === "complete" && this.#parser.shouldKeepAlive && !this.#parser.hasExcess;
    this.#connection?.release(mayLiveOn);
    for (const callback of this.#onEnded) callback();
    this.#tellReady();
    this.#wake?.();
  }

  #tellReady(): void {
    const callback = this.#onReady;
    this.#onReady = undefined;
    callback?.();
  }

  onInterim(response: InterimResponse): void {
    this.#interim = [...this.#interim, response];
    this.#request.onInterim?.(response);
  }

  onHead(head: ResponseHead): void {
    this.#head = head;
  }

  onContent(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#hash?.update(bytes);
  }

  // From here on, the content may be longer than its kept part.
  #beginStream(): void {
    this.#isStreamed = true;
    this.#hash = createHash("sha256");
    for (const piece of this.#waiting) this.#hash.update(piece);
    this.#tellReady();
  }

  /** The content that has come and was not taken. */
  takeContent(): readonly Uint8Array[] {
    const pieces = this.#waiting;
    this.#waiting = [];
    return pieces;
  }

  /** Drops all content, and reads to the end. */
  async discardContent(): Promise<void> {
    for await (const _ of this.content());
  }

  /**
   * The content, read as fast as it is taken. If the caller stops early, the response ends.
   *
   * @throws {Error} when the response breaks off
   */
  async *content(): AsyncGenerator<Uint8Array, void> {
    try {
      for (;;) {
        for (const piece of this.takeContent()) yield piece;
        if (this.#end !== undefined) break;
        this.#connection?.read();
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
    } finally {
      this.finish({ end: "aborted", reason: "the client left before the end of the response" });
    }
    if (this.#end?.end !== "complete") throw new Error(`Cannot go on with the content: ${this.#end?.reason}`);
  }

  /** The response as it is stored. @param status of the trap's own response, if this one has no head */
  toStored(kind: ResponseRecord["kind"], status: number): StoredResponse {
    const { end, malformed, reason } = this.#end ?? { end: "aborted" };
    const head = this.#head;
    const kept = this.#wire?.kept ?? NO_BYTES;
    const facts: Writable<ResponseFacts> = {
      kind,
      status: head?.status ?? status,
      bodyBytes: this.#parser.contentBytes,
      wireBytes: this.wireBytes,
      end,
      durationMs: (this.#endMicros - this.#startMicros) / 1_000,
    };
    if (kept.length < this.wireBytes) {
      facts.interim = this.#interim.map(({ status, headers }) => ({ status, headers: [...headers] }));
      facts.headers = [...head?.headers ?? []];
      facts.trailers = [...this.#parser.trailers];
    }
    if (malformed !== undefined) facts.malformed = malformed;
    if (reason !== undefined) facts.reason = reason;
    if (this.#hashed !== "") facts.sha256 = this.#hashed;
    return { method: this.#request.method, facts, kept };
  }
}

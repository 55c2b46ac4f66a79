import { ByteBudget } from "../../bytes/byte_budget.ts";
import { BufferedTokens, type BufferedTokensOptions } from "../tokens/buffered_tokens.ts";
import { HttpError } from "../errors.ts";
import { type Expectation, readExpectation } from "./expectation.ts";
import type { Framing } from "../tokens/framing.ts";
import { HttpHeaders } from "../headers.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { HttpRequest } from "./request.ts";
import type { RequestHead } from "../tokens/request_head.ts";
import { bodyTooLarge, EMPTY_BODY } from "./request_body.ts";
import type { BytesReceiver, RequestReceiver, RequestSource } from "./request_source.ts";
import { StreamedBody } from "./streamed_body.ts";
import type { ErrorToken, HeadEndToken } from "../tokens/tokens.ts";

/** Options of {@linkcode RequestReader}. */
export type RequestReaderOptions = BufferedTokensOptions;

/** Reads the requests of one connection, one after the other, through one reused buffer. */
export class RequestReader {
  readonly #source: RequestSource;
  readonly #tokens: BufferedTokens;
  readonly #maxBodyBytes: number;
  #body: StreamedBody | undefined;
  #request: HttpRequest | undefined;
  #hasEnded = false;
  // Who waits for the next request, and who for the client to leave before it.
  #receiver: RequestReceiver | undefined;
  #onLeft: (() => void) | undefined;
  #isReadingAhead = false;
  #lostWith: unknown;
  // Made once for all requests of the connection.
  readonly #headReceiver: BytesReceiver = {
    onReceived: (count) => this.#onHeadBytes(count),
    onReceiveFailed: (error) => this.#onHeadFailed(error),
  };

  /**
   * Makes the reader of one connection.
   *
   * @param source where the bytes come from
   * @param options limits in bytes and counts, and whether raw heads are kept
   * @param budget what the buffers of all readers may hold beyond their smallest size; default no bound
   */
  constructor(
    source: RequestSource,
    options: RequestReaderOptions = {},
    budget: ByteBudget = new ByteBudget(Infinity),
  ) {
    this.#source = source;
    this.#tokens = new BufferedTokens(options, budget);
    this.#maxBodyBytes = options.maxBodyBytes ?? DEFAULT_LIMITS.maxBodyBytes;
  }

  /** Whether the client has finished sending, or sent something that ended the interpretation of its bytes. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The next request among the bytes that have been read, for which nobody watches yet; undefined when more are needed. */
  takeBuffered(): HttpRequest | undefined {
    this.unwatch();
    for (let token = this.#tokens.take(); token !== undefined; token = this.#tokens.take()) {
      if (token.kind === "head-end") return this.#createRequest(token);
      if (token.kind === "error") return this.#createRefused(token);
    }
    return undefined;
  }

  /**
   * Waits for the next request, when there is none in the bytes that have been read; calls back later.
   *
   * What the client waits for must have been sent. No promise is made: every request one at a time passes here.
   */
  receive(receiver: RequestReceiver): void {
    if (this.#hasEnded) return queueMicrotask(() => this.#giveEnd(receiver));
    this.#receiver = receiver;
    if (!this.#isReadingAhead) this.#receiveHead();
    else if (this.#tokens.isBetweenMessages) this.#source.beginIdle?.();
    else this.#source.beginHead?.();
  }

  /**
   * The next request, among the bytes that have been read or behind them, for those who have no server; flushes first.
   *
   * @returns null when the client has finished sending and there is none
   * @throws {ConnectionError} when the connection was lost
   */
  async read(): Promise<HttpRequest | null> {
    await this.#source.flush?.();
    return this.takeBuffered() ??
      await new Promise((resolve, reject) => this.receive({ onRequest: resolve, onLost: reject }));
  }

  /**
   * Tells when the client leaves, or finishes sending, before the next request is waited for.
   *
   * As soon as the content of the last request has been read, bytes are read ahead for it: those of the next request, one
   * buffer at the most. It cannot be told while a pipelined request waits already.
   */
  watch(onLeft: () => void): void {
    this.#onLeft = onLeft;
    this.#readAhead();
  }

  /** Tells nothing more: the request has been answered. */
  unwatch(): void {
    this.#onLeft = undefined;
  }

  #readAhead(): void {
    if (this.#onLeft === undefined || this.#isReadingAhead || this.hasUnreadBody) return;
    if (this.#hasEnded) return this.#onLeft();
    if (!this.#tokens.isUsedUp) return;
    this.#isReadingAhead = true;
    this.#source.receive(this.#tokens.prepare(true), this.#headReceiver, "ahead");
  }

  #receiveHead(): void {
    const phase = this.#tokens.isBetweenMessages ? "request" : "head";
    this.#source.receive(this.#tokens.prepare(true), this.#headReceiver, phase);
  }

  #onHeadBytes(count: number | null): void {
    this.#isReadingAhead = false;
    this.#take(count);
    const receiver = this.#receiver;
    if (receiver === undefined) return count === null ? this.#onLeft?.() : undefined;
    const request = this.takeBuffered();
    if (request === undefined && !this.#hasEnded) return this.#receiveHead();
    this.#receiver = undefined;
    receiver.onRequest(request ?? null);
  }

  #onHeadFailed(error: unknown): void {
    this.#isReadingAhead = false;
    const receiver = this.#receiver;
    this.#receiver = undefined;
    if (error instanceof HttpError) {
      receiver?.onRequest(this.#refuse(error, this.#tokens.partialHead));
    } else if (receiver !== undefined) {
      receiver.onLost(error);
    } else {
      this.#hasEnded = true;
      this.#lostWith = error;
      this.#onLeft?.();
    }
  }

  #giveEnd(receiver: RequestReceiver): void {
    if (this.#lostWith === undefined) receiver.onRequest(null);
    else receiver.onLost(this.#lostWith);
  }

  /**
   * Drops what the handler left unread of the last request's content.
   *
   * @param maxBytes how much may be read to get there
   * @returns false when the content did not end within that
   */
  async finishBody(maxBytes: number): Promise<boolean> {
    const body = this.#body;
    if (body === undefined || body.isComplete) return true;
    const start = body.receivedBytes;
    try {
      while (body.receivedBytes - start <= maxBytes) {
        if (await body.read() === null) return true;
      }
    } catch (error) {
      // A TypeError says that the handler still reads: then nobody knows when the content ends.
      if (!(error instanceof HttpError || error instanceof TypeError)) throw error;
    }
    return false;
  }

  /** Gives the room of its buffer back: nothing is read any more. May be called twice. */
  close(): void {
    this.#tokens.close();
  }

  /** What the connection was lost with, if it was while it was read ahead. */
  get lostWith(): unknown {
    return this.#lostWith;
  }

  /** Asks the client for content that it holds back. */
  askForBody(): void {
    this.#body?.askToContinue()?.catch(() => {});
  }

  /** Whether the client waits to be asked for the last request's content. */
  get isBodyHeldBack(): boolean {
    return this.#body !== undefined && this.#body.isHeldBack;
  }

  /** Whether content of the last request is still to be read. */
  get hasUnreadBody(): boolean {
    return this.#body !== undefined && !this.#body.isComplete;
  }

  #receiveBody(receiver: BytesReceiver): void {
    const flushed = this.#source.flush?.();
    if (flushed === undefined) this.#source.receive(this.#tokens.prepare(false), receiver, "body");
    else {
      flushed.then(
        () => this.#source.receive(this.#tokens.prepare(false), receiver, "body"),
        (error) => receiver.onReceiveFailed(error),
      );
    }
  }

  #take(count: number | null): void {
    this.#hasEnded = count === null;
    this.#tokens.load(count);
  }

  #createRequest(token: HeadEndToken): HttpRequest {
    const { head, framing } = token;
    const expectation = readExpectation(head);
    const request = new HttpRequest(
      head,
      this.#openBody(framing, expectation),
      { raw: this.#tokens.rawHead(token.headStart, token.end), end: token.end },
    );
    // Needed only where content is still to come: see #refuseRest().
    if (this.#body !== undefined) this.#request = request;
    if (expectation === "unknown") {
      const quoted = JSON.stringify(head.headers.getAll("expect").join(", "));
      request.refuse(
        new HttpError(417, `Cannot meet the expectation: got ${quoted}`, { code: "expectation" }),
      );
    }
    if (framing.kind === "length" && framing.length > this.#maxBodyBytes) {
      request.refuse(bodyTooLarge(this.#maxBodyBytes));
    }
    return request;
  }

  #openBody(framing: Framing, expectation: Expectation): typeof EMPTY_BODY {
    if (framing.kind === "none" || (framing.kind === "length" && framing.length === 0)) {
      this.#body = undefined;
      return EMPTY_BODY;
    }
    this.#body = new StreamedBody({
      length: framing.kind === "length" ? framing.length : undefined,
      maxBytes: this.#maxBodyBytes,
      takeToken: () => this.#tokens.take(),
      receive: (receiver) => this.#receiveBody(receiver),
      load: (count) => this.#take(count),
      sendContinue: expectation !== "none" ? () => this.#source.sendContinue?.() : undefined,
      onEnd: () => this.#readAhead(),
      onFault: (error) => this.#refuseRest(error),
    });
    return this.#body;
  }

  /** A request whose content broke is refused, also where its head was answered well: the connection ends. */
  #refuseRest(error: unknown): void {
    if (error instanceof HttpError) this.#request?.refuse(error);
    if (this.#hasEnded || !(error instanceof HttpError)) this.#onLeft?.();
  }

  #createRefused(token: ErrorToken): HttpRequest {
    this.#hasEnded = true;
    return this.#refuse(token.error, token.head, token.headStart);
  }

  #refuse(
    error: HttpError,
    head: RequestHead | undefined,
    headStart = this.#tokens.headStart,
  ): HttpRequest {
    this.#hasEnded = true;
    this.#body = undefined;
    const known = head ?? { method: "", target: "", version: "1.1", headers: new HttpHeaders() };
    const raw = this.#tokens.rawHead(headStart, Infinity);
    const request = new HttpRequest(known, EMPTY_BODY, { raw, end: this.#tokens.readBytes });
    request.refuse(error);
    // The connection may linger, and what is gathered of the head is of no use any more.
    this.close();
    return request;
  }
}

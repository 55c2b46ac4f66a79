// The loop over the requests of a connection: bytes become a request, the backend responds to it, the
// response goes on the wire, and the loop decides the next step.

import { finishBody } from "../http/request/finish_body.ts";
import { run } from "../backend/run.ts";
import type { Holder } from "../bytes/memory_budget.ts";
import { HeldRequest } from "./connection/held_request.ts";
import { processRequest } from "../http/request/process_request.ts";
import type { HttpRequest } from "../http/request/request.ts";
import type { RequestReader } from "../http/request/request_reader.ts";
import { shouldKeepAlive } from "../http/response/persistence.ts";
import { processResponse } from "../http/response/process_response.ts";
import { type HttpResponse, isStreamed } from "../http/response/response.ts";
import type { Persistence } from "../http/response/response_preamble.ts";
import type { ResponseWriter } from "../http/response/response_writer.ts";
import type { Connection } from "../net/connection.ts";
import type { ConnectionPhase } from "./connection/connection_phase.ts";
import type { Deferred } from "./turns/flush_batch.ts";
import { LateFlush } from "./turns/late_flush.ts";
import { refuseMisdirected } from "./refusals/misdirected.ts";
import { type ClientWatch, type RequestClient, ServedContext } from "./served_context.ts";
import { ServedStream } from "./served_stream.ts";
import type { SharedResources } from "./shared_resources.ts";

// A buffer of 64 KiB holds two thousand small requests, so other connections go on in between. Sixteen at a
// time are the usual case of pipelining, and are served without a break.
const REQUESTS_IN_A_TURN = 32;

/** The connection on which requests are served. */
export interface LoopOwner extends ClientWatch, Holder {
  /** All requests that were read have their responses: more bytes are needed. */
  onMoreWanted(): void;
  /** The last response was given: the connection ends when it has been sent. */
  onLastResponse(): void;
  /** A response cannot be sent, or only in part. */
  onBroken(error: unknown): void;
}

/** The parts that a loop works with. */
export interface LoopParts {
  readonly connection: Connection;
  readonly shared: SharedResources;
  readonly phase: ConnectionPhase;
  readonly reader: RequestReader;
  readonly writer: ResponseWriter;
}

/** Serves the requests of one connection, one after the other. */
export class RequestLoop implements Deferred {
  readonly #owner: LoopOwner;
  readonly #client: RequestClient;
  readonly #shared: SharedResources;
  readonly #phase: ConnectionPhase;
  readonly #reader: RequestReader;
  readonly #writer: ResponseWriter;
  readonly #lateFlush: LateFlush;
  // The request without a complete response.
  #context: ServedContext | undefined;
  #requests = 0;
  // The end of the last flush, if that has to be waited for.
  #flushed: Promise<void> | undefined;
  // The bytes held of the request; made when a part of one is first held.
  #held: HeldRequest | undefined;

  constructor(owner: LoopOwner, { connection, shared, phase, reader, writer }: LoopParts) {
    this.#owner = owner;
    this.#client = { connection, writer, watch: owner };
    this.#shared = shared;
    this.#phase = phase;
    this.#reader = reader;
    this.#writer = writer;
    this.#lateFlush = new LateFlush(writer, () => this.#context?.isResponding === false);
  }

  /** Whether a response is incomplete. */
  get isBusy(): boolean {
    return this.#context !== undefined;
  }

  /** Whether the handler wants to know when the client leaves. */
  get isWatched(): boolean {
    return this.#context?.isWatched ?? false;
  }

  /** Whether content is being sent piece by piece. */
  get isStreaming(): boolean {
    return this.#context?.stream !== undefined;
  }

  /**
   * Serves the requests that have been read, and then sends the responses.
   *
   * No promise is made as long as backend and client make none. On Deno 2.9.6 the promises of a loop with
   * await were a fifth of the cost of a request apart from the system calls.
   */
  serve(first: HttpRequest | undefined = processRequest(this.#reader)): void {
    let request = first;
    try {
      if (this.#phase.name === "closed") return this.#owner.onLastResponse();
      for (let count = 0; request !== undefined; count++) {
        if (count === REQUESTS_IN_A_TURN || this.#shared.memory.isFullOfUnread) {
          return this.#serveLater(request);
        }
        if (!this.#handle(request)) return;
        request = processRequest(this.#reader);
      }
      this.#shared.flushBatch.add(this);
    } catch (error) {
      this.#break(error);
    }
  }

  /** Sends the responses, and goes on after other connections have had their turn, and when memory allows. */
  #serveLater(request: HttpRequest): void {
    const { memory, turns } = this.#shared;
    const goOn = (): void => this.serve(request);
    // The client is not the cause of the wait.
    this.#phase.enter("handling");
    this.#writer.flush().then(
      () => memory.isFullOfUnread ? memory.whenUnreadTaken(goOn) : turns.take(goOn),
      (error) => this.#owner.onBroken(error),
    );
  }

  /** Sends the responses made in this turn of the event loop. */
  onEndOfTurn(): void {
    this.#flushed = this.#writer.flushEagerly();
  }

  /** Goes on to the next request. */
  onTurnEnded(): void {
    if (this.#flushed === undefined) this.#awaitMore();
    else this.#flushed.then(() => this.#awaitMore(), (error) => this.#owner.onBroken(error));
  }

  #awaitMore(): void {
    if (this.#phase.name === "closed") return;
    // Bytes may have been read ahead while the responses were sent.
    const request = processRequest(this.#reader);
    if (request === undefined) this.#owner.onMoreWanted();
    else this.serve(request);
  }

  /** @returns whether the next request may come at once */
  #handle(request: HttpRequest): boolean {
    const { backend, settings, counters, flushBatch, trustedProxies } = this.#shared;
    this.#phase.beginRequest();
    counters.requests++;
    this.#requests++;
    if (!this.#reader.hasUnreadBody) this.#held?.finish();
    if (request.refusal?.code === "not-http" && settings.onNotHttp !== undefined) {
      settings.onNotHttp(request.refusal, this.#client.connection.remote);
      this.#owner.onLastResponse();
      return false;
    }
    const context = new ServedContext(this.#client, flushBatch.beginTurn());
    this.#context = context;
    counters.requestsInFlight++;
    if (trustedProxies !== undefined) context.findClient(request.headers, trustedProxies);
    // Nearly every target is a path, which names no scheme.
    if (!request.target.startsWith("/")) refuseMisdirected(request, context);
    const response = run(backend, request, context);
    if (!(response instanceof Promise)) return this.#respond(request, response, context.receivedAtMs);
    this.#lateFlush.plan();
    response.then((response) => this.#respondLate(request, response));
    return false;
  }

  #respondLate(request: HttpRequest, response: HttpResponse): void {
    try {
      if (this.#respond(request, response, this.#shared.settings.clock.nowMs())) this.serve();
    } catch (error) {
      this.#break(error);
    }
  }

  #respond(request: HttpRequest, response: HttpResponse, nowMs: number): boolean {
    const { status, headers, body } = response;
    const context = this.#context!;
    const stream = isStreamed(body) ? new ServedStream(body) : undefined;
    // It may be made from content that the client holds back, which can be asked for only before the response.
    if (stream !== undefined && status < 300) this.askForContent();
    context.isResponding = true;
    this.#shared.counters.responses.count(request.method, status, nowMs - context.receivedAtMs);
    const sendable = stream === undefined ? response : { status, headers, body: stream };
    const { preamble, joined } = this.#shared;
    const persistence = this.#decidePersistence(request);
    const sent = processResponse(this.#writer, request, sendable, { persistence, preamble, joined, nowMs });
    if (!(sent instanceof Promise)) return this.#finish(sent);
    if (stream !== undefined) {
      // A stream may go on for hours; its handler has taken the content that it wanted.
      this.#held?.release();
      context.stream = stream;
      this.#owner.watchClient();
    }
    sent.then((persistence) => {
      if (this.#finish(persistence)) this.serve();
    }, (error) => this.#break(error));
    return false;
  }

  /** @returns whether the next request may come */
  #finish(persistence: Persistence): boolean {
    const context = this.#takeContext();
    this.#held?.release();
    const onDelivered = context?.onDelivered;
    if (onDelivered !== undefined) this.#writer.flush().then(() => onDelivered(undefined), onDelivered);
    if (persistence === "close") this.#owner.onLastResponse();
    else if (this.#reader.hasUnreadBody) this.#dropContent();
    else return true;
    return false;
  }

  /** Drops content that the handler left unread, within bounds, to get to the next request. */
  async #dropContent(): Promise<void> {
    this.#phase.hurryContent();
    this.#reader.noteDropped();
    try {
      await this.#writer.flushEagerly();
      const isDropped = await finishBody(this.#reader.body, this.#shared.settings.maxDrainBytes);
      if (isDropped) this.serve();
      else this.#owner.onLastResponse();
    } catch (error) {
      this.#break(error);
    }
  }

  /** Ends the request. */
  #takeContext(): ServedContext | undefined {
    const context = this.#context;
    this.#context = undefined;
    if (context !== undefined) this.#shared.counters.requestsInFlight--;
    return context;
  }

  #break(error: unknown): void {
    const context = this.#takeContext();
    this.#held?.release();
    context?.onDelivered?.(error);
    this.#owner.onBroken(error);
  }

  /** Asks for content that the client holds back; not within a response (RFC 9110 §10.1.1, §15.2). */
  askForContent(): void {
    if (!this.#reader.isBodyHeldBack || this.#context === undefined || this.#context.isResponding) return;
    this.#reader.noteAsked();
    this.#writer.addText("HTTP/1.1 100 Continue\r\n\r\n");
    this.#writer.flushEagerly()?.catch(() => {});
  }

  #decidePersistence(request: HttpRequest): Persistence {
    const { settings, isStopping } = this.#shared;
    const isLast = isStopping || this.#requests >= settings.maxRequestsPerConnection;
    if (isLast || request.refusal !== undefined || !shouldKeepAlive(request)) return "close";
    const { body } = this.#reader;
    if (body === undefined || body.isComplete) return "keep-alive";
    const { isBodyHeldBack, isBodyAwaited } = this.#reader;
    const unreadBytes = body.length === undefined ? 0 : body.length - body.receivedBytes;
    // A client that holds its content back would never know whether to send it (RFC 9110 §10.1.1). If the
    // handler abandoned a read, that read still takes content, and the end of the content is unknown.
    return unreadBytes > settings.maxDrainBytes || isBodyHeldBack || isBodyAwaited ? "close" : "keep-alive";
  }

  /** Reports that this much of an unfinished head is held. */
  holdHead(bytes: number): void {
    this.#holdRequest().set(bytes);
  }

  /** Reports that this much more of the request is held, at most until its response is complete. */
  holdMore(bytes: number): void {
    // At the end of the connection all held bytes have been released.
    if (this.#phase.isInRequest || this.isBusy) this.#holdRequest().add(bytes);
  }

  #holdRequest(): HeldRequest {
    return this.#held ??= new HeldRequest(this.#shared.memory, this.#owner);
  }

  /** All content has come, so its held bytes no longer belong to an unfinished request. */
  onContentEnd(): void {
    this.#held?.finish();
  }

  /** The client has left, or has finished sending. */
  tellClientLeft(): void {
    this.#context?.abort();
  }

  /** The connection is over: the handler and the source of content notice. */
  cut(): void {
    this.#held?.release();
    this.#context?.cut();
  }

  /** Stops waiting for the response. */
  abandon(): void {
    this.#context?.onCut?.();
  }
}

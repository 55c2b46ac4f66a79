// One connection from its first byte to its end. Its state is its phase; onDeadline() acts on a deadline.
//
// Bytes belong to one owner at a time: to the runtime's read, and then to the reader until they are a request or its
// content. A read begins only after the reader has consumed its bytes, so no read overwrites another; bytes read ahead
// are kept elsewhere until then.

import { HttpError } from "../http/errors.ts";
import type { ContentDemand } from "../http/request/content_source.ts";
import { RequestReader } from "../http/request/request_reader.ts";
import { ResponseWriter } from "../http/response/response_writer.ts";
import { type Connection, ConnectionError } from "../net/connection.ts";
import { connectionIsOver } from "./connection/connection_over.ts";
import { ConnectionPhase } from "./connection/connection_phase.ts";
import type { ServedClient } from "./connection_server.ts";
import type { Deadlined } from "./timing/deadlines.ts";
import type { TimeoutKind } from "./figures.ts";
import { Linger } from "./connection/linger.ts";
import { isNotTls, notTlsResponse } from "./refusals/not_tls.ts";
import { evictedError } from "./refusals/overload.ts";
import { type LoopOwner, RequestLoop } from "./request_loop.ts";
import type { SharedResources } from "./shared_resources.ts";
import { TimedSink } from "./connection/timed_sink.ts";
import { type BytesTaker, TimedSource } from "./connection/timed_source.ts";

/** One served connection. */
export class ServedConnection implements ServedClient, BytesTaker, Deadlined, ContentDemand, LoopOwner {
  readonly #connection: Connection;
  readonly #shared: SharedResources;
  readonly #onReleased: () => void;
  readonly #phase: ConnectionPhase;
  readonly #source: TimedSource;
  readonly #sink: TimedSink;
  readonly #reader: RequestReader;
  readonly #writer: ResponseWriter;
  readonly #loop: RequestLoop;
  #linger: Linger | undefined;

  /** @param onReleased called when nothing of the connection is left; perhaps more than once */
  constructor(connection: Connection, shared: SharedResources, onReleased: () => void) {
    this.#connection = connection;
    this.#shared = shared;
    this.#onReleased = onReleased;
    const phase = new ConnectionPhase(shared.settings, shared.deadlines);
    const sink = new TimedSink(connection, shared);
    const writer = new ResponseWriter(sink, shared.pool);
    const reader = new RequestReader(shared.readerOptions, this, shared.readBudget);
    this.#phase = phase;
    this.#source = new TimedSource({ connection, shared, phase, sink, taker: this });
    this.#sink = sink;
    this.#reader = reader;
    this.#writer = writer;
    this.#loop = new RequestLoop(this, { connection, shared, phase, reader, writer });
    shared.deadlines.add(this);
  }

  /** Sends a first and last response, and ends the connection. */
  dismiss(response: Uint8Array): void {
    this.#phase.enter("handling");
    this.#writer.addBytes(response);
    this.onLastResponse();
  }

  /** Waits for a request. Called first to serve, and then by the loop after all its responses. */
  onMoreWanted(): void {
    const isBetween = this.#reader.isBetweenRequests;
    if (this.#reader.hasEnded || (this.#shared.isStopping && isBetween)) return this.#finish();
    if (!isBetween) this.#loop.holdHead(this.#reader.heldBytes);
    // The time of a head counts from its first wait, over all its reads.
    if (isBetween) this.#phase.enter("idle");
    else if (this.#phase.name !== "head") this.#phase.enter("head");
    this.#source.read();
  }

  /** Called by the source. */
  bufferToFill(): Uint8Array {
    return this.#phase.name === "lingering" ? this.#shared.drainBuffer : this.#reader.buffer();
  }

  /** Called by the source: the owner of the bytes depends only on the phase. */
  onBytes(count: number | null, array?: Uint8Array<ArrayBuffer>): void {
    switch (this.#phase.name) {
      case "idle":
      case "head":
        this.#reader.load(count, array);
        return this.#loop.serve();
      case "content":
      case "handling":
      case "half-closed":
        if (this.#phase.name === "content") this.#phase.enter("handling");
        this.#reader.load(count, array);
        break;
      case "lingering":
        return this.#drain(count);
      case "finishing":
      case "closed":
        return;
    }
    if (count === null) this.#onClientLeft();
  }

  /** Called by the source. */
  onLost(error: unknown): void {
    switch (this.#phase.name) {
      case "content":
      case "handling":
      case "half-closed":
        this.#phase.enter("handling");
        this.#reader.fail(error);
        return this.onEndAhead(error);
      case "idle":
      case "head":
        return isNotTls(error) ? this.dismiss(notTlsResponse(this.#shared)) : this.onBroken(error);
      case "lingering":
      case "finishing":
        return this.close();
      case "closed":
        return;
    }
  }

  /** Called by the source, which keeps the bytes before the end: nobody could take them yet. */
  onEndAhead(error: unknown): void {
    if (this.#phase.name !== "handling") return;
    this.#onClientLeft();
    if (error !== undefined && this.#loop.isStreaming) this.onBroken(error);
  }

  /** The client has gone, or has finished sending: then it may still wait for its response. */
  #onClientLeft(): void {
    this.#loop.tellClientLeft();
    if (this.#loop.isStreaming) this.#phase.enter("half-closed");
  }

  /** Called by the context of a request: reads ahead, to notice when the client leaves. */
  watchClient(): void {
    if (this.#phase.name !== "handling") return;
    if (this.#reader.hasEnded) return this.#onClientLeft();
    this.#source.watch();
  }

  /** Called by the source: content that the handler has not read, and pipelined bytes, occupy the buffer. */
  get isBufferFree(): boolean {
    return !this.#reader.hasUnreadBody && this.#reader.isUsedUp;
  }

  /** Called by the reader: a read waits for content that has not come. */
  onContentWanted(): void {
    if (!this.#phase.mayTakeContent) return this.#reader.fail(connectionIsOver("read"));
    this.#loop.askForContent();
    const flushed = this.#writer.flushEagerly();
    if (flushed === undefined) this.#readContent();
    else flushed.then(() => this.#readContent(), (error) => this.#reader.fail(error));
  }

  #readContent(): void {
    if (!this.#phase.mayTakeContent) return;
    this.#phase.enter("content");
    this.#source.read();
  }

  /** Called by the reader: bytes that come now belong to the next request. */
  onContentEnd(): void {
    this.#loop.onContentEnd();
    if (this.#loop.isWatched) this.watchClient();
  }

  /** Called by the reader and the source: this much more of the request is held. */
  onContentKept(bytes: number): boolean {
    this.#loop.holdMore(bytes);
    return this.#shared.memory.isPlentiful;
  }

  /** Called by the memory budget: others need the memory to finish. */
  onEvicted(): void {
    if (this.#phase.isInRequest || this.#phase.name === "handling") this.#refuseRest(evictedError());
  }

  /** Called by the source. */
  onTooSlow(): void {
    this.#refuseLate("content", "content comes too slowly");
  }

  /** The time at which the phase, or the wait for the client to take bytes, has lasted too long. */
  get deadlineMs(): number {
    return Math.min(this.#phase.dueMs, this.#sink.deadlineMs);
  }

  /** Called back by the deadlines. */
  onDeadline(): void {
    const { deadlines: { nowMs }, settings } = this.#shared;
    if (this.#sink.isStalled(nowMs)) return this.#giveUp("write");
    if (this.#phase.dueMs > nowMs) return;
    const { name } = this.#phase;
    switch (name) {
      case "head":
      case "content":
        return this.#refuseLate(name, "bytes did not come in time");
      case "half-closed":
      case "idle":
      case "lingering":
        // A client that still takes a response is not idle; the deadline of writing judges its pace.
        if (this.#sink.isWriting) return this.#phase.enter(name);
        // For a response that pauses, the time of the last send counts.
        if (name === "half-closed") this.#phase.dueMs = this.#sink.activeMs + settings.halfClosedTimeoutMs;
        if (this.#phase.dueMs <= nowMs) this.#giveUp(name === "lingering" ? "linger" : "idle");
    }
  }

  #giveUp(kind: TimeoutKind): void {
    this.#shared.counters.timeouts[kind]++;
    this.close();
  }

  #refuseLate(kind: TimeoutKind, state: string): void {
    this.#shared.counters.timeouts[kind]++;
    this.#refuseRest(new HttpError(408, `Cannot read the request: ${state}`, { code: "timeout" }));
  }

  /** Takes no more of the current request; its response, which is the last one, says why. */
  #refuseRest(error: HttpError): void {
    const isInHead = this.#phase.name === "head";
    this.#phase.enter("handling");
    if (!isInHead) return this.#reader.fail(error);
    this.#reader.refuseHead(error);
    this.#loop.serve();
  }

  /** Called by the loop: sends the responses, and ends the connection so that they arrive (RFC 9112 §9.6). */
  async onLastResponse(): Promise<void> {
    if (this.#phase.name === "closed") return this.#release();
    this.#reader.fail(connectionIsOver("read"));
    try {
      await this.#writer.flush();
      this.#phase.enter("lingering");
      await this.#connection.closeWrite();
      if (this.#phase.name !== "lingering") return;
      if (!this.#source.isReading) this.#reader.free();
      this.#linger = new Linger(this.#phase, this.#shared);
      this.#source.read();
    } catch (error) {
      this.onBroken(error);
    }
  }

  #drain(count: number | null): void {
    // A read that was pending before FIN was sent reports the end once more.
    if (this.#linger === undefined) return;
    if (count === null || this.#linger.isOver(count)) return this.close();
    this.#source.read();
  }

  /** The server stops: lets the current request finish, and takes no other. */
  stop(): void {
    if (this.#phase.name === "idle") return this.#finish();
    this.#linger?.hurry();
  }

  /** Called by the loop: the connection cannot go on. */
  onBroken(error: unknown): void {
    if (this.#phase.name === "closed") return this.#release();
    if (!(error instanceof ConnectionError)) this.#shared.settings.onError(error, this.#connection.remote);
    this.#finish();
  }

  /** Ends the connection when the client has taken all sent bytes. */
  #finish(): void {
    if (!this.#sink.isWriting) return this.close();
    this.#phase.enter("finishing");
    this.#letGo();
    this.#connection.closeWrite().then(() => this.close());
  }

  close(): void {
    if (this.#phase.name === "closed") return;
    this.#phase.enter("closed");
    this.#shared.deadlines.delete(this);
    this.#connection.close();
    this.#source.close();
    this.#letGo();
    this.#reader.close();
    if (!this.#loop.isBusy) this.#release();
  }

  /** Nothing is left: no handler uses the read bytes. */
  #release(): void {
    this.#reader.free();
    this.#onReleased();
  }

  #letGo(): void {
    this.#reader.fail(connectionIsOver("read"));
    this.#loop.cut();
  }

  abandon(): void {
    this.#loop.abandon();
  }
}

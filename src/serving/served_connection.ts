import { run } from "../backend/run.ts";
import type { Deferred } from "./flush_batch.ts";
import { HttpError } from "../http/errors.ts";
import { shouldKeepAlive } from "../http/response/persistence.ts";
import { processRequest } from "../http/request/process_request.ts";
import { type Persistence, processResponse } from "../http/response/process_response.ts";
import type { HttpRequest } from "../http/request/request.ts";
import { RequestReader } from "../http/request/request_reader.ts";
import type {
  BytesReceiver,
  ReadPhase,
  RequestReceiver,
  RequestSource,
} from "../http/request/request_source.ts";
import { type HttpResponse, isStreamed } from "../http/response/response.ts";
import { ResponseWriter } from "../http/response/response_writer.ts";
import { isHttpsUri } from "../http/target.ts";
import { type Connection, ConnectionError } from "../net/connection.ts";
import type { SharedResources } from "./shared_resources.ts";
import { type ClientWatch, ServedContext } from "./served_context.ts";
import { ServedStream } from "./served_stream.ts";
import { TimedConnection } from "./timed_connection.ts";

// A buffer of 64 KiB holds two thousand small requests. Others get their turn in between; sixteen at a time are the usual
// case of pipelining, and go on as they are.
const REQUESTS_IN_A_TURN = 32;

/** One connection from its first byte to its end. */
export class ServedConnection implements RequestSource, RequestReceiver, Deferred, ClientWatch {
  readonly #connection: Connection;
  readonly #timed: TimedConnection;
  readonly #reader: RequestReader;
  readonly #writer: ResponseWriter;
  readonly #shared: SharedResources;
  #finish: () => void = () => {};
  #fail: (error: unknown) => void = () => {};
  #requests = 0;
  #receivedAtMs = 0;
  #isStopping = false;
  // The request whose answer is not complete, and the content that is being sent.
  #context: ServedContext | undefined;
  #stream: ServedStream | undefined;
  #isAnswering = false;

  constructor(connection: Connection, shared: SharedResources) {
    this.#connection = connection;
    this.#shared = shared;
    this.#timed = new TimedConnection(connection, shared.settings, shared.deadlines, shared.turns);
    this.#timed.onGivenUp = () => this.#fail(new ConnectionError("closed", "Cannot go on: its time is up"));
    this.#writer = new ResponseWriter(this.#timed, shared.pool);
    this.#reader = new RequestReader(this, shared.settings, shared.readBudget);
  }

  /** Serves requests until client or server end the connection. Never rejects. */
  async serveConnection(): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#finish = resolve;
        this.#fail = reject;
        this.#reader.receive(this);
      });
    } catch (error) {
      if (!(error instanceof ConnectionError)) this.#shared.settings.onError(error, this.#connection.remote);
    } finally {
      this.#context?.abort();
      this.#stream?.cut(new ConnectionError("closed", "Cannot send the content: the connection is over"));
      // Answers that were sent without waiting must not be lost with the connection.
      if (this.#timed.isWriting) await this.#timed.finishWriting();
      this.#timed.close();
      this.#reader.close();
    }
  }

  receive(buffer: Uint8Array, receiver: BytesReceiver, phase: ReadPhase): void {
    // The answer before this wait may have promised keep-alive before the server was stopped.
    if (this.#isStopping && phase === "request") return queueMicrotask(() => receiver.onReceived(null));
    this.#timed.receive(buffer, receiver, phase);
  }

  beginIdle(): void {
    this.#timed.beginIdle();
    if (this.#isStopping) this.#closeIdle();
  }

  beginHead(): void {
    this.#timed.beginHead();
  }

  flush(): Promise<void> | undefined {
    return this.#writer.flushEagerly();
  }

  /** Asks for content that the client holds back; not within its answer (RFC 9110 §10.1.1, §15.2). */
  async sendContinue(): Promise<void> {
    if (this.#isAnswering) return;
    this.#writer.addText("HTTP/1.1 100 Continue\r\n\r\n");
    await this.#writer.flush();
  }

  /** Lets the request at hand finish, and takes no other. */
  stop(): void {
    this.#isStopping = true;
    this.#timed.hurry();
    if (this.#timed.isIdle) this.#closeIdle();
  }

  #closeIdle(): void {
    if (this.#timed.isWriting) this.#timed.finishWriting().then(() => this.close());
    else this.close();
  }

  /** Cuts the connection. */
  close(): void {
    this.#timed.close();
  }

  /** Leaves a handler behind that has not noticed that its connection was cut. */
  abandon(): void {
    this.#context?.onCut?.();
  }

  /** Called back by the reader: a request that has come, or null at the end. */
  onRequest(request: HttpRequest | null): void {
    if (request === null) return this.#finish();
    this.#serveNow(request);
  }

  /** Called back by the reader. */
  onLost(error: unknown): void {
    this.#fail(error);
  }

  #serveNow(request: HttpRequest): void {
    this.#receivedAtMs = this.#shared.flushBatch.nowMs;
    this.#serveFrom(request);
  }

  // The loop over the requests of the connection. It has no promise and no await as long as the handlers have none: on
  // Deno 2.9.6 those of a loop with await were a fifth of what a request costs beside the system calls.
  #serveFrom(first: HttpRequest): void {
    try {
      let request: HttpRequest | undefined = first;
      for (let count = 0; request !== undefined; count++) {
        if (count === REQUESTS_IN_A_TURN) return void this.#serveInTurn(request);
        const served = this.#serveRequest(request);
        if (served !== "keep-alive" || this.#reader.hasUnreadBody) return void this.#finishLater(served);
        request = processRequest(this.#reader);
      }
      this.#shared.flushBatch.add(this);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Sends what has been answered, and goes on when it is its turn. */
  async #serveInTurn(request: HttpRequest): Promise<void> {
    try {
      await this.flush();
    } catch (error) {
      return this.#fail(error);
    }
    this.#shared.turns.take(() => this.#serveNow(request));
  }

  /** Goes on behind a request whose answer was promised, whose content is unread, or which is the last one. */
  async #finishLater(served: Persistence | Promise<Persistence>): Promise<void> {
    try {
      const persistence = await served;
      this.#context = undefined;
      this.#stream = undefined;
      this.#reader.unwatch();
      const isOver = persistence === "close" || (this.#reader.hasUnreadBody && !await this.#finishBody());
      if (isOver) {
        await this.#end();
        return this.#finish();
      }
    } catch (error) {
      return this.#fail(error);
    }
    const next = processRequest(this.#reader);
    if (next === undefined) this.#shared.flushBatch.add(this);
    else this.#serveNow(next);
  }

  /** Sends what has been answered in this turn, and waits for more. */
  onEndOfTurn(): void {
    const flushed = this.flush();
    if (flushed === undefined) this.#reader.receive(this);
    else flushed.then(() => this.#reader.receive(this), (error) => this.#fail(error));
  }

  #serveRequest(request: HttpRequest): Persistence | Promise<Persistence> {
    const { backend, settings } = this.#shared;
    this.#timed.beginRequest();
    this.#isAnswering = false;
    this.#requests++;
    if (request.refusal?.code === "not-http" && settings.onNotHttp !== undefined) {
      settings.onNotHttp(request.refusal, this.#connection.remote);
      return "close";
    }
    if (isHttpsUri(request.target) && !this.#connection.isEncrypted) request.refuse(misdirected(request));
    const context = new ServedContext(this.#connection, this.#receivedAtMs, this);
    const response = run(backend, request, context);
    if (response instanceof Promise) {
      this.#context = context;
      return this.#sendPromised(request, response);
    }
    const sent = this.#send(request, response, context.receivedAtMs);
    if (sent instanceof Promise) this.#context = context;
    return sent;
  }

  /** Answers that are ready do not wait for one that is not. */
  async #sendPromised(request: HttpRequest, promised: Promise<HttpResponse>): Promise<Persistence> {
    // A failure is met again by the answer itself, which then lets go of its content.
    this.flush()?.catch(() => {});
    return await this.#send(request, await promised, this.#shared.settings.clock.nowMs());
  }

  #send(request: HttpRequest, response: HttpResponse, nowMs: number): Persistence | Promise<Persistence> {
    const { status, headers, body } = response;
    // It may be made of the content that the client holds back, which is asked for while it still can be.
    if (isStreamed(body) && status < 300 && this.#reader.isBodyHeldBack) this.#reader.askForBody();
    const options = {
      persistence: this.#decidePersistence(request),
      preamble: this.#shared.preamble,
      nowMs,
    };
    this.#isAnswering = true;
    if (!isStreamed(body)) return processResponse(this.#writer, request, response, options);
    const stream = new ServedStream(body);
    const sent = processResponse(this.#writer, request, { status, headers, body: stream }, options);
    this.#stream = stream;
    this.watchClient(this.#context);
    return sent;
  }

  /** Called by the context of a request. */
  watchClient(context: ServedContext | undefined): void {
    this.#reader.watch(() => this.#clientLeft(context));
  }

  /** The client is gone, or has finished sending: then it may still wait for its answer, but not for ever. */
  #clientLeft(context: ServedContext | undefined): void {
    context?.abort();
    if (this.#stream === undefined) return;
    if (this.#reader.lostWith === undefined) this.#timed.beginLeaving();
    else this.#fail(this.#reader.lostWith);
  }

  #decidePersistence(request: HttpRequest): Persistence {
    const { settings } = this.#shared;
    const isLast = this.#isStopping || this.#requests >= settings.maxRequestsPerConnection;
    if (isLast || request.refusal !== undefined || !shouldKeepAlive(request)) return "close";
    const { body } = request;
    const unreadBytes = this.#reader.hasUnreadBody && body.length !== undefined
      ? body.length - body.receivedBytes
      : 0;
    // A client that holds its content back would never know whether to send it (RFC 9110 §10.1.1).
    const isHeldBack = this.#reader.isBodyHeldBack;
    // What a read gets that the handler has left behind is lost, and with it where the next request begins.
    const isLeftBehind = this.#reader.hasUnreadBody && this.#timed.isReading;
    return unreadBytes > settings.maxDrainBytes || isHeldBack || isLeftBehind ? "close" : "keep-alive";
  }

  async #finishBody(): Promise<boolean> {
    await this.flush();
    // A read that the handler has left behind: what it gets is lost, and with it where the next request begins.
    if (this.#timed.isReading) return false;
    return await this.#reader.finishBody(this.#shared.settings.maxDrainBytes);
  }

  async #end(): Promise<void> {
    await this.flush();
    await this.#timed.linger(this.#shared.drainBuffer);
  }
}

function misdirected({ target }: HttpRequest): HttpError {
  const message = `Cannot serve ${JSON.stringify(target)}: the connection is not secured`;
  return new HttpError(421, message, { code: "misdirected" });
}

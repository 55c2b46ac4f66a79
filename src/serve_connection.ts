import type { Backend, RequestContext } from "./backend/handler.ts";
import { run } from "./backend/run.ts";
import type { BufferPool } from "./bytes/buffer_pool.ts";
import type { Deadlines } from "./deadlines.ts";
import { shouldKeepAlive } from "./http/persistence.ts";
import { processRequest } from "./http/process_request.ts";
import { type FirstLines, type Persistence, processResponse } from "./http/process_response.ts";
import type { HttpRequest } from "./http/request.ts";
import { type ReadPhase, RequestReader, type RequestSource } from "./http/request_reader.ts";
import type { HttpResponse } from "./http/response.ts";
import { ResponseWriter } from "./http/response_writer.ts";
import { type Connection, ConnectionError } from "./net/connection.ts";
import type { ServeSettings } from "./serve_options.ts";
import { TimedConnection } from "./timed_connection.ts";

/** What all connections of a server share. */
export interface SharedResources {
  readonly backend: Backend;
  readonly settings: ServeSettings;
  readonly deadlines: Deadlines;
  readonly pool: BufferPool;
  readonly firstLines: FirstLines;
}

/** One connection from its first byte to its end. */
export class ServedConnection implements RequestSource {
  readonly #connection: Connection;
  readonly #timed: TimedConnection;
  readonly #reader: RequestReader;
  readonly #writer: ResponseWriter;
  readonly #shared: SharedResources;
  #requests = 0;
  #receivedAtMs = 0;
  #isStopping = false;

  constructor(connection: Connection, shared: SharedResources) {
    this.#connection = connection;
    this.#shared = shared;
    this.#timed = new TimedConnection(connection, shared.settings, shared.deadlines);
    this.#writer = new ResponseWriter(this.#timed, shared.pool);
    this.#reader = new RequestReader(this, shared.settings);
  }

  /** Serves requests until client or server end the connection. Never rejects. */
  async serveConnection(): Promise<void> {
    try {
      await this.#loop();
    } catch (error) {
      if (!(error instanceof ConnectionError)) this.#shared.settings.onError(error, this.#connection.remote);
    } finally {
      // Answers that were sent without waiting must not be lost with the connection.
      if (this.#timed.isWriting) await this.#timed.finishWriting();
      this.#timed.close();
    }
  }

  read(buffer: Uint8Array, phase: ReadPhase): Promise<number | null> {
    // The answer before this wait may have promised keep-alive before the server was stopped.
    if (this.#isStopping && phase === "request") return Promise.resolve(null);
    return this.#timed.read(buffer, phase);
  }

  flush(): Promise<void> | undefined {
    return this.#writer.flushEagerly();
  }

  /** Asks for content that the client holds back (RFC 9110 §10.1.1). */
  async sendContinue(): Promise<void> {
    this.#writer.addText("HTTP/1.1 100 Continue\r\n\r\n");
    await this.#writer.flush();
  }

  /** Lets the request at hand finish, and takes no other. */
  stop(): void {
    this.#isStopping = true;
    if (!this.#timed.isIdle) return;
    if (this.#timed.isWriting) this.#timed.finishWriting().then(() => this.close());
    else this.close();
  }

  /** Cuts the connection. */
  close(): void {
    this.#timed.close();
  }

  async #loop(): Promise<void> {
    for (;;) {
      const next = processRequest(this.#reader);
      const request = next instanceof Promise ? await next : next;
      if (request === null) return;
      // Requests that were read together came together: the clock is asked once for all of them.
      if (next instanceof Promise) this.#receivedAtMs = this.#shared.settings.clock.nowMs();
      const served = this.#serveRequest(request);
      const persistence = served instanceof Promise ? await served : served;
      if (persistence === "close") return await this.#end();
      if (this.#reader.hasUnreadBody && !await this.#finishBody()) return await this.#end();
    }
  }

  #serveRequest(request: HttpRequest): Persistence | Promise<Persistence> {
    const { backend, settings } = this.#shared;
    this.#timed.beginRequest();
    this.#requests++;
    if (request.refusal?.code === "not-http" && settings.onNotHttp !== undefined) {
      settings.onNotHttp(request.refusal, this.#connection.remote);
      return "close";
    }
    const context: RequestContext = {
      remote: this.#connection.remote,
      local: this.#connection.local,
      isEncrypted: this.#connection.isEncrypted,
      connection: this.#connection,
      receivedAtMs: this.#receivedAtMs,
      requestId: undefined,
      theme: undefined,
      error: undefined,
    };
    const response = run(backend, request, context);
    return response instanceof Promise
      ? this.#sendPromised(request, response)
      : this.#send(request, response, context.receivedAtMs);
  }

  /** Answers that are ready do not wait for one that is not. */
  async #sendPromised(request: HttpRequest, promised: Promise<HttpResponse>): Promise<Persistence> {
    // A failure is met again by the answer itself, which then lets go of its content.
    this.flush()?.catch(() => {});
    return await this.#send(request, await promised, this.#shared.settings.clock.nowMs());
  }

  #send(request: HttpRequest, response: HttpResponse, nowMs: number): Persistence | Promise<Persistence> {
    return processResponse(this.#writer, request, response, {
      persistence: this.#decidePersistence(request),
      firstLines: this.#shared.firstLines,
      nowMs,
    });
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
    return unreadBytes > settings.maxDrainBytes || isHeldBack ? "close" : "keep-alive";
  }

  async #finishBody(): Promise<boolean> {
    await this.flush();
    // A read that the handler has left behind: what it gets is lost, and with it where the next request begins.
    if (this.#timed.isReading) return false;
    return await this.#reader.finishBody(this.#shared.settings.maxDrainBytes);
  }

  async #end(): Promise<void> {
    await this.flush();
    await this.#timed.linger();
  }
}

import { clientOf } from "../backend/client_of.ts";
import type { RequestContext } from "../backend/handler.ts";
import type { Theme } from "../backend/pages/stylesheet.ts";
import type { HttpHeaders } from "../http/headers.ts";
import type { HttpRequest } from "../http/request/request.ts";
import { formatInterim, type InterimResponse } from "../http/response/interim_response.ts";
import type { ResponseWriter } from "../http/response/response_writer.ts";
import type { TrustedProxies } from "../net/proxy/trusted_proxies.ts";
import type { Connection, NetAddress } from "../net/connection.ts";
import { connectionIsOver } from "./connection/connection_over.ts";
import type { ServedStream } from "./served_stream.ts";

/** Notices that a client has left. */
export interface ClientWatch {
  /**
   * Calls `abort` of the context when the client leaves, or finishes sending, before its response is
   * complete.
   */
  watchClient(): void;
}

/** The client of a connection, for the contexts of its requests. */
export interface RequestClient {
  /** Its connection. */
  readonly connection: Connection;
  /** Takes the responses. */
  readonly writer: ResponseWriter;
  /** Notices that it has left. */
  readonly watch: ClientWatch;
}

/** The facts about a request apart from its bytes, for the handler, and its progress, for the server. */
export class ServedContext implements RequestContext {
  remote: NetAddress;
  readonly local: NetAddress;
  isEncrypted: boolean;
  readonly connection: Connection;
  readonly receivedAtMs: number;
  requestId: string | undefined = undefined;
  theme: Theme | undefined = undefined;
  error: unknown = undefined;
  onCut: (() => void) | undefined = undefined;
  onDelivered: ((error: unknown) => void) | undefined = undefined;
  /** Whether the response has begun: nothing else may be sent in between. */
  isResponding = false;
  /** The content that is being sent piece by piece. */
  stream: ServedStream | undefined = undefined;
  readonly #client: RequestClient;
  #controller: AbortController | undefined;

  constructor(client: RequestClient, receivedAtMs: number) {
    const { connection } = client;
    this.remote = connection.remote;
    this.local = connection.local;
    this.isEncrypted = connection.isEncrypted;
    this.connection = connection;
    this.receivedAtMs = receivedAtMs;
    this.#client = client;
  }

  /** Finds the client that the other end of the connection speaks for. */
  findClient(headers: HttpHeaders, trustedProxies: TrustedProxies): void {
    const { remote, isEncrypted } = clientOf(this.connection, headers, trustedProxies);
    this.remote = remote;
    this.isEncrypted = isEncrypted;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      this.#client.watch.watchClient();
    }
    return this.#controller.signal;
  }

  sendInterim({ version }: HttpRequest, response: InterimResponse): void {
    // A client of HTTP/1.0 would take it for the response (RFC 9110 §15.2).
    if (this.isResponding || version === "1.0") return;
    const { writer } = this.#client;
    writer.addText(formatInterim(response));
    // A failure appears again in the response itself.
    writer.flushEagerly()?.catch(() => {});
  }

  /** Whether the handler wants to know when the client leaves. */
  get isWatched(): boolean {
    return this.#controller !== undefined || this.stream !== undefined;
  }

  /** Says that the client has left. */
  abort(): void {
    this.#controller?.abort();
  }

  /** The connection is over: nothing more of the response can be sent. */
  cut(): void {
    const error = connectionIsOver("send the response");
    this.abort();
    this.stream?.cut(error);
    const { onDelivered } = this;
    this.onDelivered = undefined;
    onDelivered?.(error);
  }
}

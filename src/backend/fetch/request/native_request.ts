import type { HttpRequest } from "../../../http/request/request.ts";
import type { RequestContext } from "../../handler.ts";
import { ContentSource, decodeJson, decodeText, hasContent, streamOf } from "./request_content.ts";
import { joinUrl } from "./request_url.ts";
import { toWebHeaders } from "../web_headers.ts";
import type { RequestMaker } from "./web_request.ts";

/**
 * Makes native requests, for a runtime whose Request takes only its own kind. Whole content still comes
 * straight from the wire; the native stream only ends, so that the request itself knows that its content is
 * used.
 */
export function makeNativeRequests(): RequestMaker {
  class NativeRequest extends Request {
    readonly #context: RequestContext;
    // Its own signal follows this one, and so do requests made from it. Watching the client costs a read, so it
    // begins only with onPending(), or when the signal is asked for.
    readonly #controller: AbortController;
    #isWatching = false;
    readonly #source: ContentSource;
    readonly #stream: ReadableStream<Uint8Array> | undefined;

    constructor(request: HttpRequest, context: RequestContext, origin: string) {
      const source = new ContentSource(request.body);
      const controller = new AbortController();
      const stream = hasContent(request) ? streamOf(source) : undefined;
      super(joinUrl(origin, request), toInit(request, controller.signal, stream));
      this.#context = context;
      this.#controller = controller;
      this.#source = source;
      this.#stream = stream;
    }

    static onPending(request: Request): void {
      if (#controller in request) request.#watchClient();
    }

    #watchClient(): void {
      if (this.#isWatching) return;
      this.#isWatching = true;
      const { signal } = this.#context;
      // As long as the client may leave, this keeps the request alive, without which its own signal is dead.
      const abort = (): void => this.#controller.abort(signal.reason);
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort, { once: true });
    }

    // The native one, because clones follow it.
    override get signal(): AbortSignal {
      this.#watchClient();
      return super.signal;
    }

    override text(): Promise<string> {
      return this.#take()?.then(decodeText) ?? super.text();
    }

    override json(): Promise<unknown> {
      return this.#take()?.then(decodeJson) ?? super.json();
    }

    override bytes(): Promise<Uint8Array<ArrayBuffer>> {
      return this.#take() ?? super.bytes();
    }

    override arrayBuffer(): Promise<ArrayBuffer> {
      return this.#take()?.then(({ buffer }) => buffer) ?? super.arrayBuffer();
    }

    /** @returns undefined unless there is untouched content */
    #take(): Promise<Uint8Array<ArrayBuffer>> | undefined {
      // A clone leaves another stream in its place.
      const stream = this.#stream;
      if (stream === undefined || this.bodyUsed || this.body !== stream || stream.locked) return undefined;
      const taken = this.#source.take();
      super.arrayBuffer().catch(() => {});
      return taken;
    }
  }
  for (const name of ["text", "json", "bytes", "arrayBuffer", "signal"]) {
    Object.defineProperty(NativeRequest.prototype, name, { enumerable: true });
  }
  Object.defineProperty(NativeRequest.prototype, "constructor", { value: Request });
  return {
    make: (request, context, origin) => new NativeRequest(request, context, origin),
    onPending: (request) => NativeRequest.onPending(request),
  };
}

function toInit(
  { method, headers }: HttpRequest,
  signal: AbortSignal,
  body: ReadableStream<Uint8Array> | undefined,
): RequestInit {
  const init: RequestInit = { method, headers: toWebHeaders(headers), signal };
  return body === undefined ? init : Object.assign(init, { body, duplex: "half" });
}

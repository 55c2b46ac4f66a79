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
    // Requests made from this one follow it. Watching the client costs a read, so it begins only with
    // onPending().
    readonly #controller: AbortController;
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

    static onPending(request: Request, { signal }: RequestContext): void {
      if (!(#controller in request)) return;
      const controller = request.#controller;
      if (signal.aborted) controller.abort(signal.reason);
      else signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
    }

    override get signal(): AbortSignal {
      return this.#context.signal;
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
    onPending: (request, context) => NativeRequest.onPending(request, context),
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

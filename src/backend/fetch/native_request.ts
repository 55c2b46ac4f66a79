import type { HttpRequest } from "../../http/request/request.ts";
import type { RequestContext } from "../handler.ts";
import { ContentSource, decodeJson, decodeText, hasContent, streamOf } from "./request_content.ts";
import { joinUrl } from "./request_url.ts";
import { toWebHeaders } from "./web_headers.ts";
import type { RequestMaker } from "./web_request.ts";

/**
 * Makes native requests, for a runtime whose Request takes none but its own. Whole content still comes straight from the
 * wire; the native stream only ends, so that the request says itself that its content is used.
 */
export function makeNativeRequests(): RequestMaker {
  class NativeRequest extends Request {
    readonly #source: ContentSource;
    readonly #stream: ReadableStream<Uint8Array> | undefined;

    constructor(url: string, init: RequestInit, source: ContentSource) {
      super(url, init);
      this.#source = source;
      this.#stream = init.body as ReadableStream<Uint8Array> | undefined;
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

    /** @returns undefined unless there is content that nobody has touched */
    #take(): Promise<Uint8Array<ArrayBuffer>> | undefined {
      // A clone leaves another stream in its place.
      const stream = this.#stream;
      if (stream === undefined || this.bodyUsed || this.body !== stream || stream.locked) return undefined;
      const taken = this.#source.take();
      super.arrayBuffer().catch(() => {});
      return taken;
    }
  }
  for (const name of ["text", "json", "bytes", "arrayBuffer"]) {
    Object.defineProperty(NativeRequest.prototype, name, { enumerable: true });
  }
  Object.defineProperty(NativeRequest.prototype, "constructor", { value: Request });
  return (request, context, origin) => {
    const source = new ContentSource(request.body);
    return new NativeRequest(joinUrl(origin, request), toInit(request, context, source), source);
  };
}

function toInit(request: HttpRequest, context: RequestContext, source: ContentSource): RequestInit {
  const { method, headers } = request;
  const init: RequestInit = { method, headers: toWebHeaders(headers), signal: context.signal };
  if (!hasContent(request)) return init;
  return Object.assign(init, { body: streamOf(source), duplex: "half" });
}

import type { HttpRequest } from "../../http/request/request.ts";
import type { RequestContext } from "../handler.ts";
import { ContentSource, hasContent, streamOf } from "./request_content.ts";
import { joinUrl } from "./request_url.ts";
import { toWebHeaders } from "./web_headers.ts";
import type { RequestMaker } from "./web_request.ts";

/**
 * Makes native requests, for a runtime whose Request takes none but its own. Whole content still comes straight from the
 * wire, as one piece.
 */
export function makeNativeRequests(): RequestMaker {
  class NativeRequest extends Request {
    readonly #source: ContentSource;

    constructor(url: string, init: RequestInit, source: ContentSource) {
      super(url, init);
      this.#source = source;
    }

    override text(): Promise<string> {
      this.#source.gather();
      return super.text();
    }

    override json(): Promise<unknown> {
      this.#source.gather();
      return super.json();
    }

    override bytes(): Promise<Uint8Array<ArrayBuffer>> {
      this.#source.gather();
      return super.bytes();
    }

    override arrayBuffer(): Promise<ArrayBuffer> {
      this.#source.gather();
      return super.arrayBuffer();
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

import type { HttpResponse } from "../../../http/response/response.ts";
import { ContentStream, encodeContent } from "../content_stream.ts";
import { LazyHeaders, readHeaders } from "../lazy_headers.ts";
import { chainTo } from "../native_chain.ts";
import { JSON_FIELDS, type LightResponse, type ResponseContent, toLight } from "./light_response.ts";
import { replaceFields, toWebHeaders } from "../web_headers.ts";

const NativeResponse = Response;

/** Members that come from the runtime's own class. */
export interface FastResponse extends Response {}

/**
 * A Response that is cheap to make and to send.
 *
 * With text, bytes or no content it keeps just these, and the server sends them without a stream and without
 * a promise. A native Response, made once when needed, does everything else that a Response can do. It is an
 * instance of Response.
 */
export class FastResponse {
  readonly #light: LightResponse | undefined;
  #native: Response | undefined;
  // Parts that a caller has asked for: fields that may be changed, and content that may be read.
  #headers: Headers | undefined;
  #stream: ContentStream | undefined;
  #blob: Blob | undefined;
  // Whether the native response stands for one whose content is in use.
  #isSpent = false;

  static {
    Object.setPrototypeOf(this, NativeResponse);
    // Bundlers rename classes, and a name is all that some frameworks look at.
    Object.defineProperty(this, "name", { value: "Response" });
    chainTo(this.prototype, {
      native: NativeResponse,
      sample: new NativeResponse(),
      nativeOf: (response) => (response as FastResponse).#toNative(),
    });
  }

  /**
   * Makes a response.
   *
   * @param body the content; bytes are copied, as every Response copies them
   * @param init status, its text, and fields
   * @throws {TypeError} for fields that no Response takes, and for content with a status that allows none
   * @throws {RangeError} for a status outside 200 to 599
   */
  constructor(body?: ResponseContent, init?: ResponseInit) {
    this.#light = toLight(body, FastResponse.#initOf(init));
    if (this.#light !== undefined) return;
    this.#native = new NativeResponse(body, init);
    if (body instanceof Blob) this.#blob = body;
  }

  /** A response with JSON. @throws {TypeError} for data that has no form in JSON */
  static json(data: unknown, init?: ResponseInit): Response {
    const text = JSON.stringify(data);
    if (text === undefined || init?.headers !== undefined) return NativeResponse.json(data, init);
    return new FastResponse(text, { ...init, headers: JSON_FIELDS as unknown as HeadersInit });
  }

  /** The runtime's own class, also if this one stands in its place. */
  static get native(): typeof Response {
    return NativeResponse;
  }

  /** The response to send, as long as no native response was needed; otherwise undefined. */
  static lightOf(response: object): HttpResponse | undefined {
    return #light in response ? response.#toHttpResponse() : undefined;
  }

  /**
   * The size of the Blob that a response was made of, which the runtime's own Response does not show; undefined
   * for other content, and if the size is not certain, as that of a pipe.
   */
  static blobSizeOf(response: object): number | undefined {
    const size = #blob in response ? response.#blob?.size : undefined;
    return Number.isSafeInteger(size) ? size || undefined : undefined;
  }

  /** As in every Response. */
  get status(): number {
    return this.#light?.status ?? this.#toNative().status;
  }

  /** As in every Response. */
  get statusText(): string {
    return this.#light?.statusText ?? this.#toNative().statusText;
  }

  /** Whether the status is 200 to 299. */
  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  /** The fields, to be changed until the response is sent. */
  get headers(): Headers {
    return this.#headers ??= this.#native?.headers ??
      new LazyHeaders(this.#light!.headers) as unknown as Headers;
  }

  /** The content as a stream; null if there is none. */
  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#native !== undefined && !this.#isSpent) return this.#native.body;
    const { body } = this.#light!;
    return body === null ? null : this.#stream ??= new ContentStream(body);
  }

  /** Whether something was read of the content. */
  get bodyUsed(): boolean {
    if (this.#native !== undefined && !this.#isSpent) return this.#native.bodyUsed;
    return this.#stream?.isUsed ?? false;
  }

  /** Fields and status of another response, unprocessed. */
  static #initOf(init: ResponseInit | undefined): ResponseInit | LightResponse | undefined {
    const isLight = typeof init === "object" && init !== null && #light in init &&
      init.#headers === undefined;
    return isLight ? init.#light ?? init : init;
  }

  #toHttpResponse(): HttpResponse | undefined {
    const light = this.#light;
    if (light === undefined || this.#native !== undefined) return undefined;
    if (this.#stream !== undefined && ContentStream.contentOf(this.#stream) === undefined) return undefined;
    if (this.#headers === undefined) return light;
    return { status: light.status, headers: readHeaders(this.#headers), body: light.body };
  }

  #toNative(): Response {
    const native = this.#native ??= this.#makeNative(this.#light!);
    if (this.#headers !== undefined && this.#headers !== native.headers) {
      replaceFields(native.headers, this.#headers);
    }
    return native;
  }

  #makeNative({ status, statusText, headers, body }: LightResponse): Response {
    const init = { status, statusText, headers: this.#headers ?? toWebHeaders(headers) };
    const stream = this.#stream;
    // As bytes, so that a type that the handler has removed from a text does not come back.
    if (stream === undefined) return new NativeResponse(encodeContent(body), init);
    if (!stream.isUsed && !stream.locked) return new NativeResponse(stream, init);
    this.#isSpent = true;
    return makeSpent(stream, init);
  }
}

/** A native response takes no stream that is in use. This one refuses to be read as if it had taken it. */
function makeSpent({ isUsed }: ContentStream, init: ResponseInit): Response {
  const body = new ReadableStream();
  const response = new NativeResponse(body, init);
  if (isUsed) body.cancel();
  else body.getReader();
  return response;
}

import type { MaybePromise } from "../../../base/maybe_promise.ts";
import { ByteBudget } from "../../../bytes/byte_budget.ts";
import { BytePieces } from "../../../bytes/byte_pieces.ts";
import type { HttpHeaders } from "../../../http/headers.ts";
import type { HttpResponse } from "../../../http/response/response.ts";
import { findFetchDecoding } from "../../../net/runtimes/fetch_decoding.ts";
import { FastResponse } from "./fast_response.ts";
import { hidesTextType, withHiddenType } from "./hidden_type.ts";
import { findKept } from "./kept_content.ts";
import { chooseFindKnown, type KnownContent } from "./origin_of_content.ts";
import { findPlainText } from "./plain_text.ts";
import { keepPromise, promiseKnown } from "./promised_length.ts";
import { Patience } from "../patience.ts";
import { readContent, type WebContent } from "./response_content.ts";
import { StreamedContent } from "./streamed_content.ts";
import { dropCoding, isZstd, mayBeDecodedZstd, readFields } from "./response_fields.ts";

/** Content without a known length, and without any pieces. */
const NOTHING: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

// Enough for 68 streams at full speed; all others go on in smaller pieces.
const FAST_STREAM_BYTES = 33_554_432;

/** Turns web-standard responses into ours. One per server. */
export class ResponseReader {
  readonly #patience = new Patience();
  readonly #budget = new ByteBudget(FAST_STREAM_BYTES);
  readonly #isDecoded = findFetchDecoding();
  readonly #hidesTextType = hidesTextType(FastResponse.native);
  readonly #takePlainText = findPlainText(FastResponse.native);
  readonly #takeKept = findKept(FastResponse.native);
  readonly #findKnown = chooseFindKnown(FastResponse.native);

  /**
   * Turns a response into ours.
   *
   * @returns promised only if content has to be read from a stream
   * @throws {TypeError} when it is not a response, or its content has been read already, or is being read
   * @throws {RangeError} when its status cannot be final
   */
  read(response: Response): MaybePromise<HttpResponse> {
    checkResponse(response);
    const ready = FastResponse.lightOf(response) ?? this.#takePlainText?.(response);
    if (ready !== undefined) return ready;
    const { status } = response;
    // Before the body: Bun 1.4.5 forgets the type of the content once the content has been asked for.
    const headers = readFields(response, this.#isDecoded);
    const kept = this.#takeKept?.(response);
    if (kept !== undefined) {
      return { status, headers: this.#withType(headers, kept), body: kept };
    }
    const { body } = response;
    if (body === null || body === undefined) {
      // After HEAD, the length that GET would have is not known for a decoded response (RFC 9110 §9.3.2).
      return { status, headers, body: response.url && !headers.has("content-length") ? NOTHING : null };
    }
    if (response.bodyUsed || body.locked) {
      throw new TypeError("Cannot send the response: its content has been read");
    }
    const reader = body.getReader();
    // The content of a response from `fetch` is never more than a promise of the upstream's.
    const known = response.url ? undefined : this.#find(response);
    // A handler that sets this wants the pieces of its stream to go out one by one.
    if (known === undefined && headers.has("transfer-encoding")) {
      return { status, headers, body: new StreamedContent(reader, { budget: this.#budget }) };
    }
    return readContent<HttpResponse>(reader, {
      isKnown: known !== undefined,
      patience: this.#patience,
      budget: this.#budget,
      finish: (content) => {
        if (mayBeDecodedZstd(response, headers) && !isZstd(content)) dropCoding(headers);
        if (known === undefined) return { status, headers, body: keepPromise(content, headers) };
        return {
          status,
          headers: this.#withType(headers, content),
          body: promiseKnown(content, headers, known),
        };
      },
    });
  }

  #withType(headers: HttpHeaders, content: WebContent | string): HttpHeaders {
    const first = content instanceof BytePieces ? content.pieces[0] : content;
    return this.#hidesTextType && first instanceof Uint8Array ? withHiddenType(headers, first) : headers;
  }

  #find(response: Response): KnownContent | undefined {
    const length = FastResponse.blobSizeOf(response);
    return length === undefined ? this.#findKnown(response) : { length };
  }
}

function checkResponse(response: Response): void {
  if (typeof response !== "object" || response === null || typeof response.status !== "number") {
    const got = response === null ? "null" : typeof response;
    throw new TypeError(`Cannot send the response: expected a Response, got ${got}`);
  }
  if (response.status < 200) {
    throw new RangeError(`Cannot send the response: expected a status of 200 to 599, got ${response.status}`);
  }
}

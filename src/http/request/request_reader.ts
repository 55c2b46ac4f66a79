import type { ReadBudget } from "../../bytes/byte_budget.ts";
import { BufferedTokens, type BufferedTokensOptions } from "../tokens/buffered_tokens.ts";
import { HttpError } from "../errors.ts";
import type { ContentDemand, ContentSource } from "./content_source.ts";
import { readExpectation } from "./expectation.ts";
import type { Framing } from "../tokens/framing.ts";
import { HttpHeaders } from "../headers.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { HttpRequest } from "./request.ts";
import type { RequestHead } from "../tokens/head/request_head.ts";
import { bodyTooLarge, EMPTY_BODY, type RequestBody } from "./request_body.ts";
import { StreamedBody } from "./streamed_body.ts";
import type { ErrorToken, HeadEndToken } from "../tokens/tokens.ts";

/** Options of {@linkcode RequestReader}. */
export type RequestReaderOptions = BufferedTokensOptions;

const NO_DEMAND: ContentDemand = { onContentWanted() {}, onContentEnd() {}, onContentKept: () => true };

const NO_BOUND: ReadBudget = { take: () => true };

/**
 * Makes the requests of one connection from its bytes, one after the other, through one reused buffer.
 *
 * It reads nothing itself. When it needs bytes, its owner fills {@linkcode RequestReader.buffer} and calls
 * {@linkcode RequestReader.load}; from then on the bytes belong to the reader until they are a request or its
 * content.
 */
export class RequestReader {
  readonly #tokens: BufferedTokens;
  readonly #maxBodyBytes: number;
  readonly #demand: ContentDemand;
  // The last request that was taken, if it has content, and that content.
  #request: HttpRequest | undefined;
  #body: StreamedBody | undefined;
  #hasEnded = false;
  // Why the current request is given up, although its head is not complete.
  #refusal: HttpError | undefined;
  // Made when the first content comes.
  #contentSource: ContentSource | undefined;

  /**
   * Makes the reader of one connection.
   *
   * @param options limits in bytes and counts, and whether raw heads are kept
   * @param demand hears when content is needed; may be omitted for requests without content
   * @param budget bytes that the buffers of all readers may hold beyond their smallest size; default no bound
   */
  constructor(
    options: RequestReaderOptions = {},
    demand: ContentDemand = NO_DEMAND,
    budget: ReadBudget = NO_BOUND,
  ) {
    this.#demand = demand;
    this.#tokens = new BufferedTokens(options, budget);
    this.#maxBodyBytes = options.maxBodyBytes ?? DEFAULT_LIMITS.maxBodyBytes;
  }

  /**
   * Whether the client has finished sending, or sent something that ended the interpretation of its bytes.
   */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether no byte of the next request has come. */
  get isBetweenRequests(): boolean {
    return this.#tokens.tokenizer.isBetweenMessages;
  }

  /**
   * Whether every loaded byte is used up: more may be read ahead if the last request is complete.
   */
  get isUsedUp(): boolean {
    return this.#tokens.isUsedUp;
  }

  /** Whether content of the last request is still to be read. */
  get hasUnreadBody(): boolean {
    return this.#body !== undefined && !this.#body.isComplete;
  }

  /** The content of the last request; undefined when it has none. */
  get body(): RequestBody | undefined {
    return this.#body;
  }

  /** Whether the client holds the content back until it is asked for it (RFC 9110 §10.1.1). */
  get isBodyHeldBack(): boolean {
    return this.#body?.isHeldBack ?? false;
  }

  /** Whether a read waits for content. */
  get isBodyAwaited(): boolean {
    return this.#body?.isAwaited ?? false;
  }

  /** Says that the client has been asked for the content. */
  noteAsked(): void {
    if (this.#body !== undefined) this.#body.isHeldBack = false;
  }

  /** Says that the handler gets no more of the content: the response is complete. */
  noteDropped(): void {
    if (this.#body !== undefined) this.#body.keptBytes = this.#body.receivedBytes;
  }

  /** Bytes of an unfinished head that are held. */
  get heldBytes(): number {
    return this.#tokens.heldBytes;
  }

  /**
   * The buffer for the next bytes of the connection, filled from its start; valid until they are loaded.
   *
   * @throws {TypeError} when loaded bytes have not been used up
   */
  buffer(): Uint8Array {
    return this.#tokens.prepare(this.hasUnreadBody ? "content" : "head");
  }

  /**
   * Takes the bytes in the buffer, and gives them to the read that waits for content.
   *
   * @param count the number of bytes; null when the client has finished sending
   * @param array holds the bytes instead of the buffer, and belongs to the reader: it is freed after its last use
   */
  load(count: number | null, array?: Uint8Array<ArrayBuffer>): void {
    if (count === null) this.#hasEnded = true;
    this.#tokens.load(count, array);
    if (this.#body !== undefined && !this.#body.resume()) this.#demand.onContentWanted();
  }

  /** The next request among the loaded bytes; undefined when more are needed. */
  take(): HttpRequest | undefined {
    if (this.#refusal !== undefined) return this.#takeRefused(this.#refusal);
    for (let token = this.#tokens.take(); token !== undefined; token = this.#tokens.take()) {
      if (token.kind === "head-end") return this.#createRequest(token);
      if (token.kind === "error") return this.#refuse(token.error, token);
    }
    return undefined;
  }

  /** Gives up the request with an unfinished head: the next request taken is a refused one. */
  refuseHead(error: HttpError): void {
    this.#refusal = error;
  }

  /** Says that no more bytes come: pending and later reads of content fail. */
  fail(error: unknown): void {
    if (!(error instanceof HttpError)) this.#hasEnded = true;
    this.#body?.fail(error);
  }

  /** Gives back the room of its buffer, because nothing is read any longer. May be called twice. */
  close(): void {
    this.#tokens.close();
  }

  /** Gives back its memory at once, because nothing is read any longer and the last request is over. */
  free(): void {
    this.#tokens.free();
  }

  #createRequest({ head, framing, headStart, end }: HeadEndToken): HttpRequest {
    const expectation = readExpectation(head);
    this.#body = this.#openBody(framing, expectation !== "none");
    const raw = this.#tokens.rawHead(headStart, end);
    const request = new HttpRequest(head, this.#body ?? EMPTY_BODY, { raw, end });
    if (this.#body !== undefined) this.#request = request;
    if (expectation === "unknown") {
      const got = head.headers.getAll("expect").join(", ");
      request.refuse(
        new HttpError(417, `Cannot meet the expectation: got ${JSON.stringify(got)}`, {
          code: "expectation",
        }),
      );
    }
    if (framing.kind === "length" && framing.length > this.#maxBodyBytes) {
      request.refuse(bodyTooLarge(this.#maxBodyBytes));
    }
    return request;
  }

  #openBody(framing: Framing, isHeldBack: boolean): StreamedBody | undefined {
    const length = framing.kind === "length" ? framing.length : undefined;
    if (framing.kind !== "chunked" && !length) return undefined;
    return new StreamedBody(this.#contentSource ??= this.#createContentSource(), {
      length,
      maxBytes: this.#maxBodyBytes,
      isHeldBack,
    });
  }

  #takeRefused(error: HttpError): HttpRequest {
    this.#refusal = undefined;
    const { partialHead, headStart } = this.#tokens.tokenizer;
    return this.#refuse(error, { head: partialHead, headStart });
  }

  #createContentSource(): ContentSource {
    return {
      demand: this.#demand,
      takeToken: () => this.#tokens.take(),
      onRoomLent: (room) => this.#tokens.lend(room),
      // A request with broken content is refused, and the connection ends after its response.
      onContentFault: (error) => {
        if (error instanceof HttpError) this.#request?.refuse(error);
      },
    };
  }

  #refuse(error: HttpError, { head, headStart }: Pick<ErrorToken, "head" | "headStart">): HttpRequest {
    this.#hasEnded = true;
    this.#body = undefined;
    const known: RequestHead = head ?? { method: "", target: "", version: "1.1", headers: new HttpHeaders() };
    const request = new HttpRequest(known, EMPTY_BODY, {
      raw: this.#tokens.rawHead(headStart, Infinity),
      end: this.#tokens.tokenizer.pushedBytes,
    });
    request.refuse(error);
    // The connection may linger, and the bytes gathered for a head are no longer needed.
    this.close();
    return request;
  }
}

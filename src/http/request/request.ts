import { type CookiePair, parseCookies } from "../cookies.ts";
import type { HttpError } from "../errors.ts";
import type { HttpHeaders } from "../headers.ts";
import type { HttpVersion, RequestHead, WireHead } from "../tokens/head/request_head.ts";
import type { RequestBody } from "./request_body.ts";
import { splitTarget } from "../target.ts";

/**
 * One request. A refused one is a request too, as far as it was understood, and carries its refusal, so that
 * it passes the same logging and the same error pages as all others.
 */
export class HttpRequest implements RequestHead {
  readonly method: string;
  readonly target: string;
  readonly version: HttpVersion;
  readonly headers: HttpHeaders;
  /** The content. */
  readonly body: RequestBody;
  /**
   * The bytes of the head as received, seen as latin1, with the empty line; "" unless the server keeps them.
   */
  readonly rawHead: string;
  /**
   * Offset after the last byte of the head, from the first byte of the connection; 0 without a wire.
   */
  readonly headEnd: number;
  #refusal: HttpError | undefined;
  #parts: { readonly path: string; readonly query: string } | undefined;
  #cookies: readonly CookiePair[] | undefined;

  /**
   * Makes a request.
   *
   * @param head method, target, version and fields
   * @param body the content that follows
   * @param wire the head as received
   */
  constructor(head: RequestHead, body: RequestBody, { raw = "", end = 0 }: Partial<WireHead> = {}) {
    this.method = head.method;
    this.target = head.target;
    this.version = head.version;
    this.headers = head.headers;
    this.body = body;
    this.rawHead = raw;
    this.headEnd = end;
  }

  /** Why the request must not be served: a malformed head, a limit, a time-out. */
  get refusal(): HttpError | undefined {
    return this.#refusal;
  }

  /** Marks the request as refused; the first reason stays. */
  refuse(error: HttpError): void {
    this.#refusal ??= error;
  }

  /** The path as sent, still percent-encoded; "*" or an authority for the other forms of target. */
  get path(): string {
    return (this.#parts ??= splitTarget(this.target)).path;
  }

  /** The query as sent, without "?"; "" if there is none. */
  get query(): string {
    return (this.#parts ??= splitTarget(this.target)).query;
  }

  /** Name and value of each cookie, in order (RFC 6265 §5.4). */
  get cookies(): readonly CookiePair[] {
    return this.#cookies ??= parseCookies(this.headers.getAll("cookie"));
  }

  /** The value of the first cookie of this name. */
  cookie(name: string): string | undefined {
    return this.cookies.find((pair) => pair.name === name)?.value;
  }
}

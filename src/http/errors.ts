import { checkField } from "./grammar.ts";

/**
 * The fault of a message, as a word that programs compare.
 *
 * `not-http` means that the first line of a connection does not even have the shape of a request line.
 */
export type HttpErrorCode =
  | "not-http"
  | "bad-request-line"
  | "bad-target"
  | "bad-version"
  | "bad-field"
  | "bad-host"
  | "bad-framing"
  | "bad-chunk"
  | "bad-trailer"
  | "incomplete"
  | "method-too-long"
  | "request-line-too-long"
  | "head-too-large"
  | "body-too-large"
  | "timeout"
  | "expectation"
  | "misdirected"
  | "overload"
  | "refused";

/** Options of {@linkcode HttpError}. */
export interface HttpErrorOptions {
  /** The word for programs; default `refused`. */
  readonly code?: HttpErrorCode;
  /** Offset of the fault in bytes from the first byte of the connection. */
  readonly offset?: number | undefined;
  /** Fields that the response must carry, for example `Allow` with 405 (RFC 9110 §15.5.6). */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** The cause of the fault. */
  readonly cause?: unknown;
}

/**
 * The peer's mistake, or a refusal: an error with the status code of its response (RFC 9110 §15).
 *
 * The message is for logs; a client sees it only when error display is on.
 */
export class HttpError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "HttpError";
  /** The status code of the response, 400 to 599. */
  readonly status: number;
  /** The word for programs. */
  readonly code: HttpErrorCode;
  /** Offset of the fault in bytes from the first byte of the connection, if there is one. */
  readonly offset: number | undefined;
  /** Fields that the response must carry. */
  readonly headers: readonly (readonly [name: string, value: string])[];

  /**
   * Makes an error.
   *
   * @param status status code of the response, 400 to 599
   * @param message action, colon, state: `Cannot read Content-Length: expected digits, got "12a"`
   * @throws {RangeError} for any other status, because no response can have it
   * @throws {TypeError} for fields that cannot go on the wire
   */
  constructor(
    status: number,
    message: string,
    { code = "refused", offset, headers = [], cause }: HttpErrorOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    if (!(Number.isInteger(status) && status >= 400 && status <= 599)) {
      throw new RangeError(`Cannot make an HttpError: status is ${status}`);
    }
    for (const [name, value] of headers) checkField(name, value);
    this.status = status;
    this.code = code;
    this.offset = offset;
    this.headers = headers;
  }

  /** The same error at another place. @param offset of the fault, in bytes from the first byte of the connection */
  at(offset: number): HttpError {
    const { code, headers, cause } = this;
    return new HttpError(this.status, this.message, { code, headers, cause, offset });
  }
}

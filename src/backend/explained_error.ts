import { HttpError, type HttpErrorOptions } from "../http/errors.ts";

/** Options of {@linkcode ExplainedError}. */
export interface ExplainedErrorOptions extends HttpErrorOptions {
  /** One or two sentences for the person at the other end, shown whether error display is on or not. */
  readonly explanation: string;
}

/**
 * A refusal with an explanation for any client, apart from its message, which is for logs and error display.
 */
export class ExplainedError extends HttpError {
  /** The class name, also when minified. */
  override readonly name: string = "ExplainedError";
  /** The sentences for the client. */
  readonly explanation: string;

  /**
   * Makes a refusal.
   *
   * @param status status code of the response, 400 to 599
   * @param message action, colon, state
   */
  constructor(status: number, message: string, options: ExplainedErrorOptions) {
    super(status, message, options);
    this.explanation = options.explanation;
  }
}

import { HttpHeaders } from "./headers.ts";
import { bodyTooLarge, type RequestBody } from "./request_body.ts";
import type { HttpToken } from "./tokens.ts";

/** What a streamed body needs from its reader. */
export interface StreamedBodyOptions {
  /** Announced length in bytes, undefined with chunked coding. */
  readonly length: number | undefined;
  /** Beyond this many bytes reading fails with 413. */
  readonly maxBytes: number;
  /** The next token at hand. */
  readonly takeToken: () => HttpToken | undefined;
  /** Waits until there are more tokens. */
  readonly fill: () => Promise<void>;
  /** Asks the client for content that it holds back; undefined where it does not. */
  readonly sendContinue: (() => Promise<void> | undefined) | undefined;
  /** Told once that all content has been read. */
  readonly onEnd: () => void;
  /** Told once that there will be no more content, whether or not somebody reads on. */
  readonly onFault: (error: unknown) => void;
}

/** The content of a request as the tokens give it. */
export class StreamedBody implements RequestBody {
  readonly length: number | undefined;
  trailers: HttpHeaders = new HttpHeaders();
  receivedBytes = 0;
  isComplete = false;
  wireOffset = 0;
  readonly #options: StreamedBodyOptions;
  #isAwaitingContinue: boolean;
  #error: unknown;
  #isReading = false;

  constructor(options: StreamedBodyOptions) {
    this.length = options.length;
    this.#options = options;
    this.#isAwaitingContinue = options.sendContinue !== undefined;
  }

  /** Whether the client holds its content back until it is asked: then it need not be read (RFC 9110 §10.1.1). */
  get isHeldBack(): boolean {
    return this.#isAwaitingContinue;
  }

  async read(): Promise<Uint8Array | null> {
    if (this.isComplete) return null;
    if (this.#error !== undefined) throw this.#error;
    if (this.#isReading) throw new TypeError("Cannot read content: another read is under way");
    this.#isReading = true;
    try {
      return await this.#readPiece();
    } catch (error) {
      throw this.#fail(error);
    } finally {
      this.#isReading = false;
    }
  }

  #fail(error: unknown): unknown {
    if (this.#error === undefined) {
      this.#error = error;
      this.#options.onFault(error);
    }
    return error;
  }

  async #readPiece(): Promise<Uint8Array | null> {
    for (;;) {
      const token = this.#options.takeToken();
      if (token === undefined) {
        await this.#askToContinue();
        await this.#options.fill();
      } else if (token.kind === "body") {
        this.wireOffset = token.end;
        return this.#takePiece(token.bytes);
      } else if (token.kind === "end") {
        this.isComplete = true;
        // Chunks that hold nothing have come too.
        this.#isAwaitingContinue = false;
        this.wireOffset = token.end;
        if (token.trailers !== undefined) this.trailers = token.trailers;
        this.#options.onEnd();
        return null;
      } else if (token.kind === "error") {
        throw token.error;
      }
    }
  }

  /** Up to the limit content is given out, so that a log can show how it begins. */
  #takePiece(bytes: Uint8Array): Uint8Array {
    const { maxBytes } = this.#options;
    const allowed = maxBytes - this.receivedBytes;
    this.receivedBytes += bytes.length;
    // RFC 9110 §10.1.1: who has content already need not be asked for it.
    this.#isAwaitingContinue = false;
    if (bytes.length <= allowed) return bytes;
    const error = this.#fail(bodyTooLarge(maxBytes));
    if (allowed <= 0) throw error;
    return bytes.subarray(0, allowed);
  }

  async #askToContinue(): Promise<void> {
    if (!this.#isAwaitingContinue) return;
    this.#isAwaitingContinue = false;
    await this.#options.sendContinue?.();
  }
}

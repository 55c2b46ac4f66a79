import { HttpHeaders } from "../headers.ts";
import { bodyTooLarge, type RequestBody } from "./request_body.ts";
import type { BytesReceiver } from "./request_source.ts";
import type { HttpToken } from "../tokens/tokens.ts";

/** What a streamed body needs from its reader. */
export interface StreamedBodyOptions {
  /** Announced length in bytes, undefined with chunked coding. */
  readonly length: number | undefined;
  /** Beyond this many bytes reading fails with 413. */
  readonly maxBytes: number;
  /** The next token at hand. */
  readonly takeToken: () => HttpToken | undefined;
  /** Waits for more bytes; calls back later. */
  readonly receive: (receiver: BytesReceiver) => void;
  /** Makes tokens of the bytes that have come. @param count how many, null at the end */
  readonly load: (count: number | null) => void;
  /** Asks the client for content that it holds back; undefined where it does not. */
  readonly sendContinue: (() => Promise<void> | undefined) | undefined;
  /** Told once that all content has been read. */
  readonly onEnd: () => void;
  /** Told once that there will be no more content, whether or not somebody reads on. */
  readonly onFault: (error: unknown) => void;
}

type Piece = Uint8Array | null;

/** The content of a request as the tokens give it. */
export class StreamedBody implements RequestBody, BytesReceiver {
  readonly length: number | undefined;
  trailers: HttpHeaders = new HttpHeaders();
  receivedBytes = 0;
  isComplete = false;
  wireOffset = 0;
  readonly #options: StreamedBodyOptions;
  #isAwaitingContinue: boolean;
  #error: unknown;
  // The read under way.
  #resolve: ((piece: Piece) => void) | undefined;
  #reject: (error: unknown) => void = () => {};

  constructor(options: StreamedBodyOptions) {
    this.length = options.length;
    this.#options = options;
    this.#isAwaitingContinue = options.sendContinue !== undefined;
  }

  /** Whether the client holds its content back until it is asked: then it need not be read (RFC 9110 §10.1.1). */
  get isHeldBack(): boolean {
    return this.#isAwaitingContinue;
  }

  // One promise, and no async function behind it: five thousand slow uploads wait here, and what each of them holds the
  // collector moves.
  read(): Promise<Piece> {
    if (this.isComplete) return Promise.resolve(null);
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#resolve !== undefined) {
      return Promise.reject(new TypeError("Cannot read content: another read is under way"));
    }
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#readOn();
    });
  }

  /** Called back when more bytes have come. */
  onReceived(count: number | null): void {
    this.#options.load(count);
    this.#readOn();
  }

  /** Called back when nothing comes any more. */
  onReceiveFailed(error: unknown): void {
    this.#resolve = undefined;
    this.#reject(this.#fail(error));
  }

  #readOn(): void {
    try {
      const piece = this.#takePiece();
      if (piece === undefined) return this.#wait();
      const resolve = this.#resolve!;
      this.#resolve = undefined;
      resolve(piece);
    } catch (error) {
      this.onReceiveFailed(error);
    }
  }

  #wait(): void {
    const asked = this.askToContinue();
    if (asked === undefined) return this.#options.receive(this);
    asked.then(() => this.#options.receive(this)).catch((error) => this.onReceiveFailed(error));
  }

  #fail(error: unknown): unknown {
    if (this.#error === undefined) {
      this.#error = error;
      this.#options.onFault(error);
    }
    return error;
  }

  /** @returns undefined when more bytes are needed */
  #takePiece(): Piece | undefined {
    for (let token = this.#options.takeToken(); token !== undefined; token = this.#options.takeToken()) {
      if (token.kind === "body") {
        this.wireOffset = token.end;
        return this.#cutPiece(token.bytes);
      }
      if (token.kind === "end") {
        this.isComplete = true;
        // Chunks that hold nothing have come too.
        this.#isAwaitingContinue = false;
        this.wireOffset = token.end;
        if (token.trailers !== undefined) this.trailers = token.trailers;
        this.#options.onEnd();
        return null;
      }
      if (token.kind === "error") throw token.error;
    }
    return undefined;
  }

  /** Up to the limit content is given out, so that a log can show how it begins. */
  #cutPiece(bytes: Uint8Array): Uint8Array {
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

  /** Asks for content that the client holds back, once. @returns settles when it has been asked */
  askToContinue(): Promise<void> | undefined {
    if (!this.#isAwaitingContinue) return undefined;
    this.#isAwaitingContinue = false;
    return this.#options.sendContinue?.();
  }
}

import type { PieceIterator } from "../http/response/streamed_response.ts";

/**
 * Streamed content of a response that can be cut while its source waits: if the client has gone, an event
 * that never comes must not keep its connection.
 */
export class ServedStream implements AsyncIterable<Uint8Array>, PieceIterator {
  readonly #source: AsyncIterable<Uint8Array>;
  #iterator: PieceIterator | undefined;
  // Fails the awaited read.
  #reject: (error: unknown) => void = () => {};
  #cutWith: unknown;
  #hasEnded = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    return new Promise((resolve, reject) => {
      if (this.#cutWith !== undefined) return reject(this.#cutWith);
      this.#reject = reject;
      this.#begin().next().then((result) => {
        this.#hasEnded ||= result.done === true;
        resolve(result);
      }, (error) => {
        this.#hasEnded = true;
        reject(error);
      });
    });
  }

  takeReady(): Uint8Array | undefined | null {
    return this.#cutWith === undefined ? this.#iterator?.takeReady?.() : undefined;
  }

  get readyBytes(): number {
    return this.#begin().readyBytes ?? 0;
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      await this.#begin().return?.();
    }
    return { done: true, value: undefined };
  }

  /** Ends the source, which may take its time, and fails the reader that waits for it. */
  cut(error: unknown): void {
    this.#cutWith ??= error;
    this.#reject(this.#cutWith);
    this.return().catch(() => {});
  }

  #begin(): PieceIterator {
    return this.#iterator ??= this.#source[Symbol.asyncIterator]();
  }
}

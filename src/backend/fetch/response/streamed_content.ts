import { inNextTurn } from "../../../base/event_loop.ts";
import type { PieceIterator } from "../../../http/response/streamed_response.ts";
import { toBytes, type WebPiece } from "./web_piece.ts";

type ReadResult = ReadableStreamReadResult<WebPiece>;

interface Waiting {
  readonly resolve: (result: IteratorResult<Uint8Array>) => void;
  readonly reject: (error: unknown) => void;
}

// This much is sent together, and nothing more is read before it is taken.
const READ_AHEAD_BYTES = 49_152;

/**
 * The pieces of a stream, as fast as they are taken.
 *
 * Pieces that come in one turn of the event loop are given together: a stream of 64 pieces of 16 KiB costs 22
 * writes instead of 64. It can be cancelled during a wait for a piece, which a stream's own iterator cannot.
 */
export class StreamedContent implements AsyncIterable<Uint8Array>, PieceIterator {
  readonly #reader: ReadableStreamDefaultReader<WebPiece>;
  // Read, and not yet taken.
  readonly #pieces: Uint8Array[];
  #size = 0;
  #isReading = false;
  #isDone = false;
  #failure: { readonly error: unknown } | undefined;
  #waiting: Waiting | undefined;
  readonly #onResult = (result: ReadResult): void => this.#take(result);
  readonly #onFailure = (error: unknown): void => this.#end({ error });
  readonly #onTurn = (): void => this.#give();

  /**
   * Goes on with a stream.
   *
   * @param pieces those that have been read; taken over
   * @param pending the current read
   */
  constructor(
    reader: ReadableStreamDefaultReader<WebPiece>,
    pieces: Uint8Array[] = [],
    pending: Promise<ReadResult> | undefined = undefined,
  ) {
    this.#reader = reader;
    this.#pieces = pieces;
    for (const { length } of pieces) this.#size += length;
    if (pending !== undefined) this.#await(pending);
  }

  [Symbol.asyncIterator](): PieceIterator {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#isFull) return this.#give();
      if (!this.#isReading) this.#read();
      if (this.#pieces.length > 0) inNextTurn(this.#onTurn);
    });
  }

  takeReady(): Uint8Array | undefined {
    const piece = this.#pieces.shift();
    if (piece !== undefined) this.#size -= piece.length;
    return piece;
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    await this.#reader.cancel();
    return { done: true, value: undefined };
  }

  /** Whether to stop reading until something is taken. */
  get #isFull(): boolean {
    return this.#size >= READ_AHEAD_BYTES || this.#isDone || this.#failure !== undefined;
  }

  #read(): void {
    this.#await(this.#reader.read());
  }

  #await(pending: Promise<ReadResult>): void {
    this.#isReading = true;
    pending.then(this.#onResult, this.#onFailure);
  }

  #take({ done, value }: ReadResult): void {
    this.#isReading = false;
    if (done) return this.#end(undefined);
    try {
      const piece = toBytes(value);
      this.#size += piece.length;
      // The first one plans the delivery of all that come until then.
      if (this.#pieces.push(piece) === 1 && this.#waiting !== undefined) inNextTurn(this.#onTurn);
    } catch (error) {
      this.#reader.cancel(error).catch(() => {});
      return this.#end({ error });
    }
    if (this.#isFull) this.#give();
    else this.#read();
  }

  #end(failure: { readonly error: unknown } | undefined): void {
    this.#isReading = false;
    this.#isDone = failure === undefined;
    this.#failure = failure;
    this.#give();
  }

  /** Gives the first piece to the reader that waits; it takes the others itself. */
  #give(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || (this.#pieces.length === 0 && !this.#isFull)) return;
    this.#waiting = undefined;
    const piece = this.takeReady();
    if (piece !== undefined) waiting.resolve({ done: false, value: piece });
    else if (this.#failure !== undefined) waiting.reject(this.#failure.error);
    else waiting.resolve({ done: true, value: undefined });
  }
}

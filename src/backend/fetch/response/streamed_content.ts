import type { ReadBudget } from "../../../bytes/byte_budget.ts";
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
// The same while the budget allows: with the lines of its chunks it fits into a buffer of 256 KiB. 1 MiB in
// pieces of 16 KiB takes a fifth less time (Deno 2.9.6).
const FAST_READ_AHEAD_BYTES = 245_760;
// The pieces, and the buffer in which they are sent.
const FAST_BYTES = 2 * FAST_READ_AHEAD_BYTES;
const NO_BUDGET: ReadBudget = { take: () => false };

/** How a stream was begun, and may go on. */
export interface StreamedContentOptions {
  /** The pieces that have been read; taken over. */
  readonly pieces?: Uint8Array[];
  /** The current read. */
  readonly pending?: Promise<ReadResult> | undefined;
  /** For the bytes that fast streams may hold in addition. */
  readonly budget?: ReadBudget;
}

/**
 * The pieces of a stream, as fast as they are taken.
 *
 * Pieces that come in one turn of the event loop are given together: a stream of 64 pieces of 16 KiB costs 5
 * writes instead of 64. It can be cancelled during a wait for a piece, which a stream's own iterator cannot.
 */
export class StreamedContent implements AsyncIterable<Uint8Array>, PieceIterator {
  readonly #reader: ReadableStreamDefaultReader<WebPiece>;
  // Read, and not yet taken.
  readonly #pieces: Uint8Array[];
  #size = 0;
  #budget: ReadBudget;
  #readAheadBytes = READ_AHEAD_BYTES;
  #isReading = false;
  #isDone = false;
  #failure: { readonly error: unknown } | undefined;
  #waiting: Waiting | undefined;
  readonly #onResult = (result: ReadResult): void => this.#take(result);
  readonly #onFailure = (error: unknown): void => this.#end({ error });
  readonly #onTurn = (): void => this.#give();

  /** Goes on with a stream. */
  constructor(
    reader: ReadableStreamDefaultReader<WebPiece>,
    { pieces = [], pending, budget = NO_BUDGET }: StreamedContentOptions = {},
  ) {
    this.#reader = reader;
    this.#pieces = pieces;
    this.#budget = budget;
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

  takeReady(): Uint8Array | undefined | null {
    const piece = this.#pieces.shift();
    if (piece === undefined) return this.#isDone ? null : undefined;
    this.#size -= piece.length;
    return piece;
  }

  get readyBytes(): number {
    return this.#size;
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#slowDown();
    this.#budget = NO_BUDGET;
    await this.#reader.cancel();
    return { done: true, value: undefined };
  }

  /** Whether to stop reading until something is taken. */
  get #isFull(): boolean {
    return this.#size >= this.#readAheadBytes || this.#isDone || this.#failure !== undefined;
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
    if (this.#isFull) this.#speedUp();
    if (this.#isFull) this.#give();
    else this.#read();
  }

  /** Reads on, if the budget allows: this stream has much that is ready. */
  #speedUp(): void {
    if (this.#readAheadBytes === READ_AHEAD_BYTES && this.#budget.take(FAST_BYTES)) {
      this.#readAheadBytes = FAST_READ_AHEAD_BYTES;
    }
  }

  #slowDown(): void {
    if (this.#readAheadBytes === FAST_READ_AHEAD_BYTES) this.#budget.take(-FAST_BYTES);
    this.#readAheadBytes = READ_AHEAD_BYTES;
  }

  #end(failure: { readonly error: unknown } | undefined): void {
    this.#isReading = false;
    this.#slowDown();
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
    if (piece) waiting.resolve({ done: false, value: piece });
    else if (this.#failure !== undefined) waiting.reject(this.#failure.error);
    else waiting.resolve({ done: true, value: undefined });
  }
}

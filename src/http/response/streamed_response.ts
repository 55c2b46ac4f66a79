import { MAX_COPIED_BYTES, type ResponseWriter } from "./response_writer.ts";

/** Content of a known length; `digits` are the length as the handler wrote it. */
export interface LengthFraming {
  readonly kind: "length";
  readonly length: number;
  readonly digits?: string;
}

/**
 * How content is delimited: not at all, by its length in bytes, by chunks, or by the end of the connection
 * (HTTP/1.0).
 */
export type ResponseFraming =
  | { readonly kind: "none" }
  | LengthFraming
  | { readonly kind: "chunked" }
  | { readonly kind: "until-close" };

/** Pieces of content, some of which may be ready without another promise. */
export interface PieceIterator extends AsyncIterator<Uint8Array> {
  /** The next piece if it is ready; undefined if it must be waited for, null if there is none. */
  takeReady?(): Uint8Array | undefined | null;
  /** The number of bytes that are ready; if there are any, the next promise waits for nothing else. */
  readonly readyBytes?: number;
}

// The lines of the chunks that are sent together, and of the head before them.
const LINE_BYTES = 1_024;

/**
 * Sends streamed content after its head, each piece once the ones before were taken, which is the
 * back-pressure. Pieces that are ready together are joined into few writes.
 *
 * @throws {RangeError} when there are more or fewer bytes than promised; excess bytes are not sent
 * @throws {TypeError} for a piece that is not a Uint8Array
 * @throws the error of the content; then the last chunk is not sent, so the client sees that the content is
 *   cut
 */
export async function writeStream(
  writer: ResponseWriter,
  content: AsyncIterable<Uint8Array>,
  framing: ResponseFraming,
): Promise<void> {
  const pieces: PieceIterator = content[Symbol.asyncIterator]();
  const stream = new FramedStream(writer, framing);
  // The next piece if it is ready, null from the end of the content on.
  let piece: Uint8Array | undefined | null;
  try {
    // The head does not wait for content that may be long in coming.
    if (!pieces.readyBytes) await writer.flush();
    for (;;) {
      piece = null;
      const next = await pieces.next();
      if (next.done === true) break;
      piece = next.value;
      // The pieces become one write, unless the first one goes out without a copy, or not at all.
      const isCopied = piece.length > 0 && piece.length <= MAX_COPIED_BYTES;
      if (isCopied) writer.reserve(piece.length + (pieces.readyBytes ?? 0) + LINE_BYTES);
      for (; piece; piece = pieces.takeReady?.()) stream.add(piece);
      if (piece === null || stream.isTooLong) break;
      await writer.flush();
    }
  } finally {
    if (piece !== null) abandon(pieces);
  }
  await stream.end();
}

/**
 * Tells a source that no more of its content is wanted. Nothing waits for it, because it may fail to end, or
 * never do so.
 */
export async function abandon(pieces: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    await pieces.return?.();
  } catch {
    // Whether the response is complete does not depend on its source any more.
  }
}

/** Content on its way into the writer, in its framing. */
class FramedStream {
  readonly #writer: ResponseWriter;
  readonly #isChunked: boolean;
  // NaN promises nothing: no number is more or less.
  readonly #promisedBytes: number;
  #givenBytes = 0;

  constructor(writer: ResponseWriter, framing: ResponseFraming) {
    this.#writer = writer;
    this.#isChunked = framing.kind === "chunked";
    this.#promisedBytes = framing.kind === "length" ? framing.length : NaN;
  }

  add(piece: Uint8Array): void {
    // Its type says bytes, but a web stream may hold anything.
    if (!(piece instanceof Uint8Array)) {
      throw new TypeError("Cannot send the content: a piece is no Uint8Array");
    }
    if (piece.length === 0) return;
    const allowedBytes = Math.max(0, this.#promisedBytes - this.#givenBytes);
    this.#givenBytes += piece.length;
    if (this.#isChunked) this.#writer.addText(`${piece.length.toString(16)}\r\n`);
    this.#writer.addBytes(piece.length > allowedBytes ? piece.subarray(0, allowedBytes) : piece);
    if (this.#isChunked) this.#writer.addText("\r\n");
  }

  /** Whether there are more bytes than promised. */
  get isTooLong(): boolean {
    return this.#givenBytes > this.#promisedBytes;
  }

  /** Adds the end, if bytes mark it. The client gets all promised bytes before the connection is cut. */
  async end(): Promise<void> {
    const isWrong = this.isTooLong || this.#givenBytes < this.#promisedBytes;
    if (this.#isChunked) this.#writer.addText("0\r\n\r\n");
    if (isWrong || this.#writer.backlog !== undefined) await this.#writer.flush();
    if (!isWrong) return;
    const got = this.isTooLong ? "more" : this.#givenBytes;
    throw new RangeError(`Cannot send the content: promised ${this.#promisedBytes} bytes, got ${got}`);
  }
}

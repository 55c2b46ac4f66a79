import { inNextTurn } from "../../base/event_loop.ts";
import { joinBytes } from "../../bytes/join_bytes.ts";

/** What a web stream may hold: the type says bytes, but frameworks write texts and buffers too. */
export type WebPiece = Uint8Array | ArrayBufferView | ArrayBufferLike | string;

type ReadResult = ReadableStreamReadResult<WebPiece>;

// Content that a runtime holds in memory comes within 6 microtasks (Deno 2.9.6, Node 20 and 24, Bun 1.4.5); the end of
// a Blob on Node 24, and the parts of a FormData, take up to 17 and a turn of the event loop.
const PATIENT_MICROTASKS = 8;
const PATIENT_TURNS = 3;
// Runtimes cut what they hold themselves into pieces of this size or more: Bun 1.4.5 gives 16 KiB and then the rest.
const CUT_PIECE_BYTES = 16_384;
// The parts of a FormData are pieces of their own. Beyond this much, they are sent as they come.
const MAX_FORM_BYTES = 1_048_576;

const encoder = new TextEncoder();

/**
 * Reads the content of a web-standard response as far as it is there already.
 *
 * Content whose second read says that it is done has a known length: texts, bytes, Blobs and streams of one piece.
 * All other content goes on as a stream, and nothing waits for its first piece.
 *
 * @param isForm whether it is the content of a FormData, whose many parts are gathered
 * @returns all bytes, or the pieces
 */
export async function readContent(
  stream: ReadableStream<WebPiece>,
  isForm: boolean,
): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const result = reader.read();
    if (!await settlesSoon(result)) return new StreamedContent(reader, pieces, result);
    const { done, value } = await result;
    if (done) return joinBytes(pieces);
    const piece = await bytesOrCancel(reader, value);
    pieces.push(piece);
    size += piece.length;
    if (!mayEndSoon(pieces, isForm && size <= MAX_FORM_BYTES)) return new StreamedContent(reader, pieces);
  }
}

/** The bytes of a piece; a source of anything else is told to stop. */
async function bytesOrCancel(
  reader: ReadableStreamDefaultReader<WebPiece>,
  piece: WebPiece,
): Promise<Uint8Array> {
  try {
    return toBytes(piece);
  } catch (error) {
    await reader.cancel(error);
    throw error;
  }
}

function mayEndSoon(pieces: readonly Uint8Array[], isForm: boolean): boolean {
  return pieces.length === 1 || isForm || (pieces.length === 2 && pieces[0]!.length >= CUT_PIECE_BYTES);
}

/** Whether a promise settles before anything from outside could have happened. */
function settlesSoon(promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    let hasSettled = false;
    const settled = (): void => {
      hasSettled = true;
      resolve(true);
    };
    promise.then(settled, settled);
    waitForIt(() => hasSettled).then(resolve);
  });
}

async function waitForIt(hasSettled: () => boolean): Promise<boolean> {
  for (let step = 0; step < PATIENT_MICROTASKS; step++) {
    await null;
    if (hasSettled()) return true;
  }
  for (let turn = 0; turn < PATIENT_TURNS; turn++) {
    await new Promise<void>(inNextTurn);
    if (hasSettled()) return true;
  }
  return false;
}

/**
 * The bytes of a piece: texts are sent as UTF-8, buffers and views as their bytes.
 *
 * @throws {TypeError} for anything else
 */
export function toBytes(piece: WebPiece): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  if (typeof piece === "string") return encoder.encode(piece);
  if (ArrayBuffer.isView(piece)) return new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  if (piece instanceof ArrayBuffer || piece instanceof SharedArrayBuffer) return new Uint8Array(piece);
  throw new TypeError(`Cannot send the content: expected bytes or text, got a piece of type ${typeof piece}`);
}

/** The pieces of a stream, which can be cancelled while one is waited for: its own iterator would wait for the piece. */
class StreamedContent implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  readonly #reader: ReadableStreamDefaultReader<WebPiece>;
  // What has been read ahead, and the read that is under way.
  readonly #pieces: Uint8Array[];
  #pending: Promise<ReadResult> | undefined;

  constructor(
    reader: ReadableStreamDefaultReader<WebPiece>,
    pieces: Uint8Array[],
    pending?: Promise<ReadResult>,
  ) {
    this.#reader = reader;
    this.#pieces = pieces;
    this.#pending = pending;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const piece = this.#pieces.shift();
    if (piece !== undefined) return { done: false, value: piece };
    const result = await (this.#pending ?? this.#reader.read());
    this.#pending = undefined;
    return result.done ? { done: true, value: undefined } : { done: false, value: toBytes(result.value) };
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    await this.#reader.cancel();
    return { done: true, value: undefined };
  }
}

import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { constants, createBrotliCompress, createGzip } from "node:zlib";
import { joinBytes } from "../../../bytes/join_bytes.ts";
import type { ContentCoding } from "./content_coding.ts";

/** Codings for content that is compressed on the fly, best first. */
export const COMPRESSIONS: readonly Compression[] = ["br", "gzip"];

/** A coding for content that is compressed on the fly. */
export type Compression = Exclude<ContentCoding, "identity" | "zstd">;

/**
 * The coding for content that is compressed while it is sent: it needs 300 KiB for each client, brotli ten
 * times as much.
 */
export const STREAM_COMPRESSION: Compression = "gzip";

const MAX_STREAMS = 64;

/** Smaller content is not compressed, because it fits in one packet as it is. */
export const MIN_COMPRESSED_BYTES = 1_024;

// Both codings work on the thread of the event loop (Deno 2.9.6): 64 KiB hold it up for 1 to 2 ms.
const PIECE_BYTES = 65_536;

/** Compresses content during its sending, for a bounded number of clients. */
export class StreamCompressor {
  #streams = 0;

  /** Whether another client should get the content uncompressed. */
  get isBusy(): boolean {
    return this.#streams >= MAX_STREAMS;
  }

  /**
   * Compresses content with {@linkcode STREAM_COMPRESSION}; nothing is done before the first piece is
   * requested.
   *
   * It counts from now on until it is sent or cancelled, because many may ask before the first of them is
   * served.
   */
  compress(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    this.#streams++;
    let isCounted = true;
    const leave = (): void => {
      if (isCounted) this.#streams--;
      isCounted = false;
    };
    return {
      [Symbol.asyncIterator]: () => new CountedStream(compressPieces(pieces, STREAM_COMPRESSION), leave),
    };
  }
}

/** A stream that reports its end, whether it was begun or not. */
class CountedStream implements AsyncIterator<Uint8Array, void> {
  readonly #pieces: AsyncGenerator<Uint8Array, void>;
  readonly #leave: () => void;

  constructor(pieces: AsyncGenerator<Uint8Array, void>, leave: () => void) {
    this.#pieces = pieces;
    this.#leave = leave;
  }

  async next(): Promise<IteratorResult<Uint8Array, void>> {
    try {
      const result = await this.#pieces.next();
      if (result.done === true) this.#leave();
      return result;
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Uint8Array, void>> {
    try {
      return await this.#pieces.return();
    } finally {
      this.#leave();
    }
  }
}

/**
 * Compresses content piece by piece; the next one is requested from the source when the last one was taken.
 */
export async function* compressPieces(
  pieces: AsyncIterable<Uint8Array>,
  coding: Compression,
): AsyncGenerator<Uint8Array, void> {
  const encoder = coding === "br"
    // Quality 5 takes a fifth of the time of gzip's best and is smaller; 11, the default, takes seconds a megabyte.
    ? createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
    : createGzip({ level: 6 });
  const compressed: Uint8Array[] = [];
  encoder.on("data", (piece: Uint8Array) => compressed.push(piece));
  // The caller that waits for the write gets the error too.
  encoder.on("error", () => {});
  try {
    for await (const piece of pieces) {
      await new Promise<void>((resolve, reject) => {
        encoder.write(piece, (error) => error ? reject(error) : resolve());
      });
      yield* compressed.splice(0);
    }
    const end = once(encoder, "end");
    encoder.end();
    await end;
    yield* compressed.splice(0);
  } finally {
    encoder.destroy();
  }
}

/**
 * Compresses content, with turns for others in between.
 *
 * @returns undefined if it would hardly become smaller
 */
export async function compress(
  bytes: Uint8Array,
  coding: Compression,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const limit = bytes.length * 0.95;
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of compressPieces(cut(bytes), coding)) {
    pieces.push(piece);
    length += piece.length;
    if (length > limit) return undefined;
  }
  // A copy, because pieces are windows on larger arrays, which would stay in memory with them.
  return new Uint8Array(joinBytes(pieces));
}

async function* cut(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    if (start > 0) await setImmediate();
    yield bytes.subarray(start, start + PIECE_BYTES);
  }
}

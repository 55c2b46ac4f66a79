import { HttpError } from "./errors.ts";
import { HttpHeaders } from "./headers.ts";

/**
 * The content of a request, read once, piece by piece, while it arrives (RFC 9110 §6.4).
 *
 * Nothing is read from the connection before the handler asks: that is the back-pressure.
 * What a handler leaves unread is dropped by the server, within bounds.
 */
export interface RequestBody {
  /** Announced length in bytes; undefined with chunked coding. 0 where there is no content. */
  readonly length: number | undefined;
  /** Bytes of content read so far. */
  readonly receivedBytes: number;
  /** Whether all content has been read. */
  readonly isComplete: boolean;
  /** Trailer fields of a chunked body, empty before its end; never merged into the header fields (RFC 9110 §6.5). */
  readonly trailers: HttpHeaders;
  /**
   * The next piece, or null at the end. The bytes are a view that is valid until the next call.
   *
   * @throws {HttpError} 400 where the framing is broken or cut off, 408 when the client is too slow, 413 beyond the limit
   * @throws {ConnectionError} when the connection was lost
   */
  read(): Promise<Uint8Array | null>;
}

/** What {@linkcode readUpTo} got. */
export interface CollectedBody {
  /** The content, or its beginning where there is an error. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Why the content is not whole. */
  readonly error?: unknown;
}

/**
 * Reads content into one array, and keeps the beginning of what is too long or broken.
 *
 * @param maxBytes beyond this many bytes reading stops, and the error is an HttpError 413
 * @returns the bytes, and the error that ended the reading early; never rejects
 */
export async function readUpTo(body: RequestBody, maxBytes: number): Promise<CollectedBody> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (let piece = await body.read(); piece !== null; piece = await body.read()) {
      const kept = piece.slice(0, maxBytes - size);
      pieces.push(kept);
      size += kept.length;
      if (kept.length < piece.length) throw bodyTooLarge(maxBytes);
    }
    return { bytes: concat(pieces, size) };
  } catch (error) {
    return { bytes: concat(pieces, size), error };
  }
}

/**
 * Reads a whole body into one array.
 *
 * @param maxBytes beyond this many bytes an HttpError 413 is thrown
 * @throws what {@linkcode RequestBody.read} throws
 */
export async function readWhole(body: RequestBody, maxBytes: number = Infinity): Promise<Uint8Array<ArrayBuffer>> {
  const { bytes, error } = await readUpTo(body, maxBytes);
  if (error !== undefined) throw error;
  return bytes;
}

/** The refusal of content beyond a limit (RFC 9110 §15.5.14). */
export function bodyTooLarge(maxBytes: number): HttpError {
  return new HttpError(413, `Cannot take the body: limit is ${maxBytes} bytes`, { code: "body-too-large" });
}

function concat(pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

/** The body of a request without content. */
export const EMPTY_BODY: RequestBody = Object.freeze({
  length: 0,
  receivedBytes: 0,
  isComplete: true,
  trailers: new HttpHeaders(),
  read: () => Promise.resolve(null),
});

/**
 * Makes a body of content that has been read already, so that it can be read by another reader.
 *
 * @param bytes the whole content; not copied
 * @param trailers fields behind a chunked body
 */
export function bufferedBody(bytes: Uint8Array, trailers: HttpHeaders = new HttpHeaders()): RequestBody {
  return new BufferedBody(bytes, trailers);
}

class BufferedBody implements RequestBody {
  readonly length: number;
  receivedBytes = 0;
  isComplete: boolean;
  readonly trailers: HttpHeaders;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, trailers: HttpHeaders) {
    this.#bytes = bytes;
    this.length = bytes.length;
    this.isComplete = bytes.length === 0;
    this.trailers = trailers;
  }

  read(): Promise<Uint8Array | null> {
    if (this.isComplete) return Promise.resolve(null);
    this.isComplete = true;
    this.receivedBytes = this.length;
    return Promise.resolve(this.#bytes);
  }
}

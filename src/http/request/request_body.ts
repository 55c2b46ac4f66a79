import { GatheredBytes } from "../../bytes/gathered_bytes.ts";
import { HttpError } from "../errors.ts";
import { HttpHeaders } from "../headers.ts";

/**
 * The content of a request, read once, piece by piece, while it arrives (RFC 9110 §6.4).
 *
 * Content is read from the connection only when the handler asks, which is the back-pressure. The server
 * drops content that a handler leaves unread, within bounds.
 */
export interface RequestBody {
  /** Announced length in bytes; undefined with chunked coding. 0 if there is no content. */
  readonly length: number | undefined;
  /** Bytes of content read so far. */
  readonly receivedBytes: number;
  /** Whether all content has been read. */
  readonly isComplete: boolean;
  /**
   * Position of reading on the wire: the offset after the last piece, counted from the first byte of the
   * connection. At the end it is the offset after the whole message with its trailers.
   * 0 before the first piece, and for content that came from no wire.
   */
  readonly wireOffset: number;
  /**
   * Trailer fields of a chunked body, empty before its end; never merged into the header fields
   * (RFC 9110 §6.5).
   */
  readonly trailers: HttpHeaders;
  /**
   * The next piece, or null at the end. The bytes are a view that is valid until the next call.
   *
   * @throws {HttpError} 400 if the framing is broken or cut off, 408 when the client is too slow, 413 beyond
   *   the limit
   * @throws {ConnectionError} when the connection was lost
   */
  read(): Promise<Uint8Array | null>;
  /**
   * Says that this many more bytes of the content are kept, or fewer if the number is negative, so that the
   * server counts them among the bytes that it holds for clients. It counts until the response is complete.
   *
   * @returns whether there is memory to spare for content that is still to come
   */
  keep?(bytes: number): boolean;
  /**
   * Lends room for the next bytes, which may be read straight into it: the next piece is then a view of it.
   * Another call takes it back.
   *
   * @param room no longer than the content that is still to come
   */
  lend?(room: Uint8Array): void;
}

// A client that has sent this much of content of known length gets room for more at once.
const LARGE_BYTES = 65_536;
const NO_ROOM = /* @__PURE__ */ new Uint8Array(0);

/** The result of {@linkcode readUpTo}. */
export interface CollectedBody {
  /** The content, or its beginning if there is an error. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Why the content is incomplete. */
  readonly error?: unknown;
}

/** Parts of a body to read. */
type ReadableContent = Pick<RequestBody, "read" | "keep" | "lend"> & Partial<Pick<RequestBody, "length">>;

/**
 * Reads content into one array, and keeps the beginning of content that is too long or broken.
 *
 * @param maxBytes beyond this many bytes reading stops, and the error is an HttpError 413
 * @param whenRoom called before large content becomes one array, which may take as much memory again
 * @returns the bytes, and the error that ended the reading early; never rejects. No bytes if the server needed
 *   their memory for others
 */
export async function readUpTo(
  body: ReadableContent,
  maxBytes: number,
  whenRoom?: () => Promise<void>,
): Promise<CollectedBody> {
  const { gathered, error } = await gather(body, maxBytes);
  if (isEviction(error)) gathered.free();
  if (gathered.length > LARGE_BYTES) await whenRoom?.();
  const bytes = takeBytes(body, gathered);
  return error === undefined ? { bytes } : { bytes, error };
}

async function gather(
  body: ReadableContent,
  maxBytes: number,
): Promise<{ readonly gathered: GatheredBytes; readonly error: unknown }> {
  const mostBytes = Math.min(maxBytes, body.length ?? Infinity);
  // Memory grows with the bytes received, never with the announced length alone.
  const gathered = new GatheredBytes();
  try {
    for (let piece = await body.read(); piece !== null; piece = await body.read()) {
      const before = gathered.capacity;
      const kept = piece.subarray(0, maxBytes - gathered.length);
      const isLarge = body.length !== undefined && gathered.length + kept.length > LARGE_BYTES;
      // Room of evicted clients stays until the collector comes, so it must be small beside the budget.
      const getsRoom = isLarge && body.keep?.(0);
      if (getsRoom) gathered.roomFor(mostBytes);
      gathered.append(kept, mostBytes);
      body.keep?.(gathered.capacity - before);
      if (kept.length < piece.length) throw bodyTooLarge(maxBytes);
      if (isLarge) body.lend?.(getsRoom ? gathered.roomFor(mostBytes) : NO_ROOM);
    }
  } catch (error) {
    body.lend?.(NO_ROOM);
    return { gathered, error };
  }
  return { gathered, error: undefined };
}

function takeBytes(body: ReadableContent, gathered: GatheredBytes): Uint8Array<ArrayBuffer> {
  const { capacity } = gathered;
  const bytes = gathered.take();
  if (bytes.length < capacity) body.keep?.(bytes.length - capacity);
  return bytes;
}

/** Whether the server has given content up because others need the memory. */
export function isEviction(error: unknown): boolean {
  return error instanceof HttpError && error.code === "overload";
}

/**
 * Reads a whole body into one array.
 *
 * @param maxBytes beyond this many bytes an HttpError 413 is thrown
 * @throws the errors of {@linkcode RequestBody.read}
 */
export async function readWhole(
  body: RequestBody,
  maxBytes: number = Infinity,
): Promise<Uint8Array<ArrayBuffer>> {
  const { gathered, error } = await gather(body, maxBytes);
  if (error === undefined) return takeBytes(body, gathered);
  gathered.free();
  throw error;
}

/** The refusal of content beyond a limit (RFC 9110 §15.5.14). */
export function bodyTooLarge(maxBytes: number): HttpError {
  return new HttpError(413, `Cannot take the body: limit is ${maxBytes} bytes`, { code: "body-too-large" });
}

/** The body of a request without content. */
export const EMPTY_BODY: RequestBody = Object.freeze({
  length: 0,
  receivedBytes: 0,
  isComplete: true,
  wireOffset: 0,
  // A new one each time, because this body is shared by all requests, and fields can be added to trailers.
  get trailers() {
    return new HttpHeaders();
  },
  read: () => Promise.resolve(null),
});

/**
 * Makes a body from content that has been read already, so that it can be read again.
 *
 * @param bytes the whole content; not copied
 * @param trailers fields after a chunked body
 */
export function bufferedBody(bytes: Uint8Array, trailers: HttpHeaders = new HttpHeaders()): RequestBody {
  return new BufferedBody(bytes, trailers);
}

class BufferedBody implements RequestBody {
  readonly length: number;
  receivedBytes = 0;
  isComplete: boolean;
  readonly wireOffset = 0;
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

import { createDeferred, type Deferred } from "../../base/deferred.ts";
import { HttpHeaders } from "../headers.ts";
import type { ContentSource } from "./content_source.ts";
import { bodyTooLarge, type RequestBody } from "./request_body.ts";

/** Options of a streamed body. */
export interface StreamedBodyOptions {
  /** Announced length in bytes, undefined with chunked coding. */
  readonly length: number | undefined;
  /** Beyond this many bytes reading fails with 413. */
  readonly maxBytes: number;
  /** Whether the client holds its content back until it is asked for it (RFC 9110 §10.1.1). */
  readonly isHeldBack: boolean;
}

type Piece = Uint8Array | null;

/** The content of a request as the tokens give it. */
export class StreamedBody implements RequestBody {
  readonly length: number | undefined;
  trailers: HttpHeaders = new HttpHeaders();
  receivedBytes = 0;
  isComplete = false;
  wireOffset = 0;
  /** Whether the client holds its content back, so that it need not be read (RFC 9110 §10.1.1). */
  isHeldBack: boolean;
  /** Bytes of content for the handler; the server drops what comes after them. */
  keptBytes = Infinity;
  readonly #source: ContentSource;
  readonly #maxBytes: number;
  #error: unknown;
  // The pending read.
  #reading: Deferred<Piece> | undefined;

  constructor(source: ContentSource, { length, maxBytes, isHeldBack }: StreamedBodyOptions) {
    this.length = length;
    this.isHeldBack = isHeldBack;
    this.#source = source;
    this.#maxBytes = maxBytes;
  }

  /** Whether a read waits for content. */
  get isAwaited(): boolean {
    return this.#reading !== undefined;
  }

  // One promise without an async function around it: five thousand slow uploads wait here, and the collector
  // moves everything that each of them holds.
  read(): Promise<Piece> {
    if (this.isComplete) {
      if (this.receivedBytes <= this.keptBytes) return Promise.resolve(null);
      return Promise.reject(new TypeError("Cannot read content: it was dropped after the response"));
    }
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#reading !== undefined) {
      return Promise.reject(new TypeError("Cannot read content: it is being read"));
    }
    const reading = createDeferred<Piece>();
    this.#reading = reading;
    if (!this.resume()) this.#source.demand.onContentWanted();
    return reading.promise;
  }

  keep(bytes: number): boolean {
    return this.#source.demand.onContentKept(bytes);
  }

  lend(room: Uint8Array): void {
    this.#source.onRoomLent(room);
  }

  /** Gives the bytes that have arrived to the waiting reader. @returns false when the reader needs more */
  resume(): boolean {
    const reading = this.#reading;
    if (reading === undefined) return true;
    try {
      const piece = this.#takePiece();
      if (piece === undefined) return false;
      this.#reading = undefined;
      reading.resolve(piece);
    } catch (error) {
      this.fail(error);
    }
    return true;
  }

  /** Says that there will be no more content. The first reason counts. */
  fail(error: unknown): void {
    if (this.isComplete) return;
    if (this.#error === undefined) {
      this.#error = error;
      this.#source.onContentFault(error);
    }
    const reading = this.#reading;
    this.#reading = undefined;
    reading?.reject(this.#error);
  }

  /** @returns undefined when more bytes are needed */
  #takePiece(): Piece | undefined {
    for (let token = this.#source.takeToken(); token !== undefined; token = this.#source.takeToken()) {
      if (token.kind === "body") {
        this.wireOffset = token.end;
        return this.#cutPiece(token.bytes);
      }
      if (token.kind === "end") {
        this.isComplete = true;
        // Empty chunks count as content that has come.
        this.isHeldBack = false;
        this.wireOffset = token.end;
        if (token.trailers !== undefined) this.trailers = token.trailers;
        this.#source.demand.onContentEnd();
        return null;
      }
      if (token.kind === "error") throw token.error;
    }
    return undefined;
  }

  /** Content up to the limit is given out, so that a log can show its beginning. */
  #cutPiece(bytes: Uint8Array): Uint8Array {
    const allowed = this.#maxBytes - this.receivedBytes;
    this.receivedBytes += bytes.length;
    // RFC 9110 §10.1.1: a server that has content already need not ask for it.
    this.isHeldBack = false;
    if (bytes.length <= allowed) return bytes;
    const error = bodyTooLarge(this.#maxBytes);
    if (allowed <= 0) throw error;
    this.#error = error;
    this.#source.onContentFault(error);
    return bytes.subarray(0, allowed);
  }
}

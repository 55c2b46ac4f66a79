import type { ContentDemand } from "../../src/http/request/content_source.ts";
import { processRequest } from "../../src/http/request/process_request.ts";
import type { HttpRequest } from "../../src/http/request/request.ts";
import { RequestReader, type RequestReaderOptions } from "../../src/http/request/request_reader.ts";
import { HttpError } from "../../src/http/errors.ts";
import { bytesOf } from "./latin1.ts";
import { FAST } from "./tokens.ts";

/** The client's next act: it sends bytes (latin1 text), ends, or makes the read fail. */
export type Arrival = string | null | Error;

/** A source of bytes. */
export interface ByteSource {
  /**
   * Fills a buffer from its start.
   *
   * @returns how many bytes, null at the end; or an array that holds the bytes instead
   */
  read(buffer: Uint8Array): Promise<ReadResult>;
}

type ReadResult = number | Uint8Array<ArrayBuffer> | null;

/** A client that sends the bytes of a test, one arrival for each read, and then ends. */
export class FakeSource implements ByteSource {
  /** The sizes of the buffers that were given to be filled. */
  readonly sizes: number[] = [];
  readonly #arrivals: Arrival[];

  constructor(arrivals: readonly Arrival[]) {
    this.#arrivals = [...arrivals];
  }

  /** The number of reads. */
  get reads(): number {
    return this.sizes.length;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    this.sizes.push(buffer.length);
    const arrival = this.#arrivals.shift() ?? null;
    if (arrival === null) return Promise.resolve(null);
    if (arrival instanceof Error) return Promise.reject(arrival);
    const taken = arrival.slice(0, buffer.length);
    if (taken.length < arrival.length) this.#arrivals.unshift(arrival.slice(taken.length));
    buffer.set(bytesOf(taken));
    return Promise.resolve(taken.length);
  }
}

/** The same client on a runtime that gives the bytes of each arrival in an array of their own. */
export class GivingSource implements ByteSource {
  /** The arrays that were given. */
  readonly given: Uint8Array<ArrayBuffer>[] = [];
  readonly #arrivals: string[];

  constructor(arrivals: readonly string[]) {
    this.#arrivals = [...arrivals];
  }

  read(): Promise<Uint8Array<ArrayBuffer> | null> {
    const arrival = this.#arrivals.shift();
    if (arrival === undefined) return Promise.resolve(null);
    const array = bytesOf(arrival);
    this.given.push(array);
    return Promise.resolve(array);
  }
}

/** A {@linkcode RequestReader} whose bytes are read when it needs them, as a server does it. */
export class ReadingReader implements ContentDemand {
  readonly reader: RequestReader;
  /** The number of times that a client was asked for content that it held back. */
  continues = 0;
  readonly #source: ByteSource;

  constructor(source: ByteSource, options: RequestReaderOptions = {}) {
    this.#source = source;
    this.reader = new RequestReader({ ...FAST, ...options }, this);
  }

  /** The next request; null at the end. @throws {Error} when a read failed without an HttpError */
  async read(): Promise<HttpRequest | null> {
    for (;;) {
      const request = processRequest(this.reader);
      if (request !== undefined) return request;
      if (this.reader.hasEnded) return null;
      try {
        this.#load(await this.#source.read(this.reader.buffer()));
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        this.reader.refuseHead(error);
      }
    }
  }

  onContentWanted(): void {
    if (this.reader.isBodyHeldBack) this.continues++;
    this.reader.noteAsked();
    this.#source.read(this.reader.buffer()).then(
      (result) => this.#load(result),
      (error) => this.reader.fail(error),
    );
  }

  #load(result: ReadResult): void {
    if (result instanceof Uint8Array) this.reader.load(result.length, result);
    else this.reader.load(result);
  }

  onContentEnd(): void {}

  onContentKept(): boolean {
    return true;
  }
}

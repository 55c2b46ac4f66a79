import type { MicroClock } from "../records/micro_clock.ts";
import type { StoredResponse } from "../records/stored_response.ts";
import { WireBytes } from "../records/wire_bytes.ts";
import { ResponseParser } from "../upstream/response_parser.ts";
import { ResponseFault, type ResponseHead } from "../upstream/response_parts.ts";

/** Options of {@linkcode SentResponse}. */
export interface SentResponseOptions {
  /** The method of the request. */
  readonly method: string;
  /** The clock. */
  readonly now: MicroClock;
  /** How many bytes are kept. */
  readonly maxKeptBytes: number;
}

/** The bytes of a response that the trap sends, perhaps a broken one, as they go. */
export class SentResponse {
  readonly #options: SentResponseOptions;
  readonly #wire = new WireBytes();
  readonly #startMicros: number;

  constructor(options: SentResponseOptions) {
    this.#options = options;
    this.#startMicros = options.now();
    this.#wire.limit(options.maxKeptBytes);
  }

  /** Records bytes that have been sent. */
  add(bytes: Uint8Array): void {
    this.#wire.append(bytes, this.#options.now());
  }

  /** The response as it is stored: as a client understands the bytes. @param status the rule's status */
  toStored(status: number): StoredResponse {
    const { method, now } = this.#options;
    let head: ResponseHead | undefined;
    const parser = new ResponseParser(method, { onHead: (found) => head = found, onContent: () => {} });
    let malformed: { readonly offset: number; readonly rule: string } | undefined;
    try {
      parser.push(this.#wire.kept, this.#wire.kept.length);
      parser.end();
      if (parser.hasExcess) {
        malformed = { offset: parser.offset, rule: "Cannot take bytes after the response" };
      }
    } catch (error) {
      if (!(error instanceof ResponseFault)) throw error;
      malformed = { offset: error.offset, rule: error.message };
    }
    return {
      method,
      facts: {
        kind: "scripted",
        status: head?.status ?? status,
        headers: [...head?.headers ?? []],
        trailers: [...parser.trailers],
        bodyBytes: parser.contentBytes,
        wireBytes: this.#wire.length,
        end: malformed !== undefined ? "malformed" : parser.isDone ? "complete" : "aborted",
        ...(malformed === undefined ? {} : { malformed }),
        durationMs: (now() - this.#startMicros) / 1_000,
      },
      kept: this.#wire.kept,
    };
  }
}

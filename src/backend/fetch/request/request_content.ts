import type { HttpRequest } from "../../../http/request/request.ts";
import { readWhole, type RequestBody } from "../../../http/request/request_body.ts";

/**
 * Whether a request has content, perhaps of no bytes; its framing fields tell (RFC 9112 §6.3).
 *
 * A Request with GET or HEAD can have none; the server reads and drops the bytes sent.
 */
export function hasContent({ method, headers, body }: HttpRequest): boolean {
  if (method === "GET" || method === "HEAD") return false;
  return body.length !== 0 || headers.has("content-length");
}

/** The content of a request as the source of a stream; nothing is read before a reader asks. */
export class ContentSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #body: RequestBody;
  #taken: Promise<Uint8Array<ArrayBuffer>> | undefined;

  /** @param body the content of the stream */
  constructor(body: RequestBody) {
    this.#body = body;
  }

  /** Reads everything past the stream, which only ends when all has come. */
  take(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#taken = readWhole(this.#body);
  }

  /** Called by the stream. */
  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const piece = this.#taken === undefined ? await this.#body.read() : await this.#taken.then(() => null);
    // The piece is a view of the connection's buffer; the stream's reader may keep its own copy.
    if (piece === null) controller.close();
    else controller.enqueue(piece.slice());
  }
}

/** A stream that reads only as fast as it is read. */
export function streamOf(source: ContentSource): ReadableStream<Uint8Array> {
  return new ReadableStream(source, { highWaterMark: 0 });
}

const decoder = new TextDecoder();

/** Decodes content like `text()` of a Request. */
export function decodeText(bytes: Uint8Array<ArrayBuffer>): string {
  return decoder.decode(bytes);
}

/** Decodes content like `json()` of a Request. @throws {SyntaxError} for text that is not JSON */
export function decodeJson(bytes: Uint8Array<ArrayBuffer>): unknown {
  return JSON.parse(decoder.decode(bytes));
}

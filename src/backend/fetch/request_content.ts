import type { HttpRequest } from "../../http/request/request.ts";
import { readWhole, type RequestBody } from "../../http/request/request_body.ts";

/**
 * Whether a request has content, perhaps of no bytes: then its framing fields say so (RFC 9112 §6.3).
 *
 * A Request with GET or HEAD can have none; what was sent is read and dropped by the server.
 */
export function hasContent({ method, headers, body }: HttpRequest): boolean {
  if (method === "GET" || method === "HEAD") return false;
  return body.length !== 0 || headers.has("content-length");
}

/** The content of a request as the source of a stream; nothing is read before somebody asks. */
export class ContentSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #body: RequestBody;
  #isWhole = false;

  /** @param body what the stream gives */
  constructor(body: RequestBody) {
    this.#body = body;
  }

  /** Says that everything is wanted at once: it comes as one piece. */
  gather(): void {
    this.#isWhole = true;
  }

  /** Called by the stream. */
  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (this.#isWhole && !this.#body.isComplete) {
      const bytes = await readWhole(this.#body);
      if (bytes.length > 0) controller.enqueue(bytes);
      return controller.close();
    }
    const piece = await this.#body.read();
    // The piece is a view of the connection's buffer; the stream's reader may keep what it gets.
    if (piece === null) controller.close();
    else controller.enqueue(piece.slice());
  }
}

/** A stream that reads only as fast as it is read. */
export function streamOf(source: ContentSource): ReadableStream<Uint8Array> {
  return new ReadableStream(source, { highWaterMark: 0 });
}

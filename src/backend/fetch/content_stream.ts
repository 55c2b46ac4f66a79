/** Known content: a text (sent as UTF-8), bytes, or none. */
export type LightContent = string | Uint8Array<ArrayBuffer> | null;

const encoder = new TextEncoder();

/** The bytes of a text; bytes as they are. */
export function encodeContent(content: LightContent): Uint8Array<ArrayBuffer> | null {
  return typeof content === "string" ? encoder.encode(content) : content;
}

/** Gives known content as one piece. */
class KnownSource implements UnderlyingDefaultSource<Uint8Array<ArrayBuffer>> {
  readonly content: LightContent;
  isRead = false;

  constructor(content: LightContent) {
    this.content = content;
  }

  pull(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): void {
    this.isRead = true;
    const bytes = encodeContent(this.content);
    if (bytes !== null && bytes.length > 0) controller.enqueue(bytes);
    controller.close();
  }

  cancel(): void {
    this.isRead = true;
  }
}

/**
 * Known content as a stream that can still give it back.
 *
 * Hono makes a new response from the stream of the old one when a middleware sets a field late; then the
 * content need not be read.
 */
export class ContentStream extends ReadableStream<Uint8Array<ArrayBuffer>> {
  readonly #source: KnownSource;

  /** @param content the content of the stream */
  constructor(content: LightContent) {
    const source = new KnownSource(content);
    super(source, { highWaterMark: 0 });
    this.#source = source;
  }

  /** Whether something was read of it, or it was cancelled. */
  get isUsed(): boolean {
    return this.#source.isRead;
  }

  /** The content of such a stream if it is unread and unlocked; undefined for any other stream. */
  static contentOf(stream: object): LightContent | undefined {
    if (!(#source in stream) || stream.locked) return undefined;
    return stream.#source.isRead ? undefined : stream.#source.content;
  }
}

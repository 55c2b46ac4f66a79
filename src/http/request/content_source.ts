import type { HttpToken } from "../tokens/tokens.ts";

/** The reader of the bytes of a connection, told when content needs more of them. */
export interface ContentDemand {
  /**
   * Content is waited for, and there is none among the bytes that were read: `RequestReader.load()` more.
   */
  onContentWanted(): void;
  /** All content of the request has been read; bytes that follow belong to the next one. */
  onContentEnd(): void;
  /**
   * So many bytes of content more are kept by the handler, or fewer when less than zero, until the response
   * is complete.
   *
   * @returns whether there is memory to spare for content that is still to come
   */
  onContentKept(bytes: number): boolean;
}

/** The source of the tokens of streamed content. */
export interface ContentSource {
  /** Told how reading goes. */
  readonly demand: ContentDemand;
  /** The next token among the bytes that have been read; undefined when more bytes are needed. */
  takeToken(): HttpToken | undefined;
  /** Told once that there will be no more content, even if no read waits. */
  onContentFault(error: unknown): void;
  /** Told where the next bytes may be read to; no room takes it back. */
  onRoomLent(room: Uint8Array): void;
}

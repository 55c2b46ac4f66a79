import type { HttpToken } from "../tokens/tokens.ts";

/** The reader of the bytes of a connection, told when content needs more of them. */
export interface ContentDemand {
  /**
   * Content is needed, and there is none among the bytes that were read: call `RequestReader.load()` with
   * more.
   */
  onContentWanted(): void;
  /** All content of the request has been read; bytes that follow belong to the next one. */
  onContentEnd(): void;
  /**
   * The handler keeps this many more bytes of content, or fewer if the number is negative, until the response
   * is complete.
   *
   * @returns whether there is memory to spare for content that is still to come
   */
  onContentKept(bytes: number): boolean;
}

/** The source of the tokens of streamed content. */
export interface ContentSource {
  /** Hears how reading goes. */
  readonly demand: ContentDemand;
  /** The next token among the bytes that have been read; undefined when more bytes are needed. */
  takeToken(): HttpToken | undefined;
  /** Called once when no more content comes, even if no read waits. */
  onContentFault(error: unknown): void;
  /** Called with the room for the next bytes; undefined takes it back. */
  onRoomLent(room: Uint8Array): void;
}

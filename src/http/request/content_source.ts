import type { HttpToken } from "../tokens/tokens.ts";

/** The source of the tokens of streamed content, which is also told how reading goes. */
export interface ContentSource {
  /** The next token among the bytes that have been read; undefined when more bytes are needed. */
  takeToken(): HttpToken | undefined;
  /** Told each time that content is waited for. */
  onContentWanted(): void;
  /** Told once that all content has been read. */
  onContentEnd(): void;
  /** Told once that there will be no more content, even if no read waits. */
  onContentFault(error: unknown): void;
  /** Told of a change in the bytes of content that are kept: less than zero if some were freed. */
  onContentKept(bytes: number): void;
  /** Told where the next bytes may be read to; no room takes it back. */
  onRoomLent(room: Uint8Array): void;
}

import type { HttpToken } from "../tokens/tokens.ts";

/** The source of the tokens of streamed content, which is also told how reading goes. */
export interface ContentSource {
  /** The next token among the bytes that have been read; undefined when more bytes are needed. */
  takeToken(): HttpToken | undefined;
  /** Told each time that content is waited for. */
  onContentWanted(): void;
  /** Told once that all content has been read. */
  onContentEnd(): void;
  /** Told once that there will be no more content, whether or not somebody reads on. */
  onContentFault(error: unknown): void;
  /** Told that so many bytes of content are kept, or no longer when less than zero. */
  onContentKept(bytes: number): void;
}

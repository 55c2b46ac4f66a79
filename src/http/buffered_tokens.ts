import type { ByteBudget } from "../bytes/byte_budget.ts";
import { ReadBuffer } from "./read_buffer.ts";
import type { RequestHead } from "./request.ts";
import { HttpTokenizer, type HttpTokenizerOptions } from "./tokenizer.ts";
import type { HttpToken } from "./tokens.ts";

/** Options of {@linkcode BufferedTokens}. */
export interface BufferedTokensOptions extends HttpTokenizerOptions {
  /** Keep the bytes of each head for {@linkcode BufferedTokens.rawHead}; default false. */
  readonly keepRawHead?: boolean;
}

// A buffer full of small requests, or of chunks of one byte, is three megabytes as tokens: a client that pipelines and
// reads no answer would hold them. Sixteen requests at a time are as fast as all; one at a time costs a third more.
const TOKENS_AT_A_TIME = 32;

/** The tokens of one connection: read into one buffer, used again and again, and taken one by one. */
export class BufferedTokens {
  readonly #tokenizer: HttpTokenizer;
  readonly #buffer: ReadBuffer;
  readonly #keepsRawHead: boolean;
  #tokens: HttpToken[] = [];
  #next = 0;

  /** @param budget what the buffers of all connections may hold beyond their smallest size */
  constructor(options: BufferedTokensOptions, budget: ByteBudget) {
    this.#tokenizer = new HttpTokenizer({ ...options, lineTokens: false });
    this.#buffer = new ReadBuffer(budget);
    this.#keepsRawHead = options.keepRawHead ?? false;
  }

  /** Bytes read so far. */
  get readBytes(): number {
    return this.#tokenizer.pushedBytes;
  }

  /** Offset of the first byte of the head at hand, or of the last one. */
  get headStart(): number {
    return this.#tokenizer.headStart;
  }

  /** What has been understood of an unfinished head; undefined before the request line is. */
  get partialHead(): RequestHead | undefined {
    return this.#tokenizer.partialHead;
  }

  /** Whether nothing of the next message has been read. */
  get isBetweenMessages(): boolean {
    return this.#tokenizer.isBetweenMessages;
  }

  /** Whether all that has been read is used up, save perhaps for the end of a message whose content is complete. */
  get isUsedUp(): boolean {
    if (this.#tokens[this.#next]?.kind === "end") this.#next++;
    // As many as were asked for: there may be more.
    return this.#next === this.#tokens.length && this.#next < TOKENS_AT_A_TIME;
  }

  /** The next token; undefined when more bytes are needed. */
  take(): HttpToken | undefined {
    if (this.#next === this.#tokens.length) {
      // Fewer than asked for: the buffer is used up.
      if (this.#next < TOKENS_AT_A_TIME) return undefined;
      this.#refill(this.#tokenizer.take(TOKENS_AT_A_TIME));
      if (this.#tokens.length === 0) return undefined;
    }
    return this.#tokens[this.#next++];
  }

  /** The buffer for the next read. @param isInHead whether a head may lie in it, unfinished */
  prepare(isInHead: boolean): Uint8Array {
    const { isBetweenMessages, headStart, pushedBytes } = this.#tokenizer;
    if (isInHead && this.#keepsRawHead && !isBetweenMessages) this.#buffer.holdHead(headStart, pushedBytes);
    if (this.#buffer.fit()) this.#tokenizer.release();
    return this.#buffer.bytes;
  }

  /** Says what a read brought. @param count bytes in the buffer, null at the end of the connection */
  load(count: number | null): void {
    this.#buffer.filled = count ?? 0;
    if (count === null) return this.#refill(this.#tokenizer.end());
    this.#tokenizer.load(this.#buffer.bytes, count);
    this.#refill(this.#tokenizer.take(TOKENS_AT_A_TIME));
  }

  #refill(tokens: HttpToken[]): void {
    this.#tokens = tokens;
    this.#next = 0;
  }

  /** The bytes of a head as latin1, where they are kept; else "". Offsets count from the first byte of the connection. */
  rawHead(start: number, end: number): string {
    return this.#keepsRawHead ? this.#buffer.takeHead(start, end, this.#tokenizer.pushedBytes) : "";
  }

  /** Gives the room of the buffer back. May be called twice. */
  close(): void {
    this.#buffer.close();
  }
}

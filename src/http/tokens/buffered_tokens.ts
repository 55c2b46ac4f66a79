import type { ReadBudget } from "../../bytes/byte_budget.ts";
import { EMPTY } from "./line_reader.ts";
import { ReadBuffer } from "./read_buffer.ts";
import { HttpTokenizer, type HttpTokenizerOptions } from "./tokenizer.ts";
import type { HttpToken } from "./tokens.ts";

/** Options of {@linkcode BufferedTokens}. */
export interface BufferedTokensOptions extends HttpTokenizerOptions {
  /** Keep the bytes of each head for {@linkcode BufferedTokens.rawHead}; default false. */
  readonly keepRawHead?: boolean;
}

/** The tokens of one connection: read into one buffer, used again and again, and taken one by one. */
export class BufferedTokens {
  /** Its position, and the part of the message that it has understood so far. */
  readonly tokenizer: HttpTokenizer;
  readonly #buffer: ReadBuffer;
  readonly #keepsRawHead: boolean;
  // The token that is taken next, once it was asked whether there is one.
  #seen: HttpToken | undefined;
  // Room for content that a reader has lent, and the array that the read at hand fills.
  #lent: Uint8Array = EMPTY;
  #filling: Uint8Array;

  /** @param budget bytes that the buffers of all connections may hold beyond their smallest size */
  constructor(options: BufferedTokensOptions, budget: ReadBudget) {
    this.tokenizer = new HttpTokenizer({ ...options, lineTokens: false });
    this.#buffer = new ReadBuffer(budget);
    this.#filling = this.#buffer.bytes;
    this.#keepsRawHead = options.keepRawHead ?? false;
  }

  /** Whether every byte read so far is consumed (a pending `end` token aside). */
  get isUsedUp(): boolean {
    this.#seen ??= this.tokenizer.next();
    if (this.#seen?.kind === "end") this.#seen = this.tokenizer.next();
    return this.#seen === undefined;
  }

  /** The next token; undefined when more bytes are needed. */
  take(): HttpToken | undefined {
    const token = this.#seen ?? this.tokenizer.next();
    this.#seen = undefined;
    return token;
  }

  /** Bytes of an unfinished head that are held until the rest has come. */
  get heldBytes(): number {
    const { isBetweenMessages, headStart, pushedBytes } = this.tokenizer;
    return isBetweenMessages ? 0 : pushedBytes - headStart;
  }

  /** Has the next read of content go into other room than the buffer; no room takes that back. */
  lend(room: Uint8Array): void {
    this.#lent = room;
  }

  /**
   * The buffer for the next read.
   *
   * @param part `head` if an unfinished head may lie in it
   * @throws {TypeError} when bytes read before are not consumed: they would be lost
   */
  prepare(part: "head" | "content"): Uint8Array {
    if (this.#seen !== undefined || !this.tokenizer.isDrained) {
      throw new TypeError("Cannot read: bytes are not used up");
    }
    const isContent = part === "content";
    let room = this.#lent;
    this.#lent = EMPTY;
    if (isContent && room.length > 0) {
      // The lender has copied the last piece: its array, if it has one of its own, is freed.
      this.#buffer.load(0);
    } else {
      // An unfinished head is gathered elsewhere, within its limit: nothing calls for more room here when it is
      // all that came.
      this.#buffer.fit(isContent || this.tokenizer.isBetweenMessages || this.#holdHead() > 0);
      room = this.#buffer.bytes;
    }
    if (room !== this.#filling) this.tokenizer.release();
    return this.#filling = room;
  }

  /** Keeps the unfinished head in the buffer. @returns how many bytes in front of it came with the same read */
  #holdHead(): number {
    const { headStart, pushedBytes } = this.tokenizer;
    if (this.#keepsRawHead) this.#buffer.holdHead(headStart, pushedBytes);
    return headStart - (pushedBytes - this.#buffer.filled);
  }

  /**
   * Takes the result of a read.
   *
   * @param count bytes in the buffer, null at the end of the connection
   * @param array holds the bytes instead of the buffer
   */
  load(count: number | null, array?: Uint8Array<ArrayBuffer>): void {
    const isKept = array !== undefined || this.#filling === this.#buffer.bytes;
    this.#filling = array ?? this.#filling;
    this.#buffer.load(isKept ? count ?? 0 : 0, array);
    if (count === null) this.tokenizer.finish();
    else this.tokenizer.load(this.#filling, count);
  }

  /**
   * The bytes of a head as latin1, if they are kept; else "". Offsets count from the first byte of the
   * connection.
   */
  rawHead(start: number, end: number): string {
    return this.#keepsRawHead ? this.#buffer.takeHead(start, end, this.tokenizer.pushedBytes) : "";
  }

  /** Gives back the room of the buffer and of an unfinished message. May be called twice. */
  close(): void {
    this.#buffer.close();
    this.tokenizer.close();
  }

  /** Gives the memory of the buffer back, too: the last request is over, and no caller uses its bytes. */
  free(): void {
    this.close();
    this.#buffer.free();
  }
}

// The order of the parts of a message lives here; their grammar is in head.ts and chunked.ts.

import { CR, LF } from "../../bytes/ascii.ts";
import { badChunk, parseChunkLine } from "./chunked.ts";
import { HttpError } from "../errors.ts";
import type { Framing } from "./framing.ts";
import { HeadParser } from "./head_parser.ts";
import type { HeadParserOptions } from "./head_parser_options.ts";
import { HttpHeaders } from "../headers.ts";
import { DEFAULT_LIMITS, type HttpLimits } from "../limits.ts";
import { LineReader } from "./line_reader.ts";
import type { RequestHead } from "./request_head.ts";
import { type TargetBytes, tooLarge } from "./head.ts";
import type { HttpToken, TokenSink } from "./tokens.ts";

/** Limits and tolerances of {@linkcode HttpTokenizer}; every one has a default. */
export interface HttpTokenizerOptions extends Partial<HttpLimits> {
  /** Which bytes a request target may hold; default `whatwg`: browsers leave `|` and others unencoded. */
  readonly targetBytes?: TargetBytes;
  /** Whether request line and fields are given as tokens, default true; the head-end token has them as well. */
  readonly lineTokens?: boolean;
}

type State = "head" | "length" | "chunk-line" | "chunk-data" | "chunk-cr" | "chunk-lf" | "trailer";

// Fields that no trailer may have: they frame, route or authenticate a message (RFC 9110 §6.5.1).
const FORBIDDEN_TRAILER = /^(?:transfer-encoding|content-length|host|trailer|connection)$/i;

/**
 * Cuts the bytes of a connection into the tokens of its requests (RFC 9112).
 *
 * A plain push parser without I/O, clock or callbacks. The tokens do not depend on how the bytes are cut into pushes,
 * except that content comes in as many pieces as it was pushed in. Strict: bytes that recipients could read
 * in two ways are an error. It never throws: a fault is the last token, and nothing after it is read.
 */
export class HttpTokenizer {
  readonly #reader = new LineReader();
  readonly #options: HeadParserOptions;
  readonly #head: HeadParser;
  #state: State = "head";
  #hasEnded = false;
  // Bytes left of the content, or of the chunk.
  #remaining = 0;
  #extensionBytes = 0;
  #trailers: HttpHeaders | undefined;
  #trailerStart = 0;

  /**
   * Makes a tokenizer for one connection.
   *
   * @param options limits in bytes and counts
   */
  constructor(options: HttpTokenizerOptions = {}) {
    this.#options = { ...DEFAULT_LIMITS, targetBytes: "whatwg", lineTokens: true, ...options };
    this.#head = new HeadParser(this.#reader, this.#options);
  }

  /** Bytes read so far, in all messages. */
  get offset(): number {
    return this.#reader.offset;
  }

  /** Bytes pushed so far. */
  get pushedBytes(): number {
    return this.#reader.pushedBytes;
  }

  /** Offset of the first byte of the head at hand, or of the last one. */
  get headStart(): number {
    return this.#head.start;
  }

  /** The parts of an unfinished head that are known; undefined before the request line is. */
  get partialHead(): RequestHead | undefined {
    return this.#head.partialHead;
  }

  /** Whether it stands between two messages, with nothing of the next one read. */
  get isBetweenMessages(): boolean {
    return this.#state === "head" && this.#head.isUntouched;
  }

  /**
   * Takes the next bytes of the connection.
   *
   * @param bytes read now and, if content is among the tokens, as long as these are in use
   * @param length how many of the bytes, from the first one on, are meant; default all
   * @returns the tokens that these bytes complete, in order; none after an error
   */
  push(bytes: Uint8Array, length: number = bytes.length): HttpToken[] {
    const tokens: HttpToken[] = [];
    this.load(bytes, length);
    this.take(tokens, Infinity);
    return tokens;
  }

  /**
   * Takes the next bytes like {@linkcode HttpTokenizer.push}, but leaves it to {@linkcode HttpTokenizer.take}
   * to read them. All bytes loaded before must have been consumed.
   */
  load(bytes: Uint8Array, length: number): void {
    if (this.#hasEnded) return;
    this.#reader.push(bytes, length);
    this.#head.forgetText();
  }

  /**
   * Puts the next tokens of the loaded bytes into a sink.
   *
   * A few bytes make a token of a hundred. A caller that takes a few at a time holds few.
   *
   * @param tokens holds fewer than `count` afterwards when more bytes are needed, and after an error
   * @param count stops when there are so many, at the end of a head or a piece of content
   */
  take(tokens: TokenSink, count: number): void {
    if (this.#hasEnded) return;
    try {
      while (tokens.length < count && this.#step(tokens));
    } catch (error) {
      this.#fail(tokens, error);
    }
  }

  /** Lets go of the bytes that were loaded; they must have been used up. */
  release(): void {
    this.#reader.release();
    this.#head.forgetText();
  }

  /** Frees the bytes held of an unfinished message: the connection is closed. */
  close(): void {
    this.#reader.close();
  }

  /**
   * Says that the client has finished sending.
   *
   * @returns an error token with code `incomplete` when that cut a message off, else nothing
   */
  end(): HttpToken[] {
    const tokens: HttpToken[] = [];
    if (this.#hasEnded) return tokens;
    if (!this.isBetweenMessages) {
      this.#fail(
        tokens,
        new HttpError(400, "Cannot read the request: it was cut off", { code: "incomplete" }),
      );
    }
    this.#hasEnded = true;
    return tokens;
  }

  #fail(tokens: TokenSink, cause: unknown): void {
    if (!(cause instanceof HttpError)) throw cause;
    const start = cause.offset ?? this.#reader.offset;
    tokens.push({
      kind: "error",
      error: cause.offset === undefined ? cause.at(start) : cause,
      head: this.#state === "head" ? this.#head.partialHead : undefined,
      headStart: this.#head.start,
      start,
      end: start,
    });
    this.#hasEnded = true;
  }

  /** @returns false when more bytes are needed */
  #step(tokens: TokenSink): boolean {
    switch (this.#state) {
      case "head":
        return this.#readHead(tokens);
      case "length":
      case "chunk-data":
        return this.#readData(tokens);
      case "chunk-line":
        return this.#readChunkLine();
      case "chunk-cr":
        return this.#readChunkEnd(CR, "chunk-lf");
      case "chunk-lf":
        return this.#readChunkEnd(LF, "chunk-line");
      case "trailer":
        return this.#readTrailer(tokens);
    }
  }

  #readHead(tokens: TokenSink): boolean {
    const framing = this.#head.read(tokens);
    if (framing === undefined) return false;
    this.#startBody(tokens, framing);
    return true;
  }

  #startBody(tokens: TokenSink, framing: Framing): void {
    if (framing.kind === "chunked") {
      this.#state = "chunk-line";
      this.#extensionBytes = 0;
      this.#trailers = undefined;
    } else if (framing.kind === "length" && framing.length > 0) {
      this.#state = "length";
      this.#remaining = framing.length;
    } else {
      this.#endMessage(tokens);
    }
  }

  #endMessage(tokens: TokenSink): void {
    const end = this.#reader.offset;
    tokens.push({ kind: "end", trailers: this.#trailers, start: end, end });
    this.#trailers = undefined;
    this.#state = "head";
    this.#head.reset();
  }

  #readData(tokens: TokenSink): boolean {
    const start = this.#reader.offset;
    const bytes = this.#reader.take(this.#remaining);
    if (bytes.length === 0) return false;
    this.#head.forgetText();
    this.#remaining -= bytes.length;
    tokens.push({ kind: "body", bytes, start, end: start + bytes.length });
    if (this.#remaining > 0) return false;
    if (this.#state === "chunk-data") this.#state = "chunk-cr";
    else this.#endMessage(tokens);
    return true;
  }

  #readChunkLine(): boolean {
    const reader = this.#reader;
    const result = reader.next(this.#options.maxChunkLineBytes + 2);
    if (result === "more") return false;
    if (result === "too-long") {
      throw badChunk(`line beyond ${this.#options.maxChunkLineBytes} bytes`, reader.lineOffset);
    }
    const end = this.#head.fields.lineEnd("bad-chunk");
    const { size, extensionBytes } = parseChunkLine(reader.line, reader.start, end);
    // A quoted extension may hold bytes that are not ASCII, and trailers may follow without data in between.
    if (extensionBytes > 0) this.#head.forgetText();
    this.#extensionBytes += extensionBytes;
    if (this.#extensionBytes > this.#options.maxChunkExtensionBytes) {
      throw badChunk(`extensions beyond ${this.#options.maxChunkExtensionBytes} bytes`);
    }
    this.#remaining = size;
    this.#state = size > 0 ? "chunk-data" : "trailer";
    this.#trailerStart = reader.offset;
    return true;
  }

  #readChunkEnd(expected: number, next: State): boolean {
    const byte = this.#reader.takeByte();
    if (byte < 0) return false;
    if (byte !== expected) throw badChunk("expected CRLF behind the data", this.#reader.offset - 1);
    this.#state = next;
    return true;
  }

  #readTrailer(tokens: TokenSink): boolean {
    const reader = this.#reader;
    const { maxTrailerBytes, maxTrailers } = this.#options;
    const result = reader.next(Math.max(2, maxTrailerBytes - (reader.nextLineOffset - this.#trailerStart)));
    if (result === "more") return false;
    if (result === "too-long") {
      throw tooLarge("trailer section", `${maxTrailerBytes} bytes`, reader.lineOffset);
    }
    const end = this.#head.fields.lineEnd();
    if (end === reader.start) {
      this.#endMessage(tokens);
      return true;
    }
    this.#trailers ??= new HttpHeaders();
    if (this.#trailers.size === maxTrailers) {
      throw tooLarge("trailer section", `${maxTrailers} fields`, reader.lineOffset);
    }
    this.#head.fields.parse(end);
    const field = this.#head.fields.toToken("trailer");
    if (FORBIDDEN_TRAILER.test(field.name)) {
      throw new HttpError(400, `Cannot take the trailer: ${field.name} belongs into the head`, {
        code: "bad-trailer",
      });
    }
    this.#trailers.appendParsed(field.name, field.value);
    tokens.push(field);
    return true;
  }
}

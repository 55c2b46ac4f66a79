// The order of the parts of a message lives here; their grammar is in head.ts and chunked.ts.

import { CR, LF } from "../../bytes/ascii.ts";
import { badChunk, parseChunkLine } from "./chunked.ts";
import { HttpError } from "../errors.ts";
import type { Framing } from "./framing.ts";
import { HeadParser } from "./head/head_parser.ts";
import type { HeadParserOptions } from "./head/head_parser_options.ts";
import { HttpHeaders } from "../headers.ts";
import { DEFAULT_LIMITS, type HttpLimits } from "../limits.ts";
import { LineReader } from "./line_reader.ts";
import type { CreateFastReader } from "./head/fast_head.ts";
import type { RequestHead } from "./head/request_head.ts";
import { type TargetBytes, tooLarge } from "./head/head.ts";
import type { HttpToken } from "./tokens.ts";

/** Limits and tolerances of {@linkcode HttpTokenizer}; every one has a default. */
export interface HttpTokenizerOptions extends Partial<HttpLimits> {
  /** Which bytes a request target may hold; default `whatwg`: browsers leave `|` and others unencoded. */
  readonly targetBytes?: TargetBytes;
  /** Whether request line and fields are given as tokens, default true; the head-end token has them as well. */
  readonly lineTokens?: boolean;
  /** @internal Makes the reader of plain heads, if they are not given line by line; default none. */
  readonly createFastReader?: CreateFastReader | undefined;
}

type State = "head" | "length" | "chunk-line" | "chunk-data" | "chunk-cr" | "chunk-lf" | "trailer" | "end";

/** A token, or undefined when more bytes are needed. */
type Step = HttpToken | "go on" | undefined;

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
  // Whether more bytes may come: not after the end of the client, and not after a fault.
  #input: "open" | "finished" | "failed" = "open";
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
    this.#head = new HeadParser(this.#reader, this.#options, options.createFastReader);
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
    return this.#state === "end" || (this.#state === "head" && this.#head.isUntouched);
  }

  /** Whether all loaded bytes have been read: always so when more are needed. */
  get isDrained(): boolean {
    return this.#reader.isDrained;
  }

  /**
   * Takes the next bytes of the connection.
   *
   * @param bytes read now and, if content is among the tokens, as long as these are in use
   * @param length how many of the bytes, from the first one on, are meant; default all
   * @returns the tokens that these bytes complete, in order; none after an error
   */
  push(bytes: Uint8Array, length: number = bytes.length): HttpToken[] {
    this.load(bytes, length);
    return this.#takeAll();
  }

  /**
   * Takes the next bytes like {@linkcode HttpTokenizer.push}, but leaves it to {@linkcode HttpTokenizer.next}
   * to read them. All bytes loaded before must have been consumed.
   */
  load(bytes: Uint8Array, length: number): void {
    if (this.#input !== "open") return;
    this.#reader.push(bytes, length);
    this.#head.text.clear();
  }

  /**
   * The next token of the loaded bytes: one at a time, since a few bytes make a token of a hundred.
   *
   * @returns undefined when more bytes are needed, and after an error
   */
  next(): HttpToken | undefined {
    if (this.#input === "failed") return undefined;
    try {
      let step = this.#step();
      while (step === "go on") step = this.#step();
      if (step === undefined && this.#input === "finished" && !this.isBetweenMessages) {
        throw new HttpError(400, "Cannot read the request: it was cut off", { code: "incomplete" });
      }
      return step;
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** Lets go of the bytes that were loaded; they must have been used up. */
  release(): void {
    this.#reader.release();
    this.#head.release();
  }

  /** Frees the bytes held of an unfinished message: the connection is closed. */
  close(): void {
    this.#reader.close();
  }

  /** Says that the client has finished sending: it is a fault if that cut a message off. */
  finish(): void {
    if (this.#input === "open") this.#input = "finished";
  }

  /**
   * Says that the client has finished sending.
   *
   * @returns an error token with code `incomplete` when that cut a message off, else nothing
   */
  end(): HttpToken[] {
    this.finish();
    return this.#takeAll();
  }

  #takeAll(): HttpToken[] {
    const tokens: HttpToken[] = [];
    for (let token = this.next(); token !== undefined; token = this.next()) tokens.push(token);
    return tokens;
  }

  #fail(cause: unknown): HttpToken {
    if (!(cause instanceof HttpError)) throw cause;
    this.#input = "failed";
    const start = cause.offset ?? this.#reader.offset;
    return {
      kind: "error",
      error: cause.offset === undefined ? cause.at(start) : cause,
      head: this.#state === "head" ? this.#head.partialHead : undefined,
      headStart: this.#head.start,
      start,
      end: start,
    };
  }

  #step(): Step {
    switch (this.#state) {
      case "head":
        return this.#readHead();
      case "length":
      case "chunk-data":
        return this.#readData();
      case "chunk-line":
        return this.#readChunkLine();
      case "chunk-cr":
        return this.#readChunkEnd(CR, "chunk-lf");
      case "chunk-lf":
        return this.#readChunkEnd(LF, "chunk-line");
      case "trailer":
        return this.#readTrailer();
      case "end":
        return this.#endMessage();
    }
  }

  #readHead(): HttpToken | undefined {
    const token = this.#head.next();
    if (token?.kind === "head-end") this.#startBody(token.framing);
    return token;
  }

  #startBody(framing: Framing): void {
    if (framing.kind === "chunked") {
      this.#state = "chunk-line";
      this.#extensionBytes = 0;
      this.#trailers = undefined;
    } else if (framing.kind === "length" && framing.length > 0) {
      this.#state = "length";
      this.#remaining = framing.length;
    } else {
      this.#state = "end";
    }
  }

  #endMessage(): HttpToken {
    const end = this.#reader.offset;
    const trailers = this.#trailers;
    this.#trailers = undefined;
    this.#state = "head";
    this.#head.reset();
    return { kind: "end", trailers, start: end, end };
  }

  #readData(): HttpToken | undefined {
    const start = this.#reader.offset;
    const bytes = this.#reader.take(this.#remaining);
    if (bytes.length === 0) return undefined;
    this.#head.text.clear();
    this.#remaining -= bytes.length;
    if (this.#remaining === 0) this.#state = this.#state === "length" ? "end" : "chunk-cr";
    return { kind: "body", bytes, start, end: start + bytes.length };
  }

  #readChunkLine(): Step {
    const reader = this.#reader;
    const result = reader.next(this.#options.maxChunkLineBytes + 2);
    if (result === "more") return undefined;
    if (result === "too-long") {
      throw badChunk(`line beyond ${this.#options.maxChunkLineBytes} bytes`, reader.lineOffset);
    }
    const end = this.#head.fields.lineEnd("bad-chunk");
    const { size, extensionBytes } = parseChunkLine(reader.line, reader.start, end);
    // A quoted extension may hold bytes that are not ASCII, and trailers may follow without data in between.
    if (extensionBytes > 0) this.#head.text.clear();
    this.#extensionBytes += extensionBytes;
    if (this.#extensionBytes > this.#options.maxChunkExtensionBytes) {
      throw badChunk(`extensions beyond ${this.#options.maxChunkExtensionBytes} bytes`);
    }
    this.#remaining = size;
    this.#state = size > 0 ? "chunk-data" : "trailer";
    this.#trailerStart = reader.offset;
    return "go on";
  }

  #readChunkEnd(expected: number, next: State): Step {
    const byte = this.#reader.takeByte();
    if (byte < 0) return undefined;
    if (byte !== expected) throw badChunk("expected CRLF after the data", this.#reader.offset - 1);
    this.#state = next;
    return "go on";
  }

  #readTrailer(): Step {
    const reader = this.#reader;
    const { maxTrailerBytes, maxTrailers } = this.#options;
    const result = reader.next(Math.max(2, maxTrailerBytes - (reader.nextLineOffset - this.#trailerStart)));
    if (result === "more") return undefined;
    if (result === "too-long") {
      throw tooLarge("trailer section", `${maxTrailerBytes} bytes`, reader.lineOffset);
    }
    const end = this.#head.fields.lineEnd();
    if (end === reader.start) {
      this.#state = "end";
      return "go on";
    }
    this.#trailers ??= new HttpHeaders();
    if (this.#trailers.size === maxTrailers) {
      throw tooLarge("trailer section", `${maxTrailers} fields`, reader.lineOffset);
    }
    this.#head.fields.parse(end);
    const field = this.#head.fields.toToken("trailer");
    if (FORBIDDEN_TRAILER.test(field.name)) {
      throw new HttpError(400, `Cannot take the trailer: ${field.name} belongs in the head`, {
        code: "bad-trailer",
      });
    }
    this.#trailers.appendParsed(field.name, field.value);
    return field;
  }
}

// Reads a head line by line: empty lines, request line, fields, the empty line.

import { ONE, ZERO } from "../../../bytes/ascii.ts";
import { HttpError } from "../../errors.ts";
import { FieldReader } from "./field_reader.ts";
import { findMethod, RequestLineJudge, requestLineTooLong } from "./request_line.ts";
import {
  badTarget,
  checkHead,
  checkTargetForm,
  findBadTargetByte,
  findCarriageReturn,
  findMethodEnd,
  tooLarge,
  VERSION_BYTES,
} from "./head.ts";
import { HttpHeaders } from "../../headers.ts";
import type { HeadParserOptions } from "./head_parser_options.ts";
import type { LineReader } from "../line_reader.ts";
import type { CreateFastReader, FastHeadReader } from "./fast_head.ts";
import type { Framing } from "../framing.ts";
import type { RequestHead } from "./request_head.ts";
import { decodeLatin1 } from "../../../bytes/latin1.ts";
import { TextWindow } from "./text_window.ts";
import type { HeadEndToken, HttpToken, RequestLineToken } from "../tokens.ts";

// The first byte of a TLS connection: a record of the handshake (RFC 8446 §5.1).
const TLS_HANDSHAKE = 0x16;

/** The part of the tokenizer that reads heads. */
export class HeadParser {
  /** Offset of the first byte of the head at hand, empty lines in front of it not counted. */
  start = 0;
  /** The parts of the head that are known so far; undefined before the request line is. */
  partialHead: RequestHead | undefined;
  /** Decoded text; cleared when the bytes it came from change, or belong to no head. */
  readonly text: TextWindow = new TextWindow();
  /** Reads its field lines, and those of a trailer section. */
  readonly fields: FieldReader;

  readonly #reader: LineReader;
  readonly #options: HeadParserOptions;
  // Gives heads only: undefined if each line becomes a token.
  readonly #plain: FastHeadReader | undefined;
  // Whether no request line has been read on this connection: only then a bad line means that this is no HTTP
  // at all.
  #isFirst = true;
  #emptyLines = 0;
  readonly #judge = new RequestLineJudge();
  // A client names the same host in every request of a connection: it is checked once.
  #validHost: string | undefined;

  /** @param createFastReader for heads with nothing unusual in them, unless each line becomes a token */
  constructor(reader: LineReader, options: HeadParserOptions, createFastReader?: CreateFastReader) {
    this.#reader = reader;
    this.#options = options;
    this.fields = new FieldReader(reader, this.text);
    this.#plain = options.lineTokens ? undefined : createFastReader?.(options, this.text);
  }

  /** Whether nothing of a head has been read, empty lines apart. */
  get isUntouched(): boolean {
    return this.partialHead === undefined && this.#reader.partialLength === 0;
  }

  /** Lets go of the bytes that were read. */
  release(): void {
    this.text.clear();
    this.#plain?.release();
  }

  /** Prepares for the next head. */
  reset(): void {
    this.#emptyLines = 0;
    this.partialHead = undefined;
  }

  /**
   * The next token: a line, if lines are given as tokens, or the end of the head.
   *
   * @returns undefined when more bytes are needed
   * @throws {HttpError} for the first fault
   */
  next(): HttpToken | undefined {
    if (this.#reader.isDrained) return undefined;
    if (this.#plain !== undefined && this.isUntouched) {
      const token = this.#readPlain(this.#plain);
      if (token !== undefined) return token;
    }
    if (this.partialHead === undefined) {
      const token = this.#readRequestLine();
      if (token === undefined || this.#options.lineTokens) return token;
    }
    return this.#readFields(this.partialHead!);
  }

  #readFields(head: RequestHead): HttpToken | undefined {
    const { maxHeadBytes, maxFieldBytes, maxFields } = this.#options;
    for (;;) {
      const reader = this.#reader;
      const headRemainder = maxHeadBytes - (reader.nextLineOffset - this.start);
      const result = reader.next(Math.min(maxFieldBytes, headRemainder));
      if (result === "more") return undefined;
      if (result === "too-long") {
        throw tooLarge(
          "head",
          `${headRemainder < maxFieldBytes ? maxHeadBytes : maxFieldBytes} bytes`,
          reader.lineOffset,
        );
      }
      const end = this.fields.lineEnd();
      if (end === reader.start) return this.#complete(head);
      if (head.headers.size === maxFields) {
        throw tooLarge("head", `${maxFields} fields`, reader.lineOffset);
      }
      this.fields.parse(end);
      head.headers.appendParsed(this.fields.name, this.fields.value);
      if (this.#options.lineTokens) return this.fields.toToken("field");
    }
  }

  #readPlain(plain: FastHeadReader): HeadEndToken | undefined {
    this.start = this.#reader.offset;
    const head = plain.read(this.#reader);
    if (head === undefined) return undefined;
    this.#isFirst = false;
    // If a head is refused as a whole, its parts are still known.
    this.partialHead = head;
    return this.#complete(head, plain.framing ??= this.#check(head));
  }

  #check(head: RequestHead): Framing {
    const fields = head.headers.framing();
    const framing = checkHead(head, fields, this.#validHost);
    if (fields.host !== this.#validHost) this.#validHost = fields.host ?? undefined;
    return framing;
  }

  #complete(head: RequestHead, framing: Framing = this.#check(head)): HeadEndToken {
    const { offset } = this.#reader;
    return { kind: "head-end", head, framing, headStart: this.start, start: offset - 2, end: offset };
  }

  /** @returns undefined when more bytes are needed */
  #readRequestLine(): RequestLineToken | undefined {
    const reader = this.#reader;
    const { maxRequestLineBytes, maxHeadBytes } = this.#options;
    for (;;) {
      this.start = reader.nextLineOffset;
      const result = reader.next(Math.min(maxRequestLineBytes, maxHeadBytes));
      if (result !== "line") {
        this.#judgeLine(reader.partial);
        if (result === "too-long") throw this.#requestLineTooLong();
        return undefined;
      }
      const { line, start, lineFeed } = reader;
      if (findCarriageReturn(line, start, lineFeed) !== start) return this.#parseRequestLine();
      this.#skipEmptyLine();
    }
  }

  #skipEmptyLine(): void {
    this.#judge.reset();
    this.#emptyLines++;
    const { maxFirstEmptyLines, maxEmptyLines } = this.#options;
    if (this.#emptyLines > (this.#isFirst ? maxFirstEmptyLines : maxEmptyLines)) {
      throw this.#badFirstLine("too many empty lines", this.start);
    }
  }

  #parseRequestLine(): RequestLineToken {
    const { line, start, lineFeed } = this.#reader;
    const carriageReturn = findCarriageReturn(line, start, lineFeed);
    const end = carriageReturn < 0 ? lineFeed : carriageReturn;
    const methodEnd = findMethodEnd(line, start, end);
    if (methodEnd < 0) {
      this.#judgeLine(line.subarray(start, lineFeed));
      throw this.#badFirstLine("expected method, target and HTTP version", this.start);
    }
    this.#isFirst = false;
    this.#judge.reset();
    // A line with a fault is understood as well, for the log and for the response to HEAD.
    const token = this.#takeRequestLine(methodEnd, end);
    if (carriageReturn < 0) throw this.#badFirstLine("bare LF", this.#reader.offsetOf(lineFeed));
    return token;
  }

  #takeRequestLine(methodEnd: number, end: number): RequestLineToken {
    const { line, start, lineOffset, offset } = this.#reader;
    const targetEnd = end - VERSION_BYTES;
    const badByte = findBadTargetByte(line, methodEnd + 1, targetEnd, this.#options.targetBytes);
    const major = line[end - 3];
    const method = this.text.ascii(line, start, methodEnd);
    const target = decodeLatin1(line.subarray(methodEnd + 1, targetEnd));
    const version = major === ONE && line[end - 1] === ZERO ? "1.0" : "1.1";
    this.partialHead = { method, target, version, headers: new HttpHeaders() };
    if (badByte >= 0) {
      throw badTarget("bad byte", this.#reader.offsetOf(badByte));
    }
    if (major !== ONE) {
      const got = this.text.ascii(line, targetEnd + 1, end);
      throw new HttpError(505, `Cannot speak the version: expected HTTP/1.x, got ${got}`, {
        code: "bad-version",
        offset: this.#reader.offsetOf(targetEnd + 1),
      });
    }
    checkTargetForm(method, target);
    return {
      kind: "request-line",
      method,
      target,
      version: this.text.ascii(line, targetEnd + 6, end),
      start: lineOffset,
      end: offset,
    };
  }

  /** Refuses an unfinished line as soon as it can no longer become a request line. */
  #judgeLine(line: Uint8Array): void {
    const fault = this.#judge.findFault(line);
    if (fault < 0) return;
    const isTls = fault === 0 && line[0] === TLS_HANDSHAKE;
    const state = isTls ? "the client speaks TLS: was http:// meant?" : "expected a method";
    throw this.#badFirstLine(state, this.start + fault);
  }

  #badFirstLine(state: string, offset: number): HttpError {
    const subject = this.#isFirst ? "connection as HTTP" : "request line";
    const code = this.#isFirst ? "not-http" : "bad-request-line";
    return new HttpError(400, `Cannot read the ${subject}: ${state}`, { code, offset });
  }

  #requestLineTooLong(): HttpError {
    const { maxRequestLineBytes, maxHeadBytes } = this.#options;
    const line = this.#reader.partial;
    // The method is needed all the same: even this response has no content if the method is HEAD
    // (RFC 9110 §9.3.2).
    const method = findMethod(line);
    if (method !== undefined) {
      this.partialHead = { method, target: "", version: "1.1", headers: new HttpHeaders() };
    }
    return requestLineTooLong(line, Math.min(maxRequestLineBytes, maxHeadBytes), this.start);
  }
}

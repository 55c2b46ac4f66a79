// Reads the bytes of a response, like a client (RFC 9112 §4, §6.3): within bounds, and strict about framing.

import { HttpError } from "../../../http/errors.ts";
import { equalsIgnoringCase } from "../../../http/grammar.ts";
import { HttpHeaders, listsToken } from "../../../http/headers.ts";
import { isBodyless } from "../../../http/status.ts";
import { parseChunkLine } from "../../../http/tokens/chunked.ts";
import { parseContentLength } from "../../../http/tokens/framing.ts";
import { FieldReader } from "../../../http/tokens/head/field_reader.ts";
import { TextWindow } from "../../../http/tokens/head/text_window.ts";
import { LineReader } from "../../../http/tokens/line_reader.ts";
import { CR } from "../../../bytes/ascii.ts";
import { decodeLatin1 } from "../../../bytes/latin1.ts";
import { ResponseFault, type ResponseReceiver } from "./response_parts.ts";

type State =
  | "status"
  | "field"
  | "length"
  | "until-close"
  | "chunk-line"
  | "chunk"
  | "chunk-end"
  | "trailer"
  | "done";

const STATUS_LINE = /^HTTP\/1\.[0-9] [1-9][0-9]{2}(?: .*)?$/;
const MAX_LINE_BYTES = 65_536;
const MAX_HEAD_BYTES = 1_048_576;
const MAX_FIELDS = 1_000;
const MAX_INTERIM_HEADS = 100;

/** Reads one response. A plain push parser: no I/O, no clock. */
export class ResponseParser {
  readonly #lines = new LineReader();
  readonly #fields = new FieldReader(this.#lines, new TextWindow());
  readonly #method: string;
  readonly #receiver: ResponseReceiver;
  #state: State = "status";
  #remaining = 0;
  #version = "";
  #status = 0;
  #reason = "";
  #headers = new HttpHeaders();
  #trailers = new HttpHeaders();
  #interimHeads = 0;
  #contentBytes = 0;
  #shouldKeepAlive = false;

  /** @param method of the request: a response to HEAD has no content */
  constructor(method: string, receiver: ResponseReceiver) {
    this.#method = method;
    this.#receiver = receiver;
  }

  /** Whether the response is complete. */
  get isDone(): boolean {
    return this.#state === "done";
  }

  /** Whether another response may follow on this connection (RFC 9112 §9.3). */
  get shouldKeepAlive(): boolean {
    return this.isDone && this.#shouldKeepAlive;
  }

  /** The number of bytes read so far. */
  get offset(): number {
    return this.#lines.offset;
  }

  /** The number of bytes of content read so far. */
  get contentBytes(): number {
    return this.#contentBytes;
  }

  /** Whether bytes came after the end of the response. */
  get hasExcess(): boolean {
    return !this.#lines.isDrained;
  }

  /** The trailer section, once the response is complete. */
  get trailers(): HttpHeaders {
    return this.#trailers;
  }

  /**
   * Takes the next bytes, the first `length` of an array.
   *
   * @throws {ResponseFault} when they break a rule; after that, push must not be called again
   */
  push(bytes: Uint8Array, length: number): void {
    this.#lines.push(bytes, length);
    try {
      while (this.#step());
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      throw new ResponseFault(error.message, error.offset ?? this.#lines.lineOffset);
    }
  }

  /** Tells the parser that the server has finished sending. @returns whether the response is complete */
  end(): boolean {
    if (this.#state === "until-close") this.#state = "done";
    return this.isDone;
  }

  /** @returns false when more bytes are needed, or no more are expected */
  #step(): boolean {
    switch (this.#state) {
      case "status":
        return this.#readStatusLine();
      case "field":
        return this.#readField();
      case "length":
      case "chunk":
      case "until-close":
        return this.#readContent();
      case "chunk-line":
        return this.#readChunkLine();
      case "chunk-end":
        return this.#readChunkEnd();
      case "trailer":
        return this.#readTrailer();
      case "done":
        return false;
    }
  }

  #readStatusLine(): boolean {
    const end = this.#readLine();
    if (end === undefined) return false;
    const { line, start } = this.#lines;
    const text = decodeLatin1(line.subarray(start, end));
    if (!STATUS_LINE.test(text)) {
      throw this.#fault(
        `Cannot read the status line: expected HTTP/1.1 and three digits, got ${quote(text)}`,
      );
    }
    this.#version = text.slice(5, 8);
    this.#status = Number(text.slice(9, 12));
    this.#reason = text.slice(13);
    this.#headers = new HttpHeaders();
    this.#state = "field";
    return true;
  }

  #readField(): boolean {
    const end = this.#readLine();
    if (end === undefined) return false;
    if (end === this.#lines.start) this.#endHead();
    else this.#addField(this.#headers, end);
    return true;
  }

  #addField(headers: HttpHeaders, end: number): void {
    this.#parseField(end);
    if (headers.size === MAX_FIELDS || this.#lines.offset > MAX_HEAD_BYTES && headers === this.#headers) {
      throw this.#fault(`Cannot take the head: limit is ${MAX_FIELDS} fields and ${MAX_HEAD_BYTES} bytes`);
    }
    headers.appendParsed(this.#fields.name, this.#fields.value);
  }

  #parseField(end: number): void {
    try {
      this.#fields.parse(end);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      const { line, start } = this.#lines;
      const text = decodeLatin1(line.subarray(start, end));
      throw this.#fault(`Cannot read a field: expected name, colon and value, got ${quote(text)}`);
    }
  }

  #endHead(): void {
    const status = this.#status;
    if (status < 200 && status !== 101) {
      if (++this.#interimHeads > MAX_INTERIM_HEADS) {
        throw this.#fault("Cannot wait: too many interim responses");
      }
      this.#state = "status";
      return this.#receiver.onInterim?.({ status, headers: this.#headers });
    }
    this.#shouldKeepAlive = this.#decidePersistence();
    const length = this.#decideFraming();
    const hasContent = this.#state !== "done";
    this.#receiver.onHead({
      version: this.#version,
      status,
      reason: this.#reason,
      headers: this.#headers,
      hasContent,
      length,
    });
  }

  /** RFC 9112 §6.3. @returns the length, if it is known */
  #decideFraming(): number | undefined {
    const { contentLength, hasTransferEncoding } = this.#headers.framing();
    const status = this.#status;
    const isTunnel = this.#method === "CONNECT" && status < 300;
    if (this.#method === "HEAD" || isTunnel || isBodyless(status)) {
      this.#state = "done";
      return 0;
    }
    if (hasTransferEncoding) {
      if (contentLength !== undefined) {
        throw this.#fault("Cannot frame the content: got Content-Length and Transfer-Encoding");
      }
      const codings = this.#headers.getList("transfer-encoding");
      const isChunked = equalsIgnoringCase(codings.at(-1) ?? "", "chunked");
      this.#state = isChunked ? "chunk-line" : "until-close";
      return undefined;
    }
    if (contentLength === undefined) {
      this.#state = "until-close";
      return undefined;
    }
    this.#remaining = parseContentLength(contentLength ?? this.#onlyLength());
    this.#state = this.#remaining === 0 ? "done" : "length";
    return this.#remaining;
  }

  /** Several lengths count as one if they are the same (RFC 9110 §8.6). */
  #onlyLength(): string {
    const lengths = new Set(this.#headers.getList("content-length"));
    const [first = "", ...others] = lengths;
    if (others.length === 0) return first;
    throw this.#fault(`Cannot frame the content: got several lengths, ${[...lengths].join(" and ")}`);
  }

  #decidePersistence(): boolean {
    const values = this.#headers.getAll("connection");
    // Most servers send it alone.
    if (values.length === 1 && equalsIgnoringCase(values[0]!, "keep-alive")) return true;
    if (values.some((value) => listsToken(value, "close"))) return false;
    return this.#version !== "1.0" || values.some((value) => listsToken(value, "keep-alive"));
  }

  #readContent(): boolean {
    const isEndless = this.#state === "until-close";
    const bytes = this.#lines.take(isEndless ? Infinity : this.#remaining);
    if (bytes.length === 0) return false;
    this.#contentBytes += bytes.length;
    this.#receiver.onContent(bytes);
    if (isEndless) return false;
    this.#remaining -= bytes.length;
    if (this.#remaining > 0) return false;
    this.#state = this.#state === "chunk" ? "chunk-end" : "done";
    return true;
  }

  #readChunkLine(): boolean {
    const end = this.#readLine();
    if (end === undefined) return false;
    const { line, start } = this.#lines;
    this.#remaining = parseChunkLine(line, start, end).size;
    this.#state = this.#remaining === 0 ? "trailer" : "chunk";
    return true;
  }

  #readChunkEnd(): boolean {
    const end = this.#readLine();
    if (end === undefined) return false;
    if (end !== this.#lines.start) throw this.#fault("Cannot read a chunk: expected CRLF after the data");
    this.#state = "chunk-line";
    return true;
  }

  #readTrailer(): boolean {
    const end = this.#readLine();
    if (end === undefined) return false;
    if (end === this.#lines.start) this.#state = "done";
    else this.#addField(this.#trailers, end);
    return true;
  }

  /**
   * Reads the next line; a lone LF ends one as well (RFC 9112 §2.2).
   *
   * @returns the index after it, without its end; undefined if more bytes are needed
   */
  #readLine(): number | undefined {
    const result = this.#lines.next(MAX_LINE_BYTES);
    if (result === "more") return undefined;
    if (result === "too-long") throw this.#fault(`Cannot read a line: limit is ${MAX_LINE_BYTES} bytes`);
    const { line, start, lineFeed } = this.#lines;
    return lineFeed > start && line[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed;
  }

  #fault(message: string): ResponseFault {
    return new ResponseFault(message, this.#lines.lineOffset);
  }
}

const MAX_QUOTED = 80;

function quote(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}...` : text);
}

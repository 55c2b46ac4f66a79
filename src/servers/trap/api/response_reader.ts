// Reads one answer off a connection, as a client does (RFC 9112 §6.3): tolerant, and within bounds.

import { createHash } from "node:crypto";
import { parseChunkLine } from "../../../http/tokens/chunked.ts";
import { trimOws } from "../../../http/grammar.ts";
import { type HeaderField, HttpHeaders } from "../../../http/headers.ts";
import { LineReader } from "../../../http/tokens/line_reader.ts";
import { isBodyless } from "../../../http/status.ts";
import { decodeLatin1 } from "../../../http/tokens/text_window.ts";

/** What came back. */
export interface ReceivedAnswer {
  /** Status code. */
  readonly status: number;
  /** Fields in order, bytes seen as latin1. */
  readonly headers: readonly HeaderField[];
  /** Bytes of content, without framing. */
  readonly bodyBytes: number;
  /** SHA-256 of the content, in hexadecimal digits. */
  readonly sha256: string;
}

/** An answer that cannot be read. */
export class AnswerError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "AnswerError";
}

const BUFFER_BYTES = 65_536;
const MAX_LINE_BYTES = 65_536;
const MAX_FIELDS = 1_000;
const MAX_BODY_BYTES = 2 ** 30;

/**
 * Reads an answer.
 *
 * @param read gives the bytes, null at their end
 * @param method of the request: an answer to HEAD has no content
 * @throws {AnswerError} for anything that is no answer, is cut off, or is beyond 1 GiB
 */
export async function readAnswer(
  read: (buffer: Uint8Array) => Promise<number | null>,
  method: string,
): Promise<ReceivedAnswer> {
  const reader = new AnswerReader(read);
  let head = await reader.readHead();
  while (head.status < 200 && head.status !== 101) head = await reader.readHead();
  const { status, headers } = head;
  const isTunnel = method === "CONNECT" && status < 300;
  if (!(method === "HEAD" || isTunnel || isBodyless(status))) await reader.readBody(headers);
  return { status, headers: [...headers], ...reader.body };
}

class AnswerReader {
  readonly #read: (buffer: Uint8Array) => Promise<number | null>;
  readonly #lines = new LineReader();
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #hash = createHash("sha256");
  #bodyBytes = 0;

  constructor(read: (buffer: Uint8Array) => Promise<number | null>) {
    this.#read = read;
  }

  get body(): Pick<ReceivedAnswer, "bodyBytes" | "sha256"> {
    return { bodyBytes: this.#bodyBytes, sha256: this.#hash.copy().digest("hex") };
  }

  async readHead(): Promise<{ readonly status: number; readonly headers: HttpHeaders }> {
    const first = await this.#readLine();
    const [, status] = /^HTTP\/1\.[0-9] ([1-5][0-9]{2})(?: |$)/.exec(first) ?? [];
    if (status === undefined) {
      throw new AnswerError(`Cannot read the answer: expected a status line, got ${JSON.stringify(first)}`);
    }
    return { status: Number(status), headers: await this.#readFields() };
  }

  async readBody(headers: HttpHeaders): Promise<void> {
    const length = headers.get("content-length");
    if (headers.has("transfer-encoding")) await this.#readChunks();
    else if (length === undefined) await this.#takeUntilClose();
    else if (/^[0-9]{1,15}$/.test(length)) await this.#take(Number(length));
    else throw new AnswerError(`Cannot read the answer: Content-Length is ${JSON.stringify(length)}`);
  }

  async #readFields(): Promise<HttpHeaders> {
    const headers = new HttpHeaders();
    for (let line = await this.#readLine(); line !== ""; line = await this.#readLine()) {
      const colon = line.indexOf(":");
      if (colon <= 0 || headers.size === MAX_FIELDS) {
        throw new AnswerError(`Cannot read the answer: no field, or too many, at ${JSON.stringify(line)}`);
      }
      headers.appendParsed(line.slice(0, colon), trimOws(line.slice(colon + 1)));
    }
    return headers;
  }

  async #readChunks(): Promise<void> {
    for (let size = await this.#readChunkSize(); size > 0; size = await this.#readChunkSize()) {
      await this.#take(size);
      await this.#readLine();
    }
    await this.#readFields();
  }

  async #readChunkSize(): Promise<number> {
    const line = Uint8Array.from(await this.#readLine(), (character) => character.charCodeAt(0));
    return parseChunkLine(line, 0, line.length).size;
  }

  async #take(length: number): Promise<void> {
    for (let left = length; left > 0;) {
      const bytes = this.#lines.take(left);
      this.#count(bytes);
      left -= bytes.length;
      if (left > 0 && !await this.#fill()) throw cutOff();
    }
  }

  async #takeUntilClose(): Promise<void> {
    do {
      this.#count(this.#lines.take(Infinity));
    } while (await this.#fill());
  }

  #count(bytes: Uint8Array): void {
    this.#bodyBytes += bytes.length;
    if (this.#bodyBytes > MAX_BODY_BYTES) {
      throw new AnswerError(`Cannot read the answer: limit is ${MAX_BODY_BYTES} bytes`);
    }
    this.#hash.update(bytes);
  }

  /** The next line without its end; a lone LF ends one as well (RFC 9112 §2.2). */
  async #readLine(): Promise<string> {
    for (;;) {
      const result = this.#lines.next(MAX_LINE_BYTES);
      if (result === "too-long") {
        throw new AnswerError(`Cannot read the answer: line beyond ${MAX_LINE_BYTES} bytes`);
      }
      if (result === "line") {
        const { line, start, lineFeed } = this.#lines;
        return decodeLatin1(line.subarray(start, lineFeed)).replace(/\r$/, "");
      }
      if (!await this.#fill()) throw cutOff();
    }
  }

  async #fill(): Promise<boolean> {
    const count = await this.#read(this.#buffer);
    if (count === null) return false;
    this.#lines.push(this.#buffer, count);
    return true;
  }
}

function cutOff(): AnswerError {
  return new AnswerError("Cannot read the answer: it was cut off");
}

// How an answer becomes bytes: its framing (RFC 9112 §6) is decided here, whatever fields the handler set.

import { formatHttpDate } from "./date.ts";
import type { WireFields } from "./headers.ts";
import type { HttpRequest } from "./request.ts";
import type { HttpResponse } from "./response.ts";
import type { ResponseWriter } from "./response_writer.ts";
import { isBodyless, reasonPhrase } from "./status.ts";
import { type StreamFraming, writeStream } from "./streamed_response.ts";

/** Whether the connection lives on behind an answer. */
export type Persistence = "keep-alive" | "close";

// Texts up to this length are checked for ASCII by a loop and joined with the head; longer ones are encoded apart.
const MAX_JOINED_TEXT = 4_096;

const encoder = new TextEncoder();

/**
 * The fixed first lines of answers, kept for a second: status line, Date and Server.
 *
 * One per server; `serverName` is the value of the Server field, "" leaves it out.
 */
export class StatusLines {
  readonly #serverName: string;
  readonly #known = new Map<number, string>();
  #second = -1;
  #date = "";

  constructor(serverName: string) {
    this.#serverName = serverName;
  }

  /** Status line, Date and Server of an answer, less what the handler set itself. @param nowMs since 1970 */
  get(status: number, fields: WireFields, nowMs: number): string {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#date = formatHttpDate(second * 1000);
      this.#known.clear();
    }
    if (fields.hasDate || fields.hasServer) return this.#build(status, fields);
    const known = this.#known.get(status);
    if (known !== undefined) return known;
    const text = this.#build(status, fields);
    this.#known.set(status, text);
    return text;
  }

  #build(status: number, { hasDate, hasServer }: WireFields): string {
    const date = hasDate ? "" : `Date: ${this.#date}\r\n`;
    const server = hasServer || this.#serverName === "" ? "" : `Server: ${this.#serverName}\r\n`;
    return `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n${date}${server}`;
  }
}

/** What {@linkcode processResponse} needs to know beside request and answer. */
export interface ProcessResponseOptions {
  /** What the server and the client would like; an answer can still end the connection. */
  readonly persistence: Persistence;
  /** The server's first lines. */
  readonly statusLines: StatusLines;
  /** The time for Date, in milliseconds since 1970. */
  readonly nowMs: number;
}

/**
 * Puts an answer on the wire.
 *
 * Answers with known content wait in the writer, to be joined with what follows; a streamed answer is sent piece by
 * piece as the client takes it.
 *
 * @returns whether the connection lives on; promised only where content had to be waited for
 * @throws {RangeError} when a streamed answer is longer or shorter than it promised: the connection must be cut
 */
export function processResponse(
  writer: ResponseWriter,
  request: HttpRequest,
  response: HttpResponse,
  options: ProcessResponseOptions,
): Persistence | Promise<Persistence> {
  const fields = response.headers.toWire();
  const { body, status } = response;
  const persistence = fields.asksToClose ? "close" : options.persistence;
  const firstLines = options.statusLines.get(status, fields, options.nowMs) + fields.text;
  if (isBodyless(status)) {
    return add(writer, endHead(firstLines, persistence, status === 205 ? "0" : undefined), persistence);
  }
  if (body === null) return add(writer, endHead(firstLines, persistence, lengthWithoutBody(request, fields)), persistence);
  const hasContent = request.method !== "HEAD";
  if (typeof body === "string") {
    if (body.length <= MAX_JOINED_TEXT && isAscii(body)) {
      const head = endHead(firstLines, persistence, String(body.length));
      return add(writer, hasContent ? head + body : head, persistence);
    }
    return addWithBytes(writer, firstLines, persistence, encoder.encode(body), hasContent);
  }
  if (body instanceof Uint8Array) return addWithBytes(writer, firstLines, persistence, body, hasContent);
  const framing = decideStreamFraming(request, fields);
  const head = endStreamHead(firstLines, framing, persistence);
  const persistenceBehind = framing.kind === "until-close" ? "close" : persistence;
  if (!hasContent) return add(writer, head, persistenceBehind);
  return writeStream(writer, head, body, framing).then(() => persistenceBehind);
}

/** A HEAD answer without content may still tell the length that GET would have (RFC 9110 §9.3.2). */
function lengthWithoutBody(request: HttpRequest, fields: WireFields): string {
  return request.method === "HEAD" ? fields.contentLength ?? "0" : "0";
}

function endHead(firstLines: string, persistence: Persistence, length: string | undefined): string {
  const framing = length === undefined ? "" : `Content-Length: ${length}\r\n`;
  return firstLines + framing + connectionField(persistence);
}

function connectionField(persistence: Persistence): string {
  return persistence === "close" ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n";
}

function decideStreamFraming(request: HttpRequest, fields: WireFields): StreamFraming {
  const promised = fields.contentLength;
  if (promised !== undefined && /^[0-9]{1,15}$/.test(promised)) return { kind: "length", length: Number(promised) };
  return { kind: request.version === "1.1" ? "chunked" : "until-close" };
}

function endStreamHead(firstLines: string, framing: StreamFraming, persistence: Persistence): string {
  switch (framing.kind) {
    case "length":
      return endHead(firstLines, persistence, String(framing.length));
    case "chunked":
      return firstLines + "Transfer-Encoding: chunked\r\n" + connectionField(persistence);
    case "until-close":
      return endHead(firstLines, "close", undefined);
  }
}

function add(writer: ResponseWriter, text: string, persistence: Persistence): Persistence | Promise<Persistence> {
  const waiting = writer.addText(text);
  return waiting === undefined ? persistence : waiting.then(() => persistence);
}

function addWithBytes(
  writer: ResponseWriter,
  firstLines: string,
  persistence: Persistence,
  bytes: Uint8Array,
  hasContent: boolean,
): Persistence | Promise<Persistence> {
  const head = writer.addText(endHead(firstLines, persistence, String(bytes.length)));
  const content = hasContent && bytes.length > 0 ? writer.addBytes(bytes) : undefined;
  if (head === undefined && content === undefined) return persistence;
  return Promise.all([head, content]).then(() => persistence);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return false;
  }
  return true;
}

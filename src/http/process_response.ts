// How an answer becomes bytes: its framing (RFC 9112 §6) is decided here, whatever fields the handler set.

import { formatHttpDate } from "./date.ts";
import type { WireFields } from "./headers.ts";
import type { HttpRequest } from "./request.ts";
import type { HttpResponse, ResponseBody } from "./response.ts";
import type { ResponseWriter } from "./response_writer.ts";
import { isBodyless, reasonPhrase } from "./status.ts";
import { type ResponseFraming, writeStream } from "./streamed_response.ts";

/** Whether the connection lives on behind an answer. */
export type Persistence = "keep-alive" | "close";

// Texts up to this length are checked for ASCII by a loop, and encoded by one.
const MAX_PLAIN_TEXT = 4_096;

const NO_FRAMING: ResponseFraming = { kind: "none" };
const NO_CONTENT: ResponseFraming = { kind: "length", length: 0 };

const encoder = new TextEncoder();

/**
 * The first lines of answers as bytes, kept for a second: status line, Date, Server, Connection.
 *
 * One per server; `serverName` is the value of the Server field, "" leaves it out.
 */
export class FirstLines {
  readonly #serverName: string;
  readonly #known = new Map<number, Uint8Array>();
  #second = -1;
  #date = "";

  constructor(serverName: string) {
    this.#serverName = serverName;
  }

  /** The first lines of an answer, less what the handler set itself. @param nowMs since 1970 */
  get(status: number, fields: WireFields, persistence: Persistence, nowMs: number): Uint8Array {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#date = formatHttpDate(second * 1000);
      this.#known.clear();
    }
    const key = status * 8 + (persistence === "close" ? 4 : 0) + (fields.hasDate ? 2 : 0) + (fields.hasServer ? 1 : 0);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const bytes = encoder.encode(this.#build(status, fields, persistence));
    this.#known.set(key, bytes);
    return bytes;
  }

  #build(status: number, { hasDate, hasServer }: WireFields, persistence: Persistence): string {
    const date = hasDate ? "" : `Date: ${this.#date}\r\n`;
    const server = hasServer || this.#serverName === "" ? "" : `Server: ${this.#serverName}\r\n`;
    return `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n${date}${server}Connection: ${persistence}\r\n`;
  }
}

/** What {@linkcode processResponse} needs to know beside request and answer. */
export interface ProcessResponseOptions {
  /** What the server and the client would like; an answer can still end the connection. */
  readonly persistence: Persistence;
  /** The first lines of the server's answers. */
  readonly firstLines: FirstLines;
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
  const { status } = response;
  const fields = response.headers.toWire();
  const content = toContent(response);
  const framing = decideFraming(request, status, content, fields);
  const persistence = framing.kind === "until-close" || fields.asksToClose ? "close" : options.persistence;
  const firstLines = options.firstLines.get(status, fields, persistence, options.nowMs);
  const head = addHead(writer, firstLines, fields, framing);
  if (request.method === "HEAD" || content === null || framing.kind === "none") {
    return settle(persistence, head, content === null ? undefined : abandon(content));
  }
  if (typeof content === "string") return settle(persistence, head, writer.addText(content));
  if (content instanceof Uint8Array) return settle(persistence, head, writer.addBytes(content));
  return settle(persistence, head, writeStream(writer, content, framing));
}

/** A short text of ASCII is its own bytes, one a character; any other text is encoded. */
function toContent({ status, body }: HttpResponse): ResponseBody {
  if (status === 205) return null;
  if (typeof body !== "string") return body;
  return body.length <= MAX_PLAIN_TEXT && isAscii(body) ? body : encoder.encode(body);
}

function decideFraming(
  request: HttpRequest,
  status: number,
  content: ResponseBody,
  fields: WireFields,
): ResponseFraming {
  if (isBodyless(status)) return status === 205 ? NO_CONTENT : NO_FRAMING;
  const promised = fields.contentLength;
  const isPromised = promised !== undefined && /^[0-9]{1,15}$/.test(promised);
  if (content === null) {
    // RFC 9110 §9.3.2: an answer to HEAD may tell the length that GET would have.
    return request.method === "HEAD" && isPromised ? { kind: "length", length: Number(promised) } : NO_CONTENT;
  }
  if (typeof content === "string" || content instanceof Uint8Array) return { kind: "length", length: content.length };
  if (isPromised) return { kind: "length", length: Number(promised) };
  return { kind: request.version === "1.1" ? "chunked" : "until-close" };
}

function addHead(
  writer: ResponseWriter,
  firstLines: Uint8Array,
  fields: WireFields,
  framing: ResponseFraming,
): Promise<void> | undefined {
  const first = writer.addBytes(firstLines);
  const middle = fields.text === "" ? undefined : writer.addText(fields.text);
  const last = writer.addText(framingLines(framing));
  return first ?? middle ?? last;
}

function framingLines(framing: ResponseFraming): string {
  switch (framing.kind) {
    case "length":
      return `Content-Length: ${framing.length}\r\n\r\n`;
    case "chunked":
      return "Transfer-Encoding: chunked\r\n\r\n";
    case "none":
    case "until-close":
      return "\r\n";
  }
}

/** Lets go of streamed content that is not sent. */
function abandon(content: Exclude<ResponseBody, null>): Promise<void> | undefined {
  if (typeof content === "string" || content instanceof Uint8Array) return undefined;
  return content[Symbol.asyncIterator]().return?.().then(() => {});
}

function settle(
  persistence: Persistence,
  head: Promise<void> | undefined,
  content: Promise<void> | undefined,
): Persistence | Promise<Persistence> {
  if (head === undefined && content === undefined) return persistence;
  return Promise.all([head, content]).then(() => persistence);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return false;
  }
  return true;
}

import { assertEquals } from "@std/assert";
import { BufferPool } from "../../src/bytes/buffer_pool.ts";
import { type HeaderField, HttpHeaders } from "../../src/http/headers.ts";
import { processResponse } from "../../src/http/response/process_response.ts";
import { type Persistence, ResponsePreamble } from "../../src/http/response/response_preamble.ts";
import { HttpRequest } from "../../src/http/request/request.ts";
import type { HttpVersion } from "../../src/http/tokens/head/request_head.ts";
import { EMPTY_BODY } from "../../src/http/request/request_body.ts";
import { createResponse, type ResponseBody } from "../../src/http/response/response.ts";
import { type BytesSender, ResponseWriter } from "../../src/http/response/response_writer.ts";
import { textOf } from "./latin1.ts";

/** The time of all responses: half a second after the one that RFC 9110 shows. */
export const NOW_MS = Date.UTC(1994, 10, 6, 8, 49, 37, 500);

/** A client that takes everything until it goes away. */
export class FakeSink {
  readonly writes: string[] = [];
  #writesLeft: number;

  constructor(writesUntilGone: number = Infinity) {
    this.#writesLeft = writesUntilGone;
  }

  transmit(bytes: Uint8Array, sender: BytesSender): void {
    const isGone = this.#writesLeft-- <= 0;
    if (!isGone) this.writes.push(textOf(bytes));
    queueMicrotask(() => isGone ? sender.onSendFailed(new Error("the client is gone")) : sender.onSent());
  }
}

/** Streamed content that notes when it is cancelled. */
export class Pieces implements AsyncIterable<Uint8Array> {
  returned = 0;
  readonly #pieces: readonly (string | Error)[];

  constructor(...pieces: readonly (string | Error)[]) {
    this.#pieces = pieces;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    const pieces = this.#pieces[Symbol.iterator]();
    return {
      next: () => {
        const { done, value } = pieces.next();
        if (done === true) return Promise.resolve({ done, value: undefined });
        if (value instanceof Error) return Promise.reject(value);
        return Promise.resolve({ done: false, value: new TextEncoder().encode(value) });
      },
      return: () => {
        this.returned++;
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }
}

/** The request, and the response to it, with defaults for everything. */
export interface Exchange {
  readonly request?: string;
  readonly version?: HttpVersion;
  readonly status?: number;
  readonly fields?: readonly HeaderField[];
  readonly body?: ResponseBody;
  readonly persistence?: Persistence;
  readonly serverName?: string;
  readonly sink?: FakeSink;
}

/** The bytes on the wire. */
export interface Sent {
  readonly head: string;
  readonly content: string;
  readonly persistence: Persistence;
}

/** Sends one response and everything that waits after it. */
export async function send(exchange: Exchange): Promise<Sent> {
  const { request = "GET", version = "1.1", status = 200, fields = [], body = null, sink = new FakeSink() } =
    exchange;
  const writer = new ResponseWriter(sink, new BufferPool());
  const head = { method: request, target: "/", version, headers: new HttpHeaders() };
  const response = createResponse(status, body, fields);
  const persistence = await processResponse(writer, new HttpRequest(head, EMPTY_BODY), response, {
    persistence: exchange.persistence ?? "keep-alive",
    preamble: new ResponsePreamble(exchange.serverName ?? ""),
    nowMs: NOW_MS,
  });
  await writer.flush();
  const output = sink.writes.join("");
  const end = output.indexOf("\r\n\r\n");
  return { head: output.slice(0, end), content: output.slice(end + 4), persistence };
}

/** The framing of a response: its fields of framing, the content, and whether the connection lives on. */
export async function frame(exchange: Exchange): Promise<string> {
  const { head, content, persistence } = await send(exchange);
  const fields = head.split("\r\n").filter((line) => /^(content-length|transfer-encoding):/i.test(line));
  const connection = /\r\nConnection: (.*)/.exec(head)?.[1];
  assertEquals(connection, persistence);
  return `${fields.join(", ") || "-"} | ${JSON.stringify(content)} | ${persistence}`;
}

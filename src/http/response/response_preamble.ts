// The lines that every response of a server has, whatever its handler does: status line, Date, Server,
// Connection, and the fields that the server's owner wants on all responses.

import { encodeLatin1 } from "../../bytes/latin1.ts";
import { formatHttpDate } from "../date.ts";
import { checkField } from "../grammar.ts";
import type { WireFields } from "../headers.ts";
import { reasonPhrase } from "../status.ts";
import type { CommonFields } from "./common_fields.ts";
import type { JoinedHeads } from "./joined_heads.ts";

/** Whether the connection stays open after a response. */
export type Persistence = "keep-alive" | "close";

/** Options of `processResponse()`. */
export interface ProcessResponseOptions {
  /** The wish of the server and the client; a response can still end the connection. */
  readonly persistence: Persistence;
  /** The preambles of the server's responses. */
  readonly preamble: ResponsePreamble;
  /** @internal Keeps the head that is sent again and again as one array; default none. */
  readonly joined?: JoinedHeads;
  /** The time for Date, in milliseconds since 1970. */
  readonly nowMs: number;
}

// A key has 13 bits of status and flags; the bits of the common fields follow.
const FIRST_FIELD_BIT = 2 ** 13;

/**
 * The preambles of responses as bytes, kept for a second.
 *
 * One per server.
 */
export class ResponsePreamble {
  readonly #serverName: string;
  readonly #common: CommonFields | undefined;
  readonly #known = new Map<number, Uint8Array>();
  #second = -1;
  #date = "";

  /**
   * Makes the lines of a server.
   *
   * @param serverName value of the Server field; "" leaves the field out
   * @param common fields of all responses; if Server is among them, the name is left out
   * @throws {TypeError} when the name cannot go on the wire
   */
  constructor(serverName: string, common?: CommonFields) {
    checkField("Server", serverName);
    this.#serverName = common?.hasServer ? "" : serverName;
    this.#common = common;
  }

  /**
   * The preamble of a response, without the fields that the handler set itself.
   *
   * @param nowMs since 1970
   */
  get(status: number, own: WireFields, persistence: Persistence, nowMs: number): Uint8Array {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#date = formatHttpDate(second * 1000);
      this.#known.clear();
    }
    // A 426 must name the protocol that is required (RFC 9110 §15.5.22); no other response offers one.
    if (status === 426 && own.upgrade !== undefined) {
      const options = `${persistence}, upgrade\r\nUpgrade: ${own.upgrade}`;
      return encodeLatin1(this.#build(status, own, options));
    }
    const key = status * 8 + (persistence === "close" ? 4 : 0) + (own.hasDate ? 2 : 0) +
      (own.hasServer ? 1 : 0) + FIRST_FIELD_BIT * (this.#common?.replacedBits(own) ?? 0);
    let lines = this.#known.get(key);
    if (lines === undefined) {
      lines = encodeLatin1(this.#build(status, own, persistence));
      this.#known.set(key, lines);
    }
    return lines;
  }

  #build(status: number, own: WireFields, connection: string): string {
    const date = own.hasDate ? "" : `Date: ${this.#date}\r\n`;
    const server = own.hasServer || this.#serverName === "" ? "" : `Server: ${this.#serverName}\r\n`;
    const statusLine = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`;
    return `${statusLine}${date}${server}Connection: ${connection}\r\n${this.#common?.linesFor(own) ?? ""}`;
  }
}

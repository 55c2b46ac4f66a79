// The lines that every response of a server has, whatever its handler does: status line, Date, Server,
// Connection, and the fields that the server's owner wants on all responses.

import { encodeLatin1 } from "../../bytes/latin1.ts";
import { formatHttpDate } from "../date.ts";
import { checkField, equalsIgnoringCase, isFieldValue } from "../grammar.ts";
import { type HeaderField, isConnectionField, type WireFields } from "../headers.ts";
import { reasonPhrase } from "../status.ts";

/** Whether the connection stays open after a response. */
export type Persistence = "keep-alive" | "close";

/** Options of `processResponse()`. */
export interface ProcessResponseOptions {
  /** The wish of the server and the client; a response can still end the connection. */
  readonly persistence: Persistence;
  /** The first lines of the server's responses. */
  readonly preamble: ResponsePreamble;
  /** The time for Date, in milliseconds since 1970. */
  readonly nowMs: number;
}

// One bit of a key for each field: with 13 bits of status and flags they make a safe integer.
const MAX_FIELDS = 40;
const FIRST_FIELD_BIT = 2 ** 13;

/**
 * The first lines of responses as bytes, kept for a second.
 *
 * One per server.
 */
export class ResponsePreamble {
  readonly #serverName: string;
  readonly #fields: readonly HeaderField[];
  readonly #known = new Map<number, Uint8Array>();
  // The lines that were asked for last: most responses are alike.
  #lastKey = -1;
  #lastLines: Uint8Array = new Uint8Array(0);
  #second = -1;
  #date = "";

  /**
   * Makes the lines of a server.
   *
   * @param serverName value of the Server field; "" leaves the field out
   * @param fields fields of all responses. If a response has a field of the same name, its own lines stand; only
   *   lines of Vary add up (RFC 9110 §12.5.5)
   * @throws {TypeError} when the name or a field cannot go on the wire, or a field belongs to the connection or
   *   the framing (RFC 9112 §6, §9)
   * @throws {RangeError} for more than 40 fields
   */
  constructor(serverName: string, fields: readonly HeaderField[] = []) {
    if (!isFieldValue(serverName)) {
      throw new TypeError(`Cannot name the server: got ${JSON.stringify(serverName)}`);
    }
    for (const [name, value] of fields) checkResponseField(name, value);
    if (fields.length > MAX_FIELDS) {
      throw new RangeError(`Cannot set ${fields.length} fields on all responses: at most ${MAX_FIELDS}`);
    }
    this.#serverName = fields.some(([name]) => equalsIgnoringCase(name, "server")) ? "" : serverName;
    this.#fields = fields;
  }

  /**
   * The first lines of a response, without the fields that the handler set itself.
   *
   * @param nowMs since 1970
   */
  get(status: number, own: WireFields, persistence: Persistence, nowMs: number): Uint8Array {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#date = formatHttpDate(second * 1000);
      this.#known.clear();
      this.#lastKey = -1;
    }
    // A 426 must name the protocol that is required (RFC 9110 §15.5.22); no other response offers one.
    if (status === 426 && own.upgrade !== undefined) {
      const options = `${persistence}, upgrade\r\nUpgrade: ${own.upgrade}`;
      return encodeLatin1(this.#build(status, own, options));
    }
    const key = status * 8 + (persistence === "close" ? 4 : 0) + (own.hasDate ? 2 : 0) +
      (own.hasServer ? 1 : 0) + (this.#fields.length === 0 ? 0 : this.#replacedBits(own));
    if (key === this.#lastKey) return this.#lastLines;
    let lines = this.#known.get(key);
    if (lines === undefined) {
      lines = encodeLatin1(this.#build(status, own, persistence));
      this.#known.set(key, lines);
    }
    this.#lastKey = key;
    this.#lastLines = lines;
    return lines;
  }

  /** One bit for each field that the response's own take the place of. */
  #replacedBits(own: WireFields): number {
    let bits = 0;
    for (let i = 0; i < this.#fields.length; i++) {
      if (isReplaced(this.#fields[i]!, own)) bits += FIRST_FIELD_BIT * 2 ** i;
    }
    return bits;
  }

  #build(status: number, own: WireFields, connection: string): string {
    const date = own.hasDate ? "" : `Date: ${this.#date}\r\n`;
    const server = own.hasServer || this.#serverName === "" ? "" : `Server: ${this.#serverName}\r\n`;
    const fields = this.#fields.filter((field) => !isReplaced(field, own))
      .map(([name, value]) => `${name}: ${value}\r\n`).join("");
    return `HTTP/1.1 ${status} ${
      reasonPhrase(status)
    }\r\n${date}${server}Connection: ${connection}\r\n${fields}`;
  }
}

function checkResponseField(name: string, value: string): void {
  checkField(name, value);
  if (isConnectionField(name) || equalsIgnoringCase(name, "trailer") || equalsIgnoringCase(name, "date")) {
    throw new TypeError(`Cannot set ${JSON.stringify(name)} on all responses: the server sets it for each`);
  }
}

/** Whether a response has its own line in the place of a field, or the very same line of Vary. */
function isReplaced([name, value]: HeaderField, { lines }: WireFields): boolean {
  const addsUp = equalsIgnoringCase(name, "vary");
  for (let i = 0; i < lines.length; i += 2) {
    if (equalsIgnoringCase(lines[i]!, name) && (!addsUp || lines[i + 1] === value)) return true;
  }
  return false;
}

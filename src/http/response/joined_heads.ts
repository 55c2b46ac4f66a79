import { joinBytes } from "../../bytes/join_bytes.ts";
import { encodeLatin1 } from "../../bytes/latin1.ts";
import { formatLines, type WireFields } from "../headers.ts";

const CONTENT_LENGTH = encodeLatin1("Content-Length: ");
const encoder = new TextEncoder();

/**
 * Keeps the parts of responses that a server sends twice in a row as bytes: fields, a head, and a text after it.
 */
export class JoinedHeads {
  #last: WireFields | undefined;
  #encoded: WireFields | undefined;
  #preamble: Uint8Array | undefined;
  #fields: Uint8Array | undefined;
  #head: Uint8Array | undefined;
  #text: string | undefined;
  #whole: Uint8Array | undefined;

  /** The same fields; with their bytes if those of the call before were the same. */
  encoded(fields: WireFields): WireFields {
    if (fields.bytes !== undefined) return fields;
    if (this.#encoded !== undefined && areSame(this.#encoded, fields)) return this.#encoded;
    if (this.#last === undefined || !areSame(this.#last, fields)) return this.#last = fields;
    // A copy, because the owner of the fields may change them for the next response.
    const lines = fields.lines.slice();
    return this.#encoded = { ...fields, lines, bytes: encodeLatin1(formatLines(lines)) };
  }

  /**
   * A preamble, field lines, and the name of Content-Length as one array.
   *
   * @returns undefined unless they are the arrays of the call before
   */
  of(preamble: Uint8Array, fields: Uint8Array): Uint8Array | undefined {
    if (preamble === this.#preamble && fields === this.#fields) {
      return this.#head ??= joinBytes([preamble, fields, CONTENT_LENGTH]);
    }
    this.#preamble = preamble;
    this.#fields = fields;
    this.#head = undefined;
    this.#text = undefined;
    return undefined;
  }

  /**
   * A whole response with a text: the head of {@linkcode JoinedHeads.of}, and the rest.
   *
   * @param head the last one that was given
   * @returns undefined unless the text is that of the call before, with the same head
   */
  withText(head: Uint8Array, text: string): Uint8Array | undefined {
    if (text === this.#text) return this.#whole ??= joinText(head, text);
    this.#text = text;
    this.#whole = undefined;
    return undefined;
  }
}

function areSame(one: WireFields, other: WireFields): boolean {
  const { lines } = one;
  if (lines.length !== other.lines.length || one.contentLength !== other.contentLength) return false;
  if (one.upgrade !== other.upgrade || one.asksToClose !== other.asksToClose) return false;
  for (let i = 0; i < lines.length; i++) {
    if (lines[i] !== other.lines[i]) return false;
  }
  return true;
}

function joinText(head: Uint8Array, text: string): Uint8Array {
  const content = encoder.encode(text);
  return joinBytes([head, encodeLatin1(`${content.length}\r\n\r\n`), content]);
}

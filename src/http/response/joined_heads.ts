import { joinBytes } from "../../bytes/join_bytes.ts";
import { encodeLatin1 } from "../../bytes/latin1.ts";

const CONTENT_LENGTH = encodeLatin1("Content-Length: ");

/**
 * The head that a server sends again and again, up to its length, as one array: the last two parts that came twice in a
 * row are kept joined.
 */
export class JoinedHeads {
  #preamble: Uint8Array | undefined;
  #fields: Uint8Array | undefined;
  #joined: Uint8Array | undefined;

  /**
   * A preamble, field lines, and the name of Content-Length as one array.
   *
   * @returns undefined unless they are the arrays of the call before
   */
  of(preamble: Uint8Array, fields: Uint8Array): Uint8Array | undefined {
    if (preamble === this.#preamble && fields === this.#fields) {
      return this.#joined ??= joinBytes([preamble, fields, CONTENT_LENGTH]);
    }
    this.#preamble = preamble;
    this.#fields = fields;
    this.#joined = undefined;
    return undefined;
  }
}

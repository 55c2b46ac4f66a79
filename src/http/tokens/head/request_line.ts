// Judges a request line before all of it has arrived.

import { CR, SP } from "../../../bytes/ascii.ts";
import { HttpError } from "../../errors.ts";
import { BYTE_CLASSES, isToken, TCHAR } from "../../grammar.ts";
import { decodeLatin1 } from "../../../bytes/latin1.ts";

/** Judges a request line as it arrives, each byte once. */
export class RequestLineJudge {
  #judgedBytes = 0;
  #isMethodComplete = false;

  /** Starts over with the next line. */
  reset(): void {
    this.#judgedBytes = 0;
    this.#isMethodComplete = false;
  }

  /**
   * Finds the first byte that no request line can have in its place.
   *
   * @param line the line so far; longer from call to call
   * @returns its index, or -1 while the line can still become a request line
   */
  findFault(line: Uint8Array): number {
    // A lone CR may be the beginning of an empty line.
    if (line[0] === CR && line.length === 1) return -1;
    for (; !this.#isMethodComplete && this.#judgedBytes < line.length; this.#judgedBytes++) {
      const byte = line[this.#judgedBytes]!;
      if (byte === SP && this.#judgedBytes > 0) this.#isMethodComplete = true;
      else if ((BYTE_CLASSES[byte]! & TCHAR) === 0) return this.#judgedBytes;
    }
    return -1;
  }
}

/** The method at the beginning of a line, or undefined if there is none. */
export function findMethod(line: Uint8Array): string | undefined {
  const method = decodeLatin1(line.subarray(0, Math.max(0, line.indexOf(SP))));
  return isToken(method) ? method : undefined;
}

/**
 * The refusal of a request line that is too long (RFC 9112 §3): 501 if the method alone is, else 414.
 *
 * @param line its beginning
 * @param limit in bytes
 * @param offset of its first byte
 */
export function requestLineTooLong(line: Uint8Array, limit: number, offset: number): HttpError {
  return line.includes(SP)
    ? new HttpError(414, `Cannot take the request line: limit is ${limit} bytes`, {
      code: "request-line-too-long",
      offset,
    })
    : new HttpError(501, `Cannot take the method: limit is ${limit} bytes`, {
      code: "method-too-long",
      offset,
    });
}

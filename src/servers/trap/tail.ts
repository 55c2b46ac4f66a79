// `--tail`: prints each request on a terminal as it comes, with its content. No captured byte can move the
// cursor.

import { createLinesEscaper, escapeLatin1 } from "../../log/escape.ts";
import { timeOf } from "./records/request_ids.ts";
import { decodedContent, DecodingBudget } from "./store/decoded_content.ts";
import type { StoreListener } from "./store/request_store.ts";
import type { StoredRequest } from "./records/stored_request.ts";
import { decodeUtf8 } from "./records/to_record.ts";

/** Options of a tail. */
export interface TailOptions {
  /** Writes to the terminal. */
  readonly print: (text: string) => void;
  /** Whether it is a terminal: then there are colours. */
  readonly isTerminal: boolean;
  /**
   * Whether another server responds: then a complete request is printed when its response begins, which may be
   * later than it is stored.
   */
  readonly awaitsResponses: boolean;
}

// The page is for content larger than a screen or two.
const MAX_SHOWN_BYTES = 16_384;
const INDENT = "  ";

const BOLD = "1";
const DIM = "2";
const RED = "31";
const GREEN = "32";
const YELLOW = "33";

const escapeLines = createLinesEscaper(INDENT);

/** Prints every request that is added to a store. */
export class Tail implements StoreListener {
  readonly #options: TailOptions;
  // Requests without a response so far.
  readonly #waiting = new Set<StoredRequest>();

  constructor(options: TailOptions) {
    this.#options = options;
  }

  added(request: StoredRequest): void {
    const { status, facts } = request;
    if (this.#options.awaitsResponses && status === undefined && facts.end === "complete") {
      this.#waiting.add(request);
    } else {
      this.#options.print(this.#format(request));
    }
  }

  changed(request: StoredRequest): void {
    if (request.status !== undefined) this.#printWaiting([request]);
  }

  removed(requests: readonly StoredRequest[]): void {
    this.#printWaiting(requests);
  }

  cleared(): void {
    this.#printWaiting([...this.#waiting]);
  }

  #printWaiting(requests: readonly StoredRequest[]): void {
    for (const request of requests) {
      if (this.#waiting.delete(request)) this.#options.print(this.#format(request));
    }
  }

  #format(request: StoredRequest): string {
    const { facts, headers } = request;
    if (facts.tlsFailure !== undefined) {
      return `${this.#paint(DIM, timeOf(facts.id))} ${
        this.#paint(RED, `no TLS: ${escapeLatin1(facts.tlsFailure)}`)
      }\n`;
    }
    const fields = headers.map(([name, value]) =>
      `${INDENT}${this.#paint(DIM, `${escapeLatin1(name)}:`)} ${escapeLatin1(value)}\n`
    );
    const parts = [...fields, this.#formatFault(request), this.#formatContent(request)];
    return `${this.#formatLine(request)}\n${parts.join("")}\n`;
  }

  #formatLine({ answer, facts, fault, status, hasErrors }: StoredRequest): string {
    const { method, target, signature } = facts;
    const line = `${escapeLatin1(method || "?")} ${escapeLatin1(target || "?")}`;
    const verdict = fault !== null
      ? this.#paint(RED, fault)
      : hasErrors
      ? this.#paint(YELLOW, "rule broken")
      : this.#paint(GREEN, "ok");
    const broken = answer?.wire === undefined ? "" : ` (${answer.wire})`;
    const signed = signature === undefined ? "" : ` ${signature.scheme} ${signature.verdict}`;
    return `${this.#paint(DIM, timeOf(facts.id))} ${this.#paint(BOLD, line)} ${
      status ?? "-"
    }${broken} ${verdict}${signed}`;
  }

  /** The rule that the request breaks, and its bytes if there was no head to show. */
  #formatFault({ facts, wire }: StoredRequest): string {
    if (facts.malformed === undefined) return "";
    const { offset, rule } = facts.malformed;
    const reason = `${INDENT}${this.#paint(RED, `${escapeLatin1(rule)}, at byte ${offset}`)}\n`;
    return facts.headBytes > 0 ? reason : `${reason}${this.#formatBytes(wire.kept, wire.length)}`;
  }

  /** The content, decoded if its coding is known. */
  #formatContent({ facts, headers, body }: StoredRequest): string {
    if (facts.bodyBytes === 0) return "";
    const isWhole = body.length === facts.bodyBytes;
    const plain = isWhole ? decodedContent(headers, body, new DecodingBudget()) : undefined;
    const decoded = plain ?? body;
    return this.#formatBytes(decoded, decoded === body ? facts.bodyBytes : decoded.length);
  }

  #formatBytes(bytes: Uint8Array, total: number): string {
    const shown = bytes.subarray(0, MAX_SHOWN_BYTES);
    const more = total - shown.length;
    const note = more > 0 ? `${INDENT}${this.#paint(DIM, `(and ${more} bytes more)`)}\n` : "";
    // A cut may go through a character.
    const isText = decodeUtf8(shown.subarray(0, more > 0 ? lastBoundary(shown) : shown.length)) !== undefined;
    if (!isText) return `\n${INDENT}${this.#paint(DIM, `(${total} bytes that are no text)`)}\n`;
    return `\n${INDENT}${escapeLines(shown)}\n${note}`;
  }

  #paint(code: string, text: string): string {
    return this.#options.isTerminal ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}

/** The offset up to which all characters of UTF-8 are certainly whole. */
function lastBoundary(bytes: Uint8Array): number {
  let at = bytes.length;
  while (at > 0 && (bytes[at - 1]! & 0xc0) === 0x80) at--;
  return Math.max(0, at - 1);
}

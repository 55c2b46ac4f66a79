// Replies as the client reads them: a status line, rows, an empty line.

import { LineDecoder } from "../../../bytes/line_decoder.ts";
import { ClientProtocolError } from "./client_errors.ts";

// A row is a key of up to a line's length, two numbers and two spaces.
const MAX_ROW_BYTES = 65_536 + 128;

/** Takes one reply. */
export interface ReplyTarget {
  /**
   * A row of an `ok`; the bytes are valid only during the call.
   *
   * @throws {ClientProtocolError} when it is malformed
   */
  addRow(line: Uint8Array): void;
  /** The reply was an `ok`, and this is its end. */
  finish(): void;
  /** The reply was an `error`, and this is its end. @param reason in the server's words */
  refuse(reason: string): void;
}

/** Hands the lines of replies to the waiting calls, in any split of the bytes. */
export class ReplyReader {
  readonly #lines = new LineDecoder({ maxLineBytes: MAX_ROW_BYTES });
  readonly #text = new TextDecoder("utf-8", { ignoreBOM: true });
  #status: "ok" | "error" | undefined;
  #reason = "";

  /** Whether a reply has begun and not ended. */
  get isInReply(): boolean {
    return this.#status !== undefined || this.#lines.hasPartialLine;
  }

  /**
   * Takes the next bytes.
   *
   * @param waiting the calls that wait for replies, in order; each is removed once it has its reply
   * @throws {ClientProtocolError} when the bytes are not replies of the protocol, or no call waits for one
   */
  push(bytes: Uint8Array, waiting: ReplyTarget[]): void {
    for (const line of this.#lines.push(bytes)) {
      if (line.kind === "too-long") throw new ClientProtocolError("Cannot read a reply: a line is too long");
      const [target] = waiting;
      if (target === undefined) throw new ClientProtocolError("Cannot read a reply: nothing was asked");
      if (this.#status === undefined) this.#status = this.#readStatus(line.bytes);
      else if (line.bytes.length === 0) this.#finish(waiting);
      else if (this.#status === "error") this.#reason = this.#text.decode(line.bytes);
      else target.addRow(line.bytes);
    }
  }

  #readStatus(line: Uint8Array): "ok" | "error" {
    const status = this.#text.decode(line);
    if (status === "ok" || status === "error") return status;
    throw new ClientProtocolError(
      `Cannot read a reply: expected ok or error, got "${status.slice(0, 80)}"`,
    );
  }

  #finish(waiting: ReplyTarget[]): void {
    const target = waiting.shift()!;
    const reason = this.#reason;
    const status = this.#status;
    this.#status = undefined;
    this.#reason = "";
    if (status === "ok") target.finish();
    else target.refuse(reason);
  }
}

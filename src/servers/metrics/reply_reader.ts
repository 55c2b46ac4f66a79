// Replies as the client reads them: a status line, rows, an empty line.

import { LineDecoder } from "../../bytes/line_decoder.ts";
import { ClientProtocolError } from "./client_errors.ts";
import { isKey } from "./key_rules.ts";
import { parsePythonFloat } from "./python_float.ts";
import { parsePythonInt } from "./python_int.ts";

const SPACE = 0x20;

// A row is a key of up to a line's length, two numbers and two spaces.
const MAX_ROW_BYTES = 65_536 + 128;

/** Samples by key; the pairs of a key are `[timestamp in seconds, value]` in ascending order of time. */
export type MetricsRows = Map<string, [number, number][]>;

/** One reply: the rows of an `ok`, or the reason of an `error`. */
export type MetricsReply =
  | { readonly kind: "ok"; readonly rows: MetricsRows }
  | { readonly kind: "error"; readonly reason: string };

/** Makes replies from bytes, however they were split. */
export class ReplyReader {
  readonly #lines = new LineDecoder({ maxLineBytes: MAX_ROW_BYTES });
  readonly #text = new TextDecoder("utf-8", { ignoreBOM: true });
  #status: "ok" | "error" | undefined;
  #rows: MetricsRows = new Map();
  #reason = "";

  /**
   * Takes the next bytes and gives the replies that are complete now.
   *
   * @throws {ClientProtocolError} when the bytes are no replies of the protocol
   */
  *push(bytes: Uint8Array): Generator<MetricsReply> {
    for (const line of this.#lines.push(bytes)) {
      if (line.kind === "too-long") throw new ClientProtocolError("Cannot read a reply: a line is too long");
      if (this.#status === undefined) this.#readStatus(line.bytes);
      else if (line.bytes.length === 0) yield this.#finish(this.#status);
      else if (this.#status === "error") this.#reason = this.#text.decode(line.bytes);
      else this.#readRow(line.bytes);
    }
  }

  #readStatus(line: Uint8Array): void {
    const status = this.#text.decode(line);
    if (status !== "ok" && status !== "error") {
      throw new ClientProtocolError(
        `Cannot read a reply: expected ok or error, got "${status.slice(0, 80)}"`,
      );
    }
    this.#status = status;
  }

  #readRow(line: Uint8Array): void {
    const timestampAt = line.lastIndexOf(SPACE) + 1;
    const valueAt = line.lastIndexOf(SPACE, timestampAt - 2) + 1;
    const value = parsePythonFloat(line, valueAt, timestampAt - 1);
    const timestamp = parsePythonInt(line, timestampAt, line.length);
    if (!isKey(line, 0, valueAt - 1) || value === undefined || timestamp === undefined) {
      const text = this.#text.decode(line).slice(0, 80);
      throw new ClientProtocolError(
        `Cannot read a reply: expected a key, a value and a timestamp, got "${text}"`,
      );
    }
    const key = this.#text.decode(line.subarray(0, valueAt - 1));
    const samples = this.#rows.get(key);
    if (samples === undefined) this.#rows.set(key, [[timestamp, value]]);
    else samples.push([timestamp, value]);
  }

  #finish(status: "ok" | "error"): MetricsReply {
    this.#status = undefined;
    if (status === "error") {
      const reason = this.#reason;
      this.#reason = "";
      return { kind: "error", reason };
    }
    const rows = this.#rows;
    this.#rows = new Map();
    // Our server sends them in order; others that speak the protocol need not.
    for (const samples of rows.values()) samples.sort((a, b) => a[0] - b[0]);
    return { kind: "ok", rows };
  }
}

import { isKey } from "../protocol/key_rules.ts";
import { parsePythonFloat } from "../protocol/python_float.ts";
import { parsePythonInt } from "../protocol/python_int.ts";
import { ClientProtocolError } from "./client_errors.ts";

const SPACE = 0x20;

/** One sample of a reply. */
export interface MetricsRow {
  /** The key. */
  readonly key: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  /** The value. */
  readonly value: number;
}

/** Samples by key; the pairs of a key are `[timestamp in seconds, value]` in ascending order of time. */
export type MetricsRows = Map<string, [number, number][]>;

/** Reads rows. Consecutive rows mostly have the same key, which is decoded once. */
export class RowDecoder {
  readonly #text = new TextDecoder("utf-8", { ignoreBOM: true });
  #keyBytes = new Uint8Array(0);
  #key = "";

  /** Reads a row. @throws {ClientProtocolError} when it is malformed */
  decode(line: Uint8Array): MetricsRow {
    const timestampAt = line.lastIndexOf(SPACE) + 1;
    const valueAt = line.lastIndexOf(SPACE, timestampAt - 2) + 1;
    const value = parsePythonFloat(line, valueAt, timestampAt - 1);
    const timestamp = parsePythonInt(line, timestampAt, line.length);
    if (value === undefined || timestamp === undefined || valueAt === 0) throw this.#reject(line);
    return { key: this.decodeKey(line.subarray(0, valueAt - 1)), timestamp, value };
  }

  /** Reads a key alone. @throws {ClientProtocolError} when it is malformed */
  decodeKey(bytes: Uint8Array): string {
    if (isSame(bytes, this.#keyBytes) && bytes.length > 0) return this.#key;
    if (!isKey(bytes, 0, bytes.length)) throw this.#reject(bytes);
    this.#keyBytes = bytes.slice();
    return this.#key = this.#text.decode(bytes);
  }

  #reject(line: Uint8Array): ClientProtocolError {
    const text = this.#text.decode(line).slice(0, 80);
    return new ClientProtocolError(
      `Cannot read a reply: expected a key, a value and a timestamp, got "${text}"`,
    );
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

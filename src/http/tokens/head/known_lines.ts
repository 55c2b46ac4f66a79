import { areSameBytes } from "../../../bytes/same_bytes.ts";
import { equalsIgnoringCase } from "../../grammar.ts";

const LINES = 256;
const MAX_LINE_BYTES = 128;
// The farthest byte that chooses the place of a line. Shorter lines are read as quickly as they are found.
const LAST_CHOOSING_BYTE = 12;
const SECRETS = ["authorization", "proxy-authorization", "cookie"];

/** A field line that was read. */
export interface FieldLine {
  /** The name as sent. */
  readonly name: string;
  /** The value without OWS. */
  readonly value: string;
  /** The number of its bytes, CRLF included. */
  readonly length: number;
}

/**
 * Field lines that have come before, for all connections of a server.
 *
 * Clients send most of their lines again and again, and comparing one takes a quarter of the time of reading it. A
 * memo of a pure function: its content changes no result. It is bounded, and knows no line that is a secret by its
 * name.
 */
export class KnownLines {
  readonly #lines: (FieldLine | undefined)[] = new Array(LINES).fill(undefined);
  readonly #view = new DataView(new ArrayBuffer(LINES * MAX_LINE_BYTES));

  /** The line that begins at an index; undefined if it is not known. @param limit index after the last byte */
  find(view: DataView, at: number, limit: number): FieldLine | undefined {
    if (at + LAST_CHOOSING_BYTE >= limit) return undefined;
    const place = placeOf(view, at);
    const line = this.#lines[place];
    if (line === undefined || at + line.length > limit) return undefined;
    const known = { view: this.#view, at: place * MAX_LINE_BYTES };
    return areSameBytes({ view, at }, known, line.length) ? line : undefined;
  }

  /** Remembers the line that begins at an index, in the place of another one. */
  add(view: DataView, at: number, line: FieldLine): void {
    const { length, name } = line;
    if (length <= LAST_CHOOSING_BYTE || length > MAX_LINE_BYTES) return;
    if (SECRETS.some((secret) => equalsIgnoringCase(secret, name))) return;
    const place = placeOf(view, at);
    const start = place * MAX_LINE_BYTES;
    for (let i = 0; i < length; i++) this.#view.setUint8(start + i, view.getUint8(at + i));
    this.#lines[place] = line;
  }
}

/** The place of a line: these bytes distinguish the usual names. */
function placeOf(view: DataView, at: number): number {
  const near = view.getUint8(at) * 31 + view.getUint8(at + 4) * 7 + view.getUint8(at + 7) * 67;
  return (near + view.getUint8(at + 10) * 131 + view.getUint8(at + LAST_CHOOSING_BYTE) * 257) & (LINES - 1);
}

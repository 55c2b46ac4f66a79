import { areSameBytes } from "../../../bytes/same_bytes.ts";
import { HttpHeaders } from "../../headers.ts";
import type { LineReader } from "../line_reader.ts";
import type { FieldLine, KnownLines } from "./known_lines.ts";
import type { RequestHead } from "./request_head.ts";

/** A head that was read. */
export interface KeptHead {
  /** The head; its fields may have changed since. */
  readonly head: RequestHead;
  /** Its fields: name, value, name, value ... */
  readonly entries: string[];
  /** The number of its bytes. */
  readonly length: number;
  /** The offset of its first byte from the first byte of the connection. */
  offset: number;
}

const NOTHING = new DataView(new ArrayBuffer(0));

/**
 * Spares a connection the reading of bytes that have come before: a head that is the same as the last one, as in most
 * pipelines, and the field lines that its server knows.
 */
export class HeadMemory {
  readonly #lines: KnownLines;
  #bytes: Uint8Array | undefined;
  // The same bytes, to be compared.
  #view: DataView = NOTHING;
  #last: KeptHead | undefined;

  /** @param lines the lines that other connections have sent */
  constructor(lines: KnownLines) {
    this.#lines = lines;
  }

  /** Remembers a head as the last one. */
  keep(head: KeptHead): void {
    this.#last = head;
  }

  /**
   * Reads the next head if it has the bytes of the last one, which lies in front of it in the same array, and moves
   * the reader to its end.
   */
  repeat(reader: LineReader): RequestHead | undefined {
    const last = this.#last;
    if (last === undefined) return undefined;
    const { pushed, position, limit, offset } = reader;
    const { head, entries, length } = last;
    const lastPosition = position - (offset - last.offset);
    if (lastPosition < 0 || position + length > limit) return undefined;
    const view = this.#viewOf(pushed);
    if (!areSameBytes({ view, at: position }, { view, at: lastPosition }, length)) return undefined;
    last.offset = offset;
    reader.position += length;
    // Naming them takes a third of the time of a spread (Deno 2.9.6).
    const { method, target, version } = head;
    return { method, target, version, headers: HttpHeaders.ofParsed(entries) };
  }

  /** The line that begins at an index; undefined if it is not known. @param limit index after the last byte */
  findLine(bytes: Uint8Array, at: number, limit: number): FieldLine | undefined {
    return this.#lines.find(this.#viewOf(bytes), at, limit);
  }

  /** Has the server remember the line that begins at an index. */
  addLine(bytes: Uint8Array, at: number, line: FieldLine): void {
    this.#lines.add(this.#viewOf(bytes), at, line);
  }

  #viewOf(bytes: Uint8Array): DataView {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    return this.#view;
  }

  /** Lets go of the last array. */
  release(): void {
    this.#bytes = undefined;
    this.#view = NOTHING;
  }
}

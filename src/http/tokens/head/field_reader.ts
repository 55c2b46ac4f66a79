import { HttpError, type HttpErrorCode } from "../../errors.ts";
import { checkFieldValue, findCarriageReturn, findColon, skipOws, skipOwsBackwards } from "./head.ts";
import type { LineReader } from "../line_reader.ts";
import { decodeLatin1 } from "../../../bytes/latin1.ts";
import type { TextWindow } from "./text_window.ts";
import type { FieldToken } from "../tokens.ts";

/** Reads the lines of a header section or of a trailer section, one at a time. */
export class FieldReader {
  /** Name of the field that was read last, as sent. */
  name = "";
  /** Its value without OWS, bytes seen as latin1. */
  value = "";
  readonly #reader: LineReader;
  readonly #text: TextWindow;

  constructor(reader: LineReader, text: TextWindow) {
    this.#reader = reader;
    this.#text = text;
  }

  /**
   * The index of the CR that ends the reader's line.
   *
   * @throws {HttpError} 400 for a bare LF (RFC 9112 §2.2)
   */
  lineEnd(code: HttpErrorCode = "bad-field"): number {
    const { line, start, lineFeed } = this.#reader;
    const end = findCarriageReturn(line, start, lineFeed);
    if (end >= 0) return end;
    throw new HttpError(400, "Cannot read a line: LF without CR", {
      code,
      offset: this.#reader.offsetOf(lineFeed),
    });
  }

  /**
   * Reads the reader's line into name and value.
   *
   * @param end index of the CR that ends the line
   * @throws {HttpError} 400 if it is not a field
   */
  parse(end: number): void {
    const { line, start } = this.#reader;
    try {
      const colon = findColon(line, start, end);
      const valueStart = skipOws(line, colon + 1, end);
      const valueEnd = skipOwsBackwards(line, valueStart, end);
      const isAscii = checkFieldValue(line, valueStart, valueEnd);
      this.name = this.#text.ascii(line, start, colon);
      this.value = isAscii
        ? this.#text.ascii(line, valueStart, valueEnd)
        : decodeLatin1(line.subarray(valueStart, valueEnd));
      if (!isAscii) this.#text.clear();
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      throw error.at(this.#reader.offsetOf(error.offset ?? start));
    }
  }

  /** The field that was read last, as a token. */
  toToken(kind: "field" | "trailer"): FieldToken {
    const { lineOffset, offset } = this.#reader;
    return { kind, name: this.name, value: this.value, start: lineOffset, end: offset };
  }
}

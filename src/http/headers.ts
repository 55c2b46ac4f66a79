import { encodeLatin1 } from "../bytes/latin1.ts";
import { checkField, equalsIgnoringCase, splitList } from "./grammar.ts";

/** A field of a message: name as sent, value without the white space around it, bytes seen as latin1. */
export type HeaderField = readonly [name: string, value: string];

const NO_ENTRIES: string[] = [];
const NO_FIELDS: readonly HeaderField[] = [];

/**
 * The fields of one message, in order, with their original spelling (RFC 9110 §5).
 *
 * Names are compared without case. Nothing is merged: a field that was sent twice is there twice.
 */
export class HttpHeaders {
  // Flat [name, value, name, value ...]: one array per message instead of one per field.
  #entries: string[] = NO_ENTRIES;
  // Whether others have the same array: then it is copied before it is changed.
  #isShared = true;
  #wire: OwnWireFields | undefined;

  /**
   * Makes a set of fields.
   *
   * @throws {TypeError} when a name is not a token or a value holds CR, LF, NUL or another control
   */
  constructor(fields: Iterable<HeaderField> = NO_FIELDS) {
    // Iterators cost more than all the rest here.
    const list = Array.isArray(fields) ? fields : [...fields];
    for (let i = 0; i < list.length; i++) this.append(list[i][0], list[i][1]);
  }

  /**
   * Makes fields of a head with checked grammar.
   *
   * @param entries name, value, name, value ...; never changed, as other heads may share them
   */
  static ofParsed(entries: string[]): HttpHeaders {
    const headers = new HttpHeaders();
    headers.#entries = entries;
    return headers;
  }

  /**
   * Makes a copy, for the price of one object. Both share their encoded lines until one of them is changed.
   */
  clone(): HttpHeaders {
    const copy = new HttpHeaders();
    // Fields that are copied twice are copied again: the third copy has them encoded.
    copy.#wire = this.#isShared ? this.toWire() : this.#wire;
    this.#isShared = true;
    copy.#entries = this.#entries;
    return copy;
  }

  /** The number of field lines. */
  get size(): number {
    return this.#entries.length / 2;
  }

  /**
   * Adds a field line after the others.
   *
   * @throws {TypeError} when the name is not a token or the value holds CR, LF, NUL or another control
   *   (RFC 9110 §5.5)
   */
  append(name: string, value: string): void {
    checkField(name, value);
    this.appendParsed(name, value);
  }

  /** Adds a field line with a grammar that the tokenizer has checked already. */
  appendParsed(name: string, value: string): void {
    if (this.#isShared) this.#own();
    this.#entries.push(name, value);
    this.#wire = undefined;
  }

  /** Replaces all lines of this name by one. @throws {TypeError} like {@linkcode HttpHeaders.append} */
  set(name: string, value: string): void {
    this.delete(name);
    this.append(name, value);
  }

  /** Removes all lines of this name. */
  delete(name: string): void {
    if (this.#isShared) this.#own();
    const entries = this.#entries;
    for (let i = entries.length - 2; i >= 0; i -= 2) {
      if (equalsIgnoringCase(entries[i]!, name)) entries.splice(i, 2);
    }
    this.#wire = undefined;
  }

  #own(): void {
    this.#entries = this.#entries.slice();
    this.#isShared = false;
  }

  /** The value of the first line of this name. */
  get(name: string): string | undefined {
    const entries = this.#entries;
    for (let i = 0; i < entries.length; i += 2) {
      if (equalsIgnoringCase(entries[i]!, name)) return entries[i + 1];
    }
    return undefined;
  }

  /** Whether there is a line of this name. */
  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** The number of lines of this name. */
  count(name: string): number {
    return this.getAll(name).length;
  }

  /**
   * Looks up the lines that decide how a message is handled, all in one pass. Every head needs them.
   *
   * @returns a field is undefined if it is missing, and null if it occurs more than once
   */
  framing(): FramingFields {
    const entries = this.#entries;
    let host: string | null | undefined;
    let contentLength: string | null | undefined;
    let hasTransferEncoding = false;
    for (let i = 0; i < entries.length; i += 2) {
      const name = entries[i]!;
      // The length distinguishes most names without a look at them.
      if (name.length === 4 && equalsIgnoringCase(name, "host")) {
        host = host === undefined ? entries[i + 1]! : null;
      } else if (name.length === 14 && equalsIgnoringCase(name, "content-length")) {
        contentLength = contentLength === undefined ? entries[i + 1]! : null;
      } else if (name.length === 17 && equalsIgnoringCase(name, "transfer-encoding")) {
        hasTransferEncoding = true;
      }
    }
    return { host, contentLength, hasTransferEncoding };
  }

  /** The values of all lines of this name, in order. */
  getAll(name: string): string[] {
    const values: string[] = [];
    const entries = this.#entries;
    for (let i = 0; i < entries.length; i += 2) {
      if (equalsIgnoringCase(entries[i]!, name)) values.push(entries[i + 1]!);
    }
    return values;
  }

  /** The members of a list-valued field over all its lines (RFC 9110 §5.6.1), empty ones left out. */
  getList(name: string): string[] {
    return this.getAll(name).flatMap(splitList);
  }

  /** Name and value of each line, in order. */
  *[Symbol.iterator](): IterableIterator<HeaderField> {
    for (let i = 0; i < this.#entries.length; i += 2) yield [this.#entries[i]!, this.#entries[i + 1]!];
  }

  /** The lines as they are sent in a response; kept until the next change. */
  toWire(): WireFields {
    if (this.#wire === undefined) this.#wire = summarize(this.#entries);
    else this.#wire.bytes ??= encodeLatin1(formatLines(this.#wire.lines));
    return this.#wire;
  }
}

/** The fields that {@linkcode HttpHeaders.framing} finds. */
export interface FramingFields {
  /** The value of Host; null if there are several. */
  readonly host: string | null | undefined;
  /** The value of Content-Length; null if there are several. */
  readonly contentLength: string | null | undefined;
  /** Whether there is a Transfer-Encoding. */
  readonly hasTransferEncoding: boolean;
}

/** The fields of a response, apart from those that the server sets itself. */
export interface WireFields {
  /**
   * Name, value, name, value ..., without Connection, Content-Length, Transfer-Encoding, Keep-Alive and
   * Upgrade.
   */
  readonly lines: readonly string[];
  /**
   * The same as bytes, each line ended by CRLF; undefined until the second use, because most are sent once.
   */
  readonly bytes: Uint8Array | undefined;
  /** The value of Content-Length. */
  readonly contentLength: string | undefined;
  /** The value of Upgrade. */
  readonly upgrade: string | undefined;
  /** Whether a Connection field lists `close`. */
  readonly asksToClose: boolean;
  /** Whether there is a Date. */
  readonly hasDate: boolean;
  /** Whether there is a Server. */
  readonly hasServer: boolean;
}

/** The same with bytes that are filled in at the second use. */
type OwnWireFields = WireFields & { bytes: Uint8Array | undefined };

function summarize(entries: readonly string[]): OwnWireFields {
  let contentLength: string | undefined;
  let upgrade: string | undefined;
  let asksToClose = false;
  let hasDate = false;
  let hasServer = false;
  // The same array if nothing has to be left out.
  let lines = entries;
  for (let i = 0; i < entries.length; i += 2) {
    const name = entries[i]!;
    const value = entries[i + 1]!;
    if (equalsIgnoringCase(name, "date")) hasDate = true;
    else if (equalsIgnoringCase(name, "server")) hasServer = true;
    else if (isConnectionField(name)) {
      if (lines === entries) lines = entries.filter((_, index) => !isConnectionField(entries[index & ~1]!));
      if (equalsIgnoringCase(name, "content-length")) contentLength = value;
      if (equalsIgnoringCase(name, "upgrade")) upgrade = value;
      if (equalsIgnoringCase(name, "connection")) asksToClose ||= listsToken(value, "close");
    }
  }
  return { lines, bytes: undefined, contentLength, upgrade, asksToClose, hasDate, hasServer };
}

/** Whether a field belongs to the connection or the framing, so that only the server can know its value. */
export function isConnectionField(name: string): boolean {
  return equalsIgnoringCase(name, "content-length") || equalsIgnoringCase(name, "connection") ||
    equalsIgnoringCase(name, "transfer-encoding") || equalsIgnoringCase(name, "keep-alive") ||
    equalsIgnoringCase(name, "upgrade");
}

/** Field lines as they are sent. @param lines name, value, name, value ... */
export function formatLines(lines: readonly string[]): string {
  let text = "";
  for (let i = 0; i < lines.length; i += 2) text += `${lines[i]}: ${lines[i + 1]}\r\n`;
  return text;
}

/** Whether a list holds a token, ASCII letters without case (RFC 9110 §5.6.1). */
export function listsToken(value: string, token: string): boolean {
  return equalsIgnoringCase(value, token) ||
    splitList(value).some((member) => equalsIgnoringCase(member, token));
}

import { checkField, equalsIgnoringCase } from "../grammar.ts";
import { type HeaderField, isConnectionField, type WireFields } from "../headers.ts";

// A set of replaced fields is a number with a bit for each: together with the 13 bits of a preamble's key it
// is safe.
const MAX_FIELDS = 40;

/** The fields that a server's owner wants on all of its responses. */
export class CommonFields {
  /** Whether Server is among them. */
  readonly hasServer: boolean;
  readonly #fields: readonly HeaderField[];

  /**
   * Checks the fields.
   *
   * @param fields if a response has a field of the same name, its own lines count; only lines of Vary add up
   *   (RFC 9110 §12.5.5)
   * @throws {TypeError} when a field cannot go on the wire, or belongs to the connection or the framing
   *   (RFC 9112 §6, §9)
   * @throws {RangeError} for more than 40 fields
   */
  constructor(fields: readonly HeaderField[]) {
    for (const [name, value] of fields) checkCommonField(name, value);
    if (fields.length > MAX_FIELDS) {
      throw new RangeError(`Cannot set ${fields.length} fields on all responses: at most ${MAX_FIELDS}`);
    }
    this.hasServer = fields.some(([name]) => equalsIgnoringCase(name, "server"));
    this.#fields = fields;
  }

  /** A bit for each field that is replaced by the response's own. @param own the fields of the response */
  replacedBits(own: WireFields): number {
    let bits = 0;
    for (let i = 0; i < this.#fields.length; i++) {
      if (isReplaced(this.#fields[i]!, own)) bits += 2 ** i;
    }
    return bits;
  }

  /** The lines of the fields that are not replaced. @param own the fields of the response */
  linesFor(own: WireFields): string {
    return this.#fields.filter((field) => !isReplaced(field, own))
      .map(([name, value]) => `${name}: ${value}\r\n`).join("");
  }
}

function checkCommonField(name: string, value: string): void {
  checkField(name, value);
  if (isConnectionField(name) || equalsIgnoringCase(name, "trailer") || equalsIgnoringCase(name, "date")) {
    throw new TypeError(`Cannot set ${JSON.stringify(name)} on all responses: the server sets it for each`);
  }
}

/** Whether a response has its own line in place of a field, or the very same line of Vary. */
function isReplaced([name, value]: HeaderField, { lines }: WireFields): boolean {
  const addsUp = equalsIgnoringCase(name, "vary");
  for (let i = 0; i < lines.length; i += 2) {
    if (equalsIgnoringCase(lines[i]!, name) && (!addsUp || lines[i + 1] === value)) return true;
  }
  return false;
}

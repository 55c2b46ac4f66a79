import { decodeParameter, type Parameter } from "../records/parameters.ts";
import type { HeaderField } from "../../../http/headers.ts";

/** The parts of a request that rules read. */
export interface RuleRequestParts {
  /** The id. */
  readonly id: string;
  /** The method as sent. */
  readonly method: string;
  /** The target as sent. */
  readonly target: string;
  /** The path as sent. */
  readonly path: string;
  /** The bin, with `--bins`. */
  readonly bin: string | undefined;
  /** The parameters as sent. */
  readonly parameters: readonly Parameter[];
  /** The fields, bytes seen as latin1. */
  readonly headers: readonly HeaderField[];
  /** The kept part of the content; read only if a rule needs it. */
  readonly content: () => Uint8Array;
}

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** A request for rules and templates: texts decoded as UTF-8. */
export class RuleRequest {
  /** The parts of the path for the names of the rule's pattern. */
  pathNames: ReadonlyMap<string, string> = NO_NAMES;
  readonly #parts: RuleRequestParts;
  #text: string | undefined;
  #json: { readonly value: unknown } | undefined;

  constructor(parts: RuleRequestParts) {
    this.#parts = parts;
  }

  /** The id. */
  get id(): string {
    return this.#parts.id;
  }

  /** The method as sent. */
  get method(): string {
    return this.#parts.method;
  }

  /** The target as sent. */
  get target(): string {
    return this.#parts.target;
  }

  /** The path as sent. */
  get path(): string {
    return this.#parts.path;
  }

  /** The bin, with `--bins`. */
  get bin(): string | undefined {
    return this.#parts.bin;
  }

  /** Whether it is a preflight of a browser (Fetch standard, CORS-preflight request). */
  get isPreflight(): boolean {
    return this.method === "OPTIONS" && this.headerValues("access-control-request-method").length > 0;
  }

  /** The decoded values of the parameters of a decoded name. */
  queryValues(name: string): string[] {
    return this.#parts.parameters
      .map(([parameter, value]) => [decodeText(decodeParameter(parameter)), value] as const)
      .filter(([parameter]) => parameter === name)
      .map(([, value]) => decodeText(decodeParameter(value)));
  }

  /** The values of the fields of a name, in upper or lower case. */
  headerValues(name: string): string[] {
    const wanted = name.toLowerCase();
    return this.#parts.headers
      .filter(([field]) => field.toLowerCase() === wanted)
      .map(([, value]) => decodeText(value));
  }

  /** The content as text. */
  text(): string {
    return this.#text ??= new TextDecoder().decode(this.#parts.content());
  }

  /** The content as JSON; undefined when it is not JSON. */
  json(): unknown {
    this.#json ??= { value: parseJson(this.text()) };
    return this.#json.value;
  }
}

function decodeText(latin1: string): string {
  // Most texts are ASCII.
  if (!/[\u0080-\uffff]/.test(latin1)) return latin1;
  return new TextDecoder().decode(Uint8Array.from(latin1, (character) => character.charCodeAt(0)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

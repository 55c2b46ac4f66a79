import { escape } from "@std/html";
import { BytePieces } from "../../bytes/byte_pieces.ts";

const encoder = new TextEncoder();

/** Markup that may stand in a document as it is. Other text becomes markup only through {@linkcode html}. */
export class Html {
  readonly #parts: readonly (string | EncodedMarkup)[];

  /** Vouches for the markup: written by us, or escaped; never text from a client. */
  constructor(...parts: readonly (string | EncodedMarkup)[]) {
    this.#parts = parts;
  }

  /** The parts in order: text, and markup that has been encoded once for all documents. */
  get parts(): readonly (string | EncodedMarkup)[] {
    return this.#parts;
  }

  /** The markup as text. */
  get markup(): string {
    return this.#parts.map((part) => typeof part === "string" ? part : part.markup).join("");
  }

  /** The markup in UTF-8. Parts that never change are encoded once, and shared by all documents. */
  encode(): BytePieces {
    return new BytePieces(
      this.#parts.map((part) => typeof part === "string" ? encoder.encode(part) : part.bytes),
    );
  }
}

/** Markup that never changes, with its bytes. */
export class EncodedMarkup {
  /** The markup as text. */
  readonly markup: string;
  /** The same in UTF-8. */
  readonly bytes: Uint8Array;

  /** Encodes the markup. */
  constructor(markup: string) {
    this.markup = markup;
    this.bytes = encoder.encode(markup);
  }
}

/** Encodes markup that many documents share, so that it is encoded only once. */
export function encodeOnce(content: Html): Html {
  return new Html(new EncodedMarkup(content.markup));
}

/** A value between the literal parts of an {@linkcode html} template. */
export type HtmlValue = string | number | Html | readonly Html[];

/**
 * Builds markup from a template: literal parts stay, values are escaped, {@linkcode Html} is taken as it is.
 *
 * So escaping cannot be forgotten; attribute values must stand in quotes.
 */
export function html(literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const parts: (string | EncodedMarkup)[] = [];
  let text = literals[0]!;
  const add = (content: Html): void => {
    for (const part of content.parts) {
      if (typeof part === "string") {
        text += part;
      } else {
        if (text !== "") parts.push(text);
        parts.push(part);
        text = "";
      }
    }
  };
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value instanceof Html) add(value);
    else if (typeof value === "object") value.forEach(add);
    else text += escape(String(value));
    text += literals[i + 1]!;
  }
  if (text !== "") parts.push(text);
  return new Html(...parts);
}

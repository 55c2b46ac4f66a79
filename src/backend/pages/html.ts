import { escape } from "@std/html";

/** Markup that may stand in a document as it is. Other text gets in through {@linkcode html} only. */
export class Html {
  /** The markup. */
  readonly markup: string;

  /** Vouches for the markup: written by us, or escaped; never text that came from a client. */
  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What can stand between the literal parts of an {@linkcode html} template. */
export type HtmlValue = string | number | Html | readonly Html[];

/**
 * Builds markup from a template: literal parts stay, values are escaped, {@linkcode Html} is taken as it is.
 *
 * Forgetting to escape is therefore not possible; attribute values must stand in quotes.
 */
export function html(literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let markup = literals[0]!;
  for (let i = 0; i < values.length; i++) markup += toMarkup(values[i]!) + literals[i + 1]!;
  return new Html(markup);
}

function toMarkup(value: HtmlValue): string {
  if (value instanceof Html) return value.markup;
  if (typeof value === "object") return value.map((piece) => piece.markup).join("");
  return escape(String(value));
}

import type { HeaderField } from "../../http/headers.ts";
import { HttpHeaders } from "../../http/headers.ts";
import type { HttpResponse } from "../../http/response/response.ts";
import { encodeOnce, Html, html } from "./html.ts";
import { stylesheetOf, type Theme } from "./stylesheet.ts";

/** The parts that differ from one document to another. */
export interface Page {
  /** Text of the title. */
  readonly title: string;
  /** Content of the main element, with its heading. */
  readonly content: Html;
  /** Colours of the document. */
  readonly theme: Theme;
  /** Rules for this page alone. */
  readonly stylesheet?: string;
}

// A document loads nothing: one inline stylesheet and one data URL are all that it needs. Pages show the
// current state, so no cache may keep them (RFC 9111 §5.2.2.5).
const PAGE_FIELDS: readonly HeaderField[] = [
  ["Content-Type", "text/html; charset=utf-8"],
  ["Cache-Control", "no-store"],
  ["X-Content-Type-Options", "nosniff"],
  [
    "Content-Security-Policy",
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; " +
    "frame-ancestors 'none'",
  ],
];
const PAGE_HEADERS = createPageHeaders([]);

// A water wheel. Without an icon in the document, browsers request /favicon.ico and fill the error log.
const ICON = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='none' " +
  "stroke='%23075985' stroke-width='2'%3E%3Ccircle cx='8' cy='8' r='5'/%3E%3Cpath d='M8 0v16M0 8h16'/%3E%3C/svg%3E";

const BEGINNING = encodeOnce(
  new Html(`<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="icon" href="${ICON}">
`),
);
const STYLES: Readonly<Record<Theme, Html>> = { white: styleOf("white"), green: styleOf("green") };
const MAIN = encodeOnce(
  new Html(`  </head>
  <body>
    <header><a href="/">millrace</a></header>
    <main>
`),
);
const END = encodeOnce(
  new Html(`
    </main>
  </body>
</html>
`),
);

function styleOf(theme: Theme): Html {
  return encodeOnce(new Html(`    <style>\n${stylesheetOf(theme)}\n</style>\n`));
}

/** Builds the HTML document of a page. Every document of the program comes from here. */
export function buildDocument({ title, content, theme, stylesheet }: Page): Html {
  const ownStyle = stylesheet === undefined ? [] : new Html(`<style>\n${stylesheet}\n</style>\n`);
  return html`${BEGINNING}    <title>${title} - millrace</title>\n${
    STYLES[theme]
  }${ownStyle}${MAIN}${content}${END}`;
}

/**
 * Makes the fields that many pages share.
 *
 * @param fields fields besides Content-Type and those that all pages carry
 */
export function createPageHeaders(fields: readonly HeaderField[]): HttpHeaders {
  return new HttpHeaders([...PAGE_FIELDS, ...fields]);
}

/** Options of {@linkcode pageResponse}. */
export interface PageResponseOptions {
  /** Fields of this response alone. */
  readonly fields?: readonly HeaderField[] | undefined;
  /** Fields that many pages share, made by {@linkcode createPageHeaders}: their lines are encoded once. */
  readonly shared?: HttpHeaders;
}

const NO_OPTIONS: PageResponseOptions = Object.freeze({});

/**
 * Responds with a page.
 *
 * @throws {TypeError} for fields that cannot go on the wire
 */
export function pageResponse(
  status: number,
  page: Page,
  { fields, shared = PAGE_HEADERS }: PageResponseOptions = NO_OPTIONS,
): HttpResponse {
  const headers = shared.clone();
  if (fields !== undefined) { for (const [name, value] of fields) headers.append(name, value); }
  return { status, headers, body: buildDocument(page).encode() };
}

import type { HeaderField } from "../../http/headers.ts";
import { htmlResponse, type HttpResponse } from "../../http/response/response.ts";
import { Html, html } from "./html.ts";
import { stylesheetOf, type Theme } from "./stylesheet.ts";

/** What makes one document differ from another. */
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

// Nothing is loaded from anywhere: one inline stylesheet and one data URL are all that a document needs.
// Pages show the state of the moment, so that no cache may keep them (RFC 9111 §5.2.2.5).
const PAGE_FIELDS: readonly HeaderField[] = [
  ["Cache-Control", "no-store"],
  ["X-Content-Type-Options", "nosniff"],
  [
    "Content-Security-Policy",
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; " +
    "frame-ancestors 'none'",
  ],
];

// A water wheel. Without an icon in the document browsers ask for /favicon.ico and fill the error log.
const ICON = new Html(
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='none' " +
    "stroke='%23075985' stroke-width='2'%3E%3Ccircle cx='8' cy='8' r='5'/%3E%3Cpath d='M8 0v16M0 8h16'/%3E%3C/svg%3E",
);

/** Builds the HTML document of a page. Every document of the program comes from here. */
export function buildDocument(page: Page): string {
  const document = html`
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${page.title} - millrace</title>
        <link rel="icon" href="${ICON}">
        <style>
    ${new Html(stylesheetOf(page.theme))}
    ${new Html(page.stylesheet ?? "")}
    </style>
      </head>
      <body>
        <header><a href="/">millrace</a></header>
        <main>
    ${page.content}
        </main>
      </body>
    </html>
  `;
  return "<!DOCTYPE html>\n" + document.markup.trim() + "\n";
}

/**
 * Answers with a page.
 *
 * @param fields fields beside Content-Type and those that all pages carry
 * @throws {TypeError} for fields that cannot go on the wire
 */
export function pageResponse(status: number, page: Page, fields: readonly HeaderField[] = []): HttpResponse {
  return htmlResponse(status, buildDocument(page), [...PAGE_FIELDS, ...fields]);
}

import { reasonPhrase } from "../http/status.ts";
import { html } from "./html.ts";
import type { Page } from "./page.ts";
import type { Theme } from "./stylesheet.ts";

// Sentences for people. What exactly was wrong is the message of the error, which is not for everybody.
const EXPLANATIONS: ReadonlyMap<number, string> = new Map([
  [400, "The request could not be understood, so nothing was done."],
  [401, "You need to sign in for this address."],
  [403, "This address is not open to you."],
  [404, "There is nothing at this address. Perhaps it was mistyped, or what was here has moved."],
  [405, "This address does not accept the method of the request."],
  [408, "The request took too long to arrive. Please try again."],
  [411, "The request must say how long its content is."],
  [413, "The request carries more content than is accepted here."],
  [414, "The address is too long."],
  [416, "The part that was asked for does not exist."],
  [417, "The request expects something that cannot be promised here."],
  [429, "There have been too many requests. Please wait a little, then try again."],
  [431, "The fields of the request are too long or too many. Deleting cookies may help."],
  [501, "The request asks for something that this program does not know."],
  [503, "The program is too busy right now. Please try again in a moment."],
  [505, "This version of HTTP is not spoken here. Please use HTTP/1.1."],
]);

/** What an error page shows. */
export interface ErrorPageOptions {
  /** Status code of the answer, 400 to 599. */
  readonly status: number;
  /** Sentences in place of those that all errors of this status have. */
  readonly explanation?: string | undefined;
  /** Original messages, the caught error first and its causes behind it; none unless error display is on. */
  readonly messages: readonly string[];
  /** Colours of the document. */
  readonly theme: Theme;
}

/** Builds the page for an error: what it means for a person, and the original messages if there are any. */
export function buildErrorPage(options: ErrorPageOptions): Page {
  const { status, messages, theme } = options;
  const title = `${status} ${reasonPhrase(status)}`.trim();
  const original = messages.length === 0 ? [] : [
    html`
      <h2>Original message</h2>
      <pre>${messages.join("\ncaused by: ")}</pre>
    `,
  ];
  const content = html`
    <h1>${title}</h1>
    <p>${options.explanation ?? explain(status)}</p>
    ${original}
  `;
  return { title, content, theme };
}

function explain(status: number): string {
  return EXPLANATIONS.get(status) ??
    (status < 500
      ? "The request could not be served as it is."
      : "Something went wrong on our side. The error has been noted.");
}

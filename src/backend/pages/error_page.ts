import { reasonPhrase } from "../../http/status.ts";
import { type Html, html } from "./html.ts";
import type { Page } from "./page.ts";
import type { Theme } from "./stylesheet.ts";

/** The text of a page about an error. */
export interface ErrorText {
  /** Status code of the response, 400 to 599. */
  readonly status: number;
  /** Sentences for a person. */
  readonly explanation: string;
  /** Original messages, the caught error first and its causes after it; none unless error display is on. */
  readonly messages: readonly string[];
}

/** Builds the page for an error: its meaning for a person, and the original messages if there are any. */
export function buildErrorPage(error: ErrorText, theme: Theme): Page {
  return { title: titleOf(error.status), content: buildErrorText(error), theme };
}

/** Builds the content of a page for an error, with its heading. */
export function buildErrorText({ status, explanation, messages }: ErrorText): Html {
  const original = messages.length === 0 ? [] : [
    html`
      <h2>Original message</h2>
      <pre>${messages.map(showControls).join("\ncaused by: ")}</pre>
    `,
  ];
  return html`
    <h1>${titleOf(status)}</h1>
    <p>${explanation}</p>
    ${original}
  `;
}

function titleOf(status: number): string {
  return `${status} ${reasonPhrase(status)}`.trim();
}

/** Quoted texts show the ASCII controls; this shows those that a browser would still swallow. */
function showControls(message: string): string {
  return message.replace(/[\x7f-\x9f]/g, (control) => `\\u00${control.charCodeAt(0).toString(16)}`);
}

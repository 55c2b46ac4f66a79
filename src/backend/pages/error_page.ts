import { reasonPhrase } from "../../http/status.ts";
import { explainStatus } from "./explanations.ts";
import { html } from "./html.ts";
import type { Page } from "./page.ts";
import type { Theme } from "./stylesheet.ts";

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
      <pre>${messages.map(showControls).join("\ncaused by: ")}</pre>
    `,
  ];
  const content = html`
    <h1>${title}</h1>
    <p>${options.explanation ?? explainStatus(status)}</p>
    ${original}
  `;
  return { title, content, theme };
}

/** Quoted texts show the controls of ASCII; those that a browser would swallow behind it are shown here. */
function showControls(message: string): string {
  return message.replace(/[\x7f-\x9f]/g, (control) => `\\u00${control.charCodeAt(0).toString(16)}`);
}

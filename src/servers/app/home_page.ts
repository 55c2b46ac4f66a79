import type { ClientSwitches, SwitchState } from "../../backend/client_switches.ts";
import { type Html, html } from "../../backend/pages/html.ts";
import { themeOf } from "../../backend/middleware/bg_color.ts";
import { pageResponse } from "../../backend/pages/page.ts";
import type { RouteHandler } from "../../backend/routes.ts";
import type { Theme } from "../../backend/pages/stylesheet.ts";
import type { CookiePair } from "../../http/cookies.ts";
import { HOME_FORMS } from "./home_forms.ts";
import { REQUEST_LIST } from "./request_list.ts";

/** Makes the handler of the start page: the state the client is in, and a control for every other request. */
export function createHomeHandler(switches: ClientSwitches): RouteHandler {
  return (request, context) => {
    const theme = themeOf(context);
    const content = html`
      <h1>An interactive HTTP server</h1>
      <p>Each button sends one plain request; no script is involved. Press one, then look into the logs.</p>
      ${buildState(switches.stateOf(context), theme, request.cookies)}
      <div class="cards">${HOME_FORMS}</div>
      ${REQUEST_LIST}
    `;
    return pageResponse(200, { title: "Start", content, theme });
  };
}

function buildState(state: SwitchState, theme: Theme, cookies: readonly CookiePair[]): Html {
  return html`
    <section class="card" aria-labelledby="state">
      <h2 id="state">Right now</h2>
      <dl>
        <dt>Access log</dt>
        <dd id="log_form">${state.logForm}</dd>
        <dt>Error display</dt>
        <dd id="error_display">${state.showsErrors ? "on" : "off"}</dd>
        <dt>Background</dt>
        <dd id="background">${theme}</dd>
        <dt>Cookies</dt>
        <dd id="cookies">${cookies.length === 0 ? "none" : buildCookieList(cookies)}</dd>
      </dl>
    </section>
  `;
}

function buildCookieList(cookies: readonly CookiePair[]): Html {
  const items = cookies.map(({ name, value }) =>
    html`
      <li><code>${decodeText(name)}=${decodeText(value)}</code></li>
    `
  );
  return html`
    <ul>
      ${items}
    </ul>
  `;
}

/** What scripts put into a cookie arrives in UTF-8; bytes that are none are shown one by one, as latin1. */
function decodeText(bytesAsLatin1: string): string {
  const bytes = Uint8Array.from(bytesAsLatin1, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return bytesAsLatin1;
  }
}

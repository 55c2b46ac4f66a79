// The state of a client, as every response of the app can show it.

import type { SwitchState } from "../../../backend/client_switches.ts";
import { encodeOnce, type Html, html } from "../../../backend/pages/html.ts";
import type { Theme } from "../../../backend/pages/stylesheet.ts";
import type { CookiePair } from "../../../http/cookies.ts";

/** Switches, theme and cookies of a client. */
export interface AppState extends SwitchState {
  /** Background of the pages for this request. */
  readonly background: Theme;
  /** The cookies of the request, values as latin1. */
  readonly cookies: readonly CookiePair[];
}

/** Makes a value for each position of switches and theme once, and picks the one for a state. */
export function forEachPosition<T>(make: (state: AppState) => T): (state: AppState) => T {
  const made: T[] = [];
  for (const logForm of ["full", "short"] as const) {
    for (const showsErrors of [false, true]) {
      for (const background of ["white", "green"] as const) {
        made.push(make({ logForm, showsErrors, background, cookies: [] }));
      }
    }
  }
  return ({ logForm, showsErrors, background }) =>
    made[(logForm === "short" ? 4 : 0) + (showsErrors ? 2 : 0) + (background === "green" ? 1 : 0)]!;
}

const withoutCookies = forEachPosition((state) => encodeOnce(buildSection(state)));

/** Builds the section of a page that shows the state. */
export function buildState(state: AppState): Html {
  return state.cookies.length === 0 ? withoutCookies(state) : buildSection(state);
}

function buildSection({ logForm, showsErrors, background, cookies }: AppState): Html {
  return html`
    <section class="card" aria-labelledby="state">
      <h2 id="state">Right now</h2>
      <dl>
        <dt>Access log</dt>
        <dd id="log_form">${logForm}</dd>
        <dt>Error display</dt>
        <dd id="error_display">${onOrOff(showsErrors)}</dd>
        <dt>Background</dt>
        <dd id="background">${background}</dd>
        <dt>Cookies</dt>
        <dd id="cookies">${cookies.length === 0 ? "none" : buildCookieList(cookies)}</dd>
      </dl>
    </section>
  `;
}

/** Describes the state in lines of text. */
export function describeState({ logForm, showsErrors, background, cookies }: AppState): string {
  const pairs = cookies.map(({ name, value }) => `${decodeText(name)}=${decodeText(value)}`);
  return [
    `access log: ${logForm}`,
    `error display: ${onOrOff(showsErrors)}`,
    `background: ${background}`,
    `cookies: ${pairs.length === 0 ? "none" : pairs.join("; ")}`,
  ].join("\n");
}

function onOrOff(isOn: boolean): string {
  return isOn ? "on" : "off";
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

/** Cookies set by scripts arrive in UTF-8. Bytes that are not UTF-8 are shown one by one, as latin1. */
function decodeText(bytesAsLatin1: string): string {
  const bytes = Uint8Array.from(bytesAsLatin1, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return bytesAsLatin1;
  }
}

// The forms of the app's pages; they work without scripts.

import { type AppState, forEachPosition } from "./app_state.ts";
import { REQUEST_LIST } from "./request_list.ts";
import { encodeOnce, type Html, html } from "../../../backend/pages/html.ts";
import { NOTHING_TYPED, type TypedValues } from "./typed_values.ts";

const MISTAKE: Html = html`
  <form class="card" id="mistake" method="get" action="/div/1/to/0">
    <h2>Make a mistake</h2>
    <p class="quiet">Try these with error display on, then off.</p>
    <div class="buttons">
      <button>Divide by zero</button>
      <button class="other" formaction="/nowhere">Get lost</button>
    </div>
  </form>
`;

/** A form with two buttons, each for one position of a switch. */
interface SwitchForm {
  readonly id: string;
  readonly title: string;
  /** Its purpose, for people. */
  readonly help: Html;
  readonly choices: readonly [Choice, Choice];
}

interface Choice {
  readonly label: string;
  readonly url: string;
}

const BACKGROUND: SwitchForm = {
  id: "set_background",
  title: "Background",
  help: html`A cookie with the name <code>bg_color</code>; it counts from the next page on.`,
  choices: [
    { label: "Green", url: "/set_cookie/bg_color=green" },
    { label: "White", url: "/set_cookie/bg_color=white" },
  ],
};

const LOG: SwitchForm = {
  id: "switch_log",
  title: "Access log",
  help: html`Short: method, URL and cookies. Full: the whole request.`,
  choices: [{ label: "Short", url: "/short_log/1" }, { label: "Full", url: "/short_log/0" }],
};

const ERRORS: SwitchForm = {
  id: "switch_errors",
  title: "Error display",
  help: html`Whether error pages carry the original message.`,
  choices: [{ label: "On", url: "/show_errors/1" }, { label: "Off", url: "/show_errors/0" }],
};

function buildSwitch({ id, title, help, choices }: SwitchForm, current: 0 | 1): Html {
  const buttons = choices.map(({ label, url }, index) =>
    index === current
      ? html`<button formaction="${url}" aria-current="true">${label}</button>\n`
      : html`<button class="other" formaction="${url}">${label}</button>\n`
  );
  return html`
    <form class="card" id="${id}" method="post" action="${choices[0].url}">
      <h2>${title}</h2>
      <p class="quiet">${help}</p>
      <div class="buttons">${buttons}</div>
    </form>
  `;
}

const switches = forEachPosition((state) => {
  const { background, logForm, showsErrors } = state;
  return encodeOnce(
    html`${buildSwitch(BACKGROUND, background === "green" ? 0 : 1)}${
      buildSwitch(LOG, logForm === "short" ? 0 : 1)
    }${buildSwitch(ERRORS, showsErrors ? 0 : 1)}${MISTAKE}</div>${REQUEST_LIST}`,
  );
});

const untouched = forEachPosition((state) => encodeOnce(buildAll(state, NOTHING_TYPED)));

/**
 * Builds the forms, and the list of all requests after them.
 *
 * @param typed the values to put into the fields again
 */
export function buildForms(state: AppState, typed: TypedValues): Html {
  return typed === NOTHING_TYPED ? untouched(state) : buildAll(state, typed);
}

function buildAll(state: AppState, { a, b, name, value }: TypedValues): Html {
  const division = a === undefined && b === undefined ? ["10", "4"] as const : [a ?? "", b ?? ""] as const;
  const cookie = name === undefined && value === undefined
    ? ["flavour", "vanilla"] as const
    : [name ?? "", value ?? ""] as const;
  return html`<div class="cards">${buildDivision(...division)}${buildCookie(...cookie)}${switches(state)}`;
}

function buildDivision(dividend: string, divisor: string): Html {
  return html`
    <form class="card" id="divide" method="get" action="/div">
      <h2>Divide</h2>
      <div class="pair">
        <div>
          <label for="a">Dividend</label>
          <input id="a" name="a" value="${dividend}" autocomplete="off">
        </div>
        <div>
          <label for="b">Divisor</label>
          <input id="b" name="b" value="${divisor}" autocomplete="off">
        </div>
      </div>
      <button>Divide</button>
    </form>
  `;
}

function buildCookie(name: string, value: string): Html {
  return html`
    <form class="card" id="set_cookie" method="get" action="/set_cookie">
      <h2>Set a cookie</h2>
      <div class="pair">
        <div>
          <label for="name">Name</label>
          <input id="name" name="name" value="${name}" autocomplete="off" autocapitalize="none">
        </div>
        <div>
          <label for="value">Value</label>
          <input id="value" name="value" value="${value}" autocomplete="off" autocapitalize="none">
        </div>
      </div>
      <button>Set cookie</button>
    </form>
  `;
}

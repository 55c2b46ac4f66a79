import { type Html, html } from "../../backend/pages/html.ts";

const DIVISION: Html = html`
  <form class="card" id="divide" method="get" action="/div">
    <h2>Divide</h2>
    <div class="pair">
      <div>
        <label for="a">Dividend</label>
        <input id="a" name="a" value="10" autocomplete="off">
      </div>
      <div>
        <label for="b">Divisor</label>
        <input id="b" name="b" value="4" autocomplete="off">
      </div>
    </div>
    <button>Divide</button>
  </form>
`;

const COOKIE: Html = html`
  <form class="card" id="set_cookie" method="get" action="/set_cookie">
    <h2>Set a cookie</h2>
    <div class="pair">
      <div>
        <label for="name">Name</label>
        <input id="name" name="name" value="flavour" autocomplete="off" autocapitalize="none">
      </div>
      <div>
        <label for="value">Value</label>
        <input id="value" name="value" value="vanilla" autocomplete="off" autocapitalize="none">
      </div>
    </div>
    <button>Set cookie</button>
  </form>
`;

const BACKGROUND: Html = html`
  <form class="card" id="set_background" method="post" action="/set_cookie/bg_color=green">
    <h2>Background</h2>
    <p class="quiet">A cookie with the name <code>bg_color</code>; it counts from the next page on.</p>
    <div class="buttons">
      <button>Green</button>
      <button class="other" formaction="/set_cookie/bg_color=white">White</button>
    </div>
  </form>
`;

const LOG: Html = html`
  <form class="card" id="switch_log" method="post" action="/short_log/1">
    <h2>Access log</h2>
    <p class="quiet">Short: method, URL and cookies. Full: the whole request.</p>
    <div class="buttons">
      <button>Short</button>
      <button class="other" formaction="/short_log/0">Full</button>
    </div>
  </form>
`;

const ERRORS: Html = html`
  <form class="card" id="switch_errors" method="post" action="/show_errors/1">
    <h2>Error display</h2>
    <p class="quiet">Whether error pages carry the original message.</p>
    <div class="buttons">
      <button>On</button>
      <button class="other" formaction="/show_errors/0">Off</button>
    </div>
  </form>
`;

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

/** The forms of the start page; they work without scripts. */
export const HOME_FORMS: readonly Html[] = [DIVISION, COOKIE, BACKGROUND, LOG, ERRORS, MISTAKE];

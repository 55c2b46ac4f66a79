// @ts-check
/// <reference lib="dom" />
// The filters of the list.

import { html } from "../../../../../program/page/client/html.js";
import { Icon } from "../../../../../program/page/client/icons.js";
import { visibleText } from "../text/visible_text.js";

/** @import { VNode } from "preact" */
/** @import { PageModel } from "../page_model.js" */

// While the user types, no request is sent.
const TYPING_MS = 180;

/**
 * The form above the list.
 *
 * @param {{ model: PageModel, typing: Typing }} props
 * @returns {VNode}
 */
export function FilterBar({ model, typing }) {
  const { list } = model;
  const { filters } = list;
  const type = (/** @type {"text" | "path"} */ field) => (/** @type {Event} */ { target }) => {
    const { value } = /** @type {HTMLInputElement} */ (target);
    typing.soon(() => list.narrow({ [field]: value }));
  };
  const choose = (/** @type {Event} */ { target }) =>
    list.narrow({ method: /** @type {HTMLSelectElement} */ (target).value });
  return html`
    <form class="filters" role="search" aria-label="Filter" onSubmit=${(/** @type {Event} */ e) =>
      e.preventDefault()}>
      <label class="field wide">
        <span class="label">Search</span><${Icon} name="search" />
        <input id="search" type="search" placeholder="Search target, headers, body" autocomplete="off" spellcheck="false"
          value=${filters.text} onInput=${type("text")} aria-keyshortcuts="/" />
      </label>
      <label class="field"><span class="label">Method</span>
        <select id="method" value=${filters.method} onChange=${choose}>
          <option value="">Any method</option>
          ${[...list.methods].map((method) =>
            html`<option key=${method} value=${method}>${visibleText(method)}</option>`
          )}
        </select>
      </label>
      <label class="field grow"><span class="label">Path</span>
        <input id="path" placeholder="Exact path" autocomplete="off" spellcheck="false" value=${filters.path}
          onInput=${type("path")} />
      </label>
      <button type="button" class="toggle" id="errors-only" aria-pressed=${String(filters.errorsOnly)}
        aria-keyshortcuts="e" onClick=${() =>
          list.narrow({ errorsOnly: !filters.errorsOnly })}>Errors only      </button>
      <button type="button" class="toggle" id="faults-only" aria-pressed=${String(filters.faultsOnly)}
        onClick=${() => list.narrow({ faultsOnly: !filters.faultsOnly })}>Faults only</button>
    </form>
  `;
}

/** Waits until the user has stopped typing. */
export class Typing {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {() => void} action run after a pause in typing */
  soon(action) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, TYPING_MS);
  }
}

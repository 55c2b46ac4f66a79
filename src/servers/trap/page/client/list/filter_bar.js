// @ts-check
/// <reference lib="dom" />
// The filters of the list.

import { html } from "../../../../../program/page/client/html.js";
import { Icon } from "../../../../../program/page/client/icons.js";
import { visibleText } from "../text/visible_text.js";

/** @import { VNode } from "preact" */
/** @import { PageModel } from "../page_model.js" */
/** @import { Filters } from "../page_types.ts" */
/** @typedef {Partial<Pick<Filters, "text" | "path">>} TypedText */

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
    typing.type({ [field]: /** @type {HTMLInputElement} */ (target).value });
  };
  const choose = (/** @type {Event} */ { target }) =>
    list.narrow({ method: /** @type {HTMLSelectElement} */ (target).value });
  return html`
    <form class="filters" role="search" aria-label="Filter" onSubmit=${(/** @type {Event} */ e) =>
      e.preventDefault()}>
      <label class="field wide">
        <span class="label">Search</span><${Icon} name="search" />
        <input id="search" type="search" placeholder="Search target, headers, body" autocomplete="off" spellcheck="false"
          value=${typing.textOf("text", filters)} onInput=${type("text")} aria-keyshortcuts="/" />
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
        <input id="path" placeholder="Exact path" autocomplete="off" spellcheck="false"
          value=${typing.textOf("path", filters)} onInput=${type("path")} />
      </label>
      <button type="button" class="toggle" id="errors-only" aria-pressed=${String(filters.errorsOnly)}
        aria-keyshortcuts="e" onClick=${() =>
          list.narrow({ errorsOnly: !filters.errorsOnly })}>Errors only      </button>
      <button type="button" class="toggle" id="faults-only" aria-pressed=${String(filters.faultsOnly)}
        onClick=${() => list.narrow({ faultsOnly: !filters.faultsOnly })}>Faults only</button>
    </form>
  `;
}

/** Text that the user types. It narrows the list at the next pause. */
export class Typing {
  #narrow;
  /** Text that the filters do not have yet. @type {TypedText} */
  #typed = {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(typed: TypedText) => void} narrow changes the filters */
  constructor(narrow) {
    this.#narrow = narrow;
  }

  /**
   * The text to draw in a field. The page is drawn during typing too, and must not put older text back.
   *
   * @param {keyof TypedText} field
   * @param {Filters} filters
   */
  textOf(field, filters) {
    return this.#typed[field] ?? filters[field];
  }

  /** @param {TypedText} change the new text of a field */
  type(change) {
    this.#typed = { ...this.#typed, ...change };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const typed = this.#typed;
      this.#typed = {};
      this.#narrow(typed);
    }, TYPING_MS);
  }
}

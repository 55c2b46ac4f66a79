// @ts-check
/// <reference lib="dom" />
// Saved views, each a link.

import { html } from "../../../../../program/page/client/html.js";
import { Icon } from "../../../../../program/page/client/icons.js";
import { Modal } from "../../../../../program/page/client/modal.js";

/** @import { VNode } from "preact" */
/** @import { Model } from "../model.js" */

/**
 * @param {{ model: Model }} props
 * @returns {VNode}
 */
export function BoardsView({ model }) {
  return html`
    <div class="scroll padded" tabindex="0" role="group" aria-label="Boards">
      ${model.boards.length === 0
        ? html`<p class="note">No boards yet: plot something, then save it as a board.</p>`
        : html`
          <ul class="boards">${model.boards.map(({ name, query }) =>
            html`
              <li>
                <a href=${`/${query}`}>${name}</a>
                <button type="button" class="icon-button danger" aria-label="Delete board ${name}"
                  onClick=${() => model.removeBoard(name)}><${Icon} name="bin" /></button>
              </li>
            `
          )}</ul>
        `}
    </div>
  `;
}

/**
 * Asks for the name of a board.
 *
 * @param {{ model: Model, close: () => void }} props
 * @returns {VNode}
 */
export function SaveDialog({ model, close }) {
  const save = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    model.saveBoard(String(new FormData(form).get("name") ?? "").trim());
  };
  return html`
    <${Modal} title="Save as board" close=${close}>
      <form onSubmit=${save}>
        <label class="field"><span class="label">Name</span>
          <input name="name" required maxlength="100" autofocus autocomplete="off" />
        </label>
        <div class="buttons">
          <button type="button" onClick=${close}>Cancel</button>
          <button type="submit" class="primary">Save</button>
        </div>
      </form>
      <//>
  `;
}

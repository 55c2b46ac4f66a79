// @ts-check
/// <reference lib="dom" />
// Questions before an action, and the help about keys.

import { deleteAll, deleteOpen } from "../deletions.js";
import { html } from "../../../../../program/page/client/html.js";
import { Confirmation, Modal } from "../../../../../program/page/client/modal.js";
import { KEYS } from "../keyboard.js";
import { RulesDialog } from "./rules_dialog.js";
import { SendDialog } from "./send_dialog.js";
import { visibleText } from "../text/visible_text.js";

/** @import { VNode } from "preact" */
/** @import { PageModel } from "../page_model.js" */

/**
 * The open dialog.
 *
 * @param {{ model: PageModel }} props
 * @returns {VNode | undefined}
 */
export function OpenDialog({ model }) {
  switch (model.dialog) {
    case "delete":
      return html`
        <${Confirmation} close=${() => close(model)} title="Delete this request?" action="Delete" done=${() =>
          deleteOpen(model)}>
          Its bytes are gone for good.
        <//>
      `;
    case "delete all":
      return html`
        <${Confirmation} close=${() =>
          close(model)} title="Delete all requests?" action="Delete all" done=${() => deleteAll(model)}>
          All requests ${model.bin === ""
            ? "that the trap keeps"
            : `of the bin ${visibleText(model.bin)}`} are gone for good,
          also those that filters hide.
        <//>
      `;
    case "send":
      return html`<${SendDialog} model=${model} />`;
    case "rules":
      return html`<${RulesDialog} model=${model} />`;
    case "keys":
      return html`<${KeysDialog} model=${model} />`;
    default:
      return undefined;
  }
}

/** @param {PageModel} model */
function close(model) {
  model.show({ dialog: undefined });
}

/**
 * @param {{ model: PageModel }} props
 * @returns {VNode}
 */
function KeysDialog({ model }) {
  return html`
    <${Modal} close=${() => close(model)} title="Keys">
      <dl class="keys">${KEYS.map(({ shown, does }) =>
        html`
          <div>
            <dt><kbd>${shown}</kbd></dt>
            <dd>${does}</dd>
          </div>
        `
      )}</dl>
      <div class="buttons">
        <button type="button" autofocus onClick=${() => close(model)}>Close</button>
      </div>
      <//>
  `;
}

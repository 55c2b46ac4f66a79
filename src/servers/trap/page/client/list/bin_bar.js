// @ts-check
/// <reference lib="dom" />
// The chosen bin, and the way to another one.

import { newBinName } from "../bins.js";
import { copyPlain } from "../copy/copy_form.js";
import { html } from "../../../../../program/page/client/html.js";
import { Icon } from "../../../../../program/page/client/icons.js";
import { ageText, countOf } from "../text/sizes_and_times.js";
import { visibleText } from "../text/visible_text.js";

/** @import { VNode } from "preact" */
/** @import { PageModel } from "../page_model.js" */

/**
 * The choice of a bin above the list; nothing without `--bins`.
 *
 * @param {{ model: PageModel }} props
 * @returns {VNode | undefined}
 */
export function BinBar({ model }) {
  const { bins, bin } = model;
  if (!bins.isOn) return undefined;
  const age = bins.keepAgeMs === null ? "" : `, for ${ageText(bins.keepAgeMs)}`;
  return html`
    <div class="bin-bar" role="group" aria-label="Bins">
      <label class="field"><span class="label">Bin</span>
        <select id="bin" value=${bin} onChange=${(/** @type {Event} */ { target }) =>
          model.chooseBin(/** @type {HTMLSelectElement} */ (target).value)}>
          <option value="">All bins</option>
          ${bins.names.map((name) => html`<option key=${name} value=${name}>${visibleText(name)}</option>`)}
        </select>
      </label>
      <button type="button" id="new-bin" onClick=${() => model.chooseBin(newBinName())}>New bin</button>
      ${bin !== "" && html`
        <button type="button" id="copy-bin" onClick=${() =>
          copyPlain(model, { text: model.targetUrl, notes: [] }, "address of the bin")}>
          <${Icon} name="copy" /> Copy URL
        </button>
      `}
      <span class="note">${bin === "" ? "Each" : "It"} keeps the newest ${countOf(
        bins.keep,
        "request",
      )}${age}.</span>
    </div>
  `;
}

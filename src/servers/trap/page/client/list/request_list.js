// @ts-check
// The list of requests, and advice while it is empty.

import { readableText } from "../text/bytes.js";
import { Captured } from "../text/captured.js";
import { copyPlain } from "../copy/copy_form.js";
import { html, Still } from "../../../../../program/page/client/html.js";
import { Icon } from "../../../../../program/page/client/icons.js";
import { ListItems } from "./list_items.js";
import { ageText, dateText, dayText } from "../text/sizes_and_times.js";
import { sizeText } from "../../../../../program/page/client/sizes.js";
import { TimeStamp } from "../text/time_stamp.js";
import { visibleText } from "../text/visible_text.js";
import { Windowed } from "./windowed.js";

/** @import { VNode } from "preact" */
/** @import { PageModel } from "../page_model.js" */
/** @import { RequestRow } from "../page_types.ts" */
/** @import { ListItem } from "./list_items.js" */

const METHOD_CLASSES = new Set(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]);
// 36 and 60 pixels with the usual text size; the stylesheet has the same values.
const ROW_HEIGHTS_REM = { compact: 2.25, roomy: 3.75 };
// The rest of a longer text would not be visible in a row.
const MAX_TARGET_LENGTH = 300;

/**
 * The list.
 *
 * @param {{ model: PageModel }} props
 * @returns {VNode}
 */
export function RequestList({ model }) {
  const { list, open } = model;
  if (list.problem !== "") return html`<p class="message bad" role="alert">${list.problem}</p>`;
  if (list.isLoading) return html`<p class="message">Fetching…</p>`;
  if (list.rows.size === 0) return html`<${EmptyList} model=${model} />`;
  const selected = open === undefined ? -1 : list.rows.indexOf(open.id);
  const attributes = {
    class: `windowed requests ${model.density}`,
    id: "requests",
    role: "listbox",
    "aria-label": "Requests, newest first",
    "aria-activedescendant": selected < 0 ? undefined : `row-${open?.id}`,
  };
  const items = new ListItems(list.rows, dateText(new Date().toISOString()));
  return html`
    <${Windowed} key=${model.density} count=${items.count} rowHeightRem=${ROW_HEIGHTS_REM[model.density]}
      attributes=${attributes} row=${(/** @type {number} */ place) => listItem(model, items.at(place))}
      keyOf=${(/** @type {number} */ place) => items.keyAt(place)}
      indexOf=${(/** @type {string} */ key) => items.placeOfKey(key)}
      reveal=${items.placeOf(selected)} revealSerial=${model.revealSerial} onEnd=${() => list.loadMore()} />
  `;
}

/**
 * The method of a request, in its colour.
 *
 * @param {{ method: string }} props "" if it was not understood
 * @returns {VNode}
 */
export function Method({ method }) {
  const kind = METHOD_CLASSES.has(method) ? method.toLowerCase() : "other";
  return html`<span class="method ${kind}"><${Captured} text=${
    method === "" ? "???" : method.slice(0, 24)
  } /></span>`;
}

/**
 * @param {PageModel} model
 * @param {ListItem} item
 * @returns {VNode | undefined}
 */
function listItem(model, item) {
  if (item.kind === "row") return listRow(model, item.index);
  // The time of each row shows its date as well.
  return html`
    <div class="row day-line" key=${item.day} role="presentation" aria-hidden="true">
      <span>${dayText(item.day)}</span>
    </div>
  `;
}

/**
 * @param {PageModel} model
 * @param {number} index
 * @returns {VNode | undefined}
 */
function listRow(model, index) {
  const row = model.list.rows.at(index);
  if (row === undefined) return undefined;
  const { id } = row;
  const age = ageText(Date.now() - Date.parse(row.receivedAt));
  const isSelected = model.open?.id === id || model.compared?.id === id;
  const classes = [
    "row",
    row.fault !== null ? "fault" : "",
    isSelected ? "selected" : "",
    model.markedId === id ? "marked" : "",
  ];
  return html`
    <div class=${classes.join(" ")} id="row-${id}" key=${id} role="option" aria-selected=${String(isSelected)}
      aria-setsize=${model.list.hasMore ? -1 : model.list.rows.size} aria-posinset=${index + 1}
      onClick=${() => model.select(id)}>
      <${Still} of=${[row, age]} draw=${() => contentOf(row, age)} />
    </div>
  `;
}

/**
 * The content of a row, drawn again only if it differs: scrolling draws all visible rows in each frame.
 *
 * @param {RequestRow} row
 * @param {string} age
 * @returns {VNode}
 */
function contentOf(row, age) {
  const { method, target } = row;
  return html`
    <${Method} method=${method} />
    <span class="target">
      <${Captured} text=${target === ""
        ? "(not understood)"
        : readableText(target).slice(0, MAX_TARGET_LENGTH)} />
    </span>
    <span class="about">${aboutOf(row)}</span>
    <span class="status" title="status sent back">${row.status}</span>
    <${TimeStamp} at=${row.receivedAt} form="clock">
      <span class="age">${age}</span>${" "}
      <//>
  `;
}

/**
 * @param {RequestRow} row
 * @returns {VNode[]}
 */
function aboutOf(
  { end, isCut, fault, signature, event, problem, contentType, remote, bodyBytes, wireBytes, responseEnd },
) {
  const parts = [];
  if (event !== "") parts.push(html`<span class="event"><${Captured} text=${event.slice(0, 60)} /></span>`);
  if (end !== "complete") parts.push(html`<span class="flag ${end}">${end}</span>`);
  if (fault === "script") parts.push(html`<span class="flag malformed">rule</span>`);
  if (signature?.verdict === "invalid") parts.push(html`<span class="flag malformed">signature</span>`);
  if (isCut) parts.push(html`<span class="flag cut">cut</span>`);
  if (responseEnd !== undefined) parts.push(html`<span class="flag cut">response ${responseEnd}</span>`);
  if (contentType !== "") {
    parts.push(html`<span class="type"><${Captured} text=${contentType.slice(0, 60)} /></span>`);
  }
  if (problem !== "") {
    parts.push(html`<span class="problem"><${Captured} text=${problem.slice(0, 120)} /></span>`);
  }
  if (parts.length === 0) parts.push(html`<span class="from">from ${remote}</span>`);
  parts.push(html`<span class="size">${sizeText(bodyBytes === 0 ? wireBytes : bodyBytes)}</span>`);
  return parts;
}

/**
 * @param {{ model: PageModel }} props
 * @returns {VNode}
 */
function EmptyList({ model }) {
  if (!model.list.isUnfiltered) {
    return html`
      <div class="message">
        <p>No request matches.</p>
        <button type="button" onClick=${() => model.list.clearFilters()}>Clear the filters</button>
      </div>
    `;
  }
  const command =
    `curl -d '{"hello":"trap"}' -H 'Content-Type: application/json' '${model.targetUrl}api?x=1'`;
  return html`
    <div class="message empty">
      <span class="wheel"><${Icon} name="wheel" /></span>
      <h2>Waiting for the first request${model.bin === "" ? "" : " of this bin"}</h2>
      <p>Point anything at <code>${visibleText(model.targetUrl)}</code>, or try this:</p>
      <pre class="command" tabindex="0">${visibleText(command)}</pre>
      <button type="button" class="primary" onClick=${() =>
        copyPlain(model, { text: command, notes: [] }, "command")}>
        <${Icon} name="copy" /> Copy the command
      </button>
    </div>
  `;
}

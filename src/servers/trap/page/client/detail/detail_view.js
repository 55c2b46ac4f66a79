// @ts-check
/// <reference lib="dom" />
// One request in full: its summary, its actions, and its views.

import { readableText } from "../text/bytes.js";
import { Captured } from "../text/captured.js";
import { brokenRules } from "./broken_rules.js";
import { ChainView } from "./chain_view.js";
import { copyOpen } from "../copy/copy_form.js";
import { HexView } from "../content/hex_view.js";
import { html } from "../../../../../program/page/client/html.js";
import { Icon } from "../../../../../program/page/client/icons.js";
import { TABS } from "../page_choices.js";
import { Method } from "../list/request_list.js";
import { RequestView } from "./request_view.js";
import { countOf, countText } from "../text/sizes_and_times.js";
import { sizeText } from "../../../../../program/page/client/sizes.js";
import { TimingView } from "./timing_view.js";
import { pathOf } from "../trap_api.js";

/** @import { VNode } from "preact" */
/** @import { PageModel } from "../page_model.js" */
/** @import { Tab } from "../page_choices.js" */
/** @import { TrapRecord } from "../page_types.ts" */
/** @import { OpenRequest } from "./open_request.js" */

const TAB_NAMES = { request: "Request", chain: "Chain", bytes: "Bytes", timing: "Timing" };

/**
 * The open request.
 *
 * @param {{ model: PageModel, request: OpenRequest }} props
 * @returns {VNode}
 */
export function DetailView({ model, request }) {
  const { record, problem } = request;
  return html`
    <header class="detail-head">
      <div class="title">
        <button type="button" class="icon-button back" aria-label="Back to the list" onClick=${() =>
          model.close()}>
          <${Icon} name="back" />
        </button>
        <h2 tabindex="-1">
          ${record === undefined ? request.id : html`
            <${Method} method=${record.method} />
            <span class="target"><${Captured} text=${titleOf(record)} /></span>
          `}
        </h2>
        <button type="button" class="icon-button close" aria-label="Close" onClick=${() => model.close()}>
          <${Icon} name="close" />
        </button>
      </div>
      ${record !== undefined && problem === "" && html`
        <${Actions} model=${model} record=${record} />
        <${Faults} record=${record} />
      `}
    </header>
    ${problem !== "" && html`<p class="message bad" role="alert">${problem}</p>`}
    ${record !== undefined && problem === "" && html`
      <${Tabs} model=${model} record=${record} />
      <div class="panel" role="tabpanel" id="panel" aria-labelledby="tab-${model.tab}">
        ${drawTab(model.tab, { model, request, record })}
      </div>
    `}
  `;
}

/**
 * @param {TrapRecord} record
 * @returns {string}
 */
function titleOf({ target }) {
  return target === "" ? "(not understood)" : readableText(target);
}

/**
 * @param {{ model: PageModel, record: TrapRecord }} props
 * @returns {VNode}
 */
function Actions({ model, record }) {
  return html`
    <div class="actions">
      <span class="group" role="group" aria-label="Copy as">
        <${Icon} name="copy" />
        <button type="button" id="copy-curl" onClick=${() => copyOpen(model, "curl")}>Copy as curl</button>
        <button type="button" id="copy-har" onClick=${() => copyOpen(model, "har")}>HAR</button>
        <button type="button" id="copy-raw" onClick=${() => copyOpen(model, "raw")}>Raw</button>
      </span>
      <a class="button" id="download" href="${pathOf(record.id)}/raw" download="${fileNameOf(record.id)}">
        <${Icon} name="down" /> Download
      </a>
      <button type="button" id="compare" aria-pressed=${String(model.markedId === record.id)}
        onClick=${() => model.markForComparison()}><${Icon} name="compare" /> Compare</button>
      <button type="button" id="send" onClick=${() => model.show({ dialog: "send" })}>
        <${Icon} name="again" /> Send again</button>
      <button type="button" id="delete" class="danger" onClick=${() => model.show({ dialog: "delete" })}>
        <${Icon} name="bin" /> Delete</button>
    </div>
  `;
}

/**
 * The name of a downloaded file: the id, without characters that file systems refuse.
 *
 * @param {string} id
 * @returns {string}
 */
function fileNameOf(id) {
  return `request-${id.replace(/[^\w.-]/g, "-")}.bin`;
}

/**
 * The faults of the message and the broken rules, each once: the latter are no fault of the message.
 *
 * @param {{ record: TrapRecord }} props
 * @returns {VNode}
 */
function Faults({ record }) {
  const { errors, malformed, truncated, end, fault, marks = [] } = record;
  const notes = brokenRules(record);
  return html`
    ${(fault !== null || truncated !== undefined) && html`
      <ul class="faults ${end}">
        ${end !== "complete" &&
          html`<li><strong>${end}</strong> after ${countOf(record.wireBytes, "byte")}</li>`}
        ${malformed !== undefined && html`
          <li>At byte ${countText(malformed.offset)}: <${Captured} text=${readableText(
            malformed.rule,
          )} /></li>
        `}
        ${fault === "script" && html`
          <li>
            <${Captured} text=${readableText(errors.at(-1) ?? "")} />
          </li>
        `}
        ${truncated !== undefined && html`
          <li><strong>cut</strong> ${keptText(truncated.keptBytes, record.bodyBytes)}</li>
        `}
      </ul>
    `}
    ${marks.length > 0 && html`
      <p class="note rules">A strict server would refuse it: ${marks.join("; ")}</p>
    `}
    ${notes.length > 0 && html`
      <p class="note rules">Not as the rules of <code>/api</code> ask:${" "}
        ${notes.map((note, i) => html`${i > 0 && "; "}<${Captured} text=${readableText(note)} />`)}</p>
    `}
  `;
}

/**
 * @param {number} keptBytes
 * @param {number} bodyBytes
 * @returns {string}
 */
function keptText(keptBytes, bodyBytes) {
  return `the first ${countOf(keptBytes, "byte")} of ${sizeText(bodyBytes)} were kept`;
}

/**
 * @param {{ model: PageModel, record: TrapRecord }} props
 * @returns {VNode}
 */
function Tabs({ model, record }) {
  return html`
    <div class="tabs" role="tablist" aria-label="Views of the request" onKeyDown=${arrowKeys(model)}>
      ${TABS.map((tab) =>
        html`
          <button type="button" role="tab" key=${tab} id="tab-${tab}" aria-selected=${String(
            tab === model.tab,
          )}
            aria-controls="panel" tabindex=${tab === model.tab ? 0 : -1} onClick=${() => model.show({ tab })}>
            ${TAB_NAMES[tab]}
            ${tab === "request" && record.bodyBytes > 0 &&
              html`<span class="count">${sizeText(record.bodyBytes)}</span>`}
          </button>
        `
      )}
    </div>
  `;
}

/**
 * @param {PageModel} model
 * @returns {(event: KeyboardEvent) => void}
 */
function arrowKeys(model) {
  return (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const tab = TABS[(TABS.indexOf(model.tab) + step + TABS.length) % TABS.length] ?? "request";
    model.show({ tab });
    document.getElementById(`tab-${tab}`)?.focus();
  };
}

/**
 * @param {Tab} tab
 * @param {{ model: PageModel, request: OpenRequest, record: TrapRecord }} shown
 * @returns {VNode}
 */
function drawTab(tab, { model, request, record }) {
  switch (tab) {
    case "chain":
      return html`<${ChainView} record=${record} />`;
    case "bytes":
      return html`<${AllBytes} request=${request} record=${record} />`;
    case "timing":
      return html`<${TimingView} record=${record} />`;
    default:
      return html`<${RequestView} model=${model} request=${request} record=${record} />`;
  }
}

/**
 * @param {{ request: OpenRequest, record: TrapRecord }} props
 * @returns {VNode}
 */
function AllBytes({ request, record }) {
  const { raw, headBytes } = request;
  return html`
    <p class="note">
      <span class="key head">head</span> <span class="key content">content and its framing</span>
      ${record.malformed !== undefined && html`
        <span class="key mark">byte ${countText(record.malformed.offset)}</span>
      `}
      ${raw.bytes.length < raw.totalBytes && html`
        <span>The first ${sizeText(raw.bytes.length)} of ${sizeText(raw.totalBytes)}.</span>
        <button type="button" onClick=${() => request.load(Infinity)}>Fetch all</button>
      `}
    </p>
    <${HexView} bytes=${raw.bytes} label="All bytes in hexadecimal digits" headBytes=${headBytes}
      markedOffset=${record.malformed?.offset} />
  `;
}

// @ts-check
// The whole page.

import { CompareView } from "./compare/compare_view.js";
import { copyPlain } from "./copy/copy_form.js";
import { DetailView } from "./detail/detail_view.js";
import { OpenDialog } from "./dialogs/dialogs.js";
import { BinBar } from "./list/bin_bar.js";
import { FilterBar } from "./list/filter_bar.js";
import { html, Still } from "../../../../program/page/client/html.js";
import { Icon } from "../../../../program/page/client/icons.js";
import { RequestList } from "./list/request_list.js";
import { countOf, countText } from "./text/sizes_and_times.js";
import { visibleText } from "./text/visible_text.js";

/** @import { VNode } from "preact" */
/** @import { Typing } from "./list/filter_bar.js" */
/** @import { PageModel } from "./page_model.js" */

const FEED_WORDS = { connecting: "connecting", live: "live", lost: "reconnecting" };

/**
 * Header, list, and the open request.
 *
 * @param {{ model: PageModel, typing: Typing, changeTheme: () => void }} props
 * @returns {VNode}
 */
export function App({ model, typing, changeTheme }) {
  const { open, compared, markedId, toast } = model;
  const states = { "has-open": open, "has-marked": markedId, "has-compared": compared };
  const state = Object.entries(states).filter(([, shown]) => shown !== undefined).map(([name]) => name).join(
    " ",
  );
  return html`
    <${Header} model=${model} changeTheme=${changeTheme} />
    <${Status} model=${model} />
    <main class=${state}>
      <section class="side" aria-label="Requests">
        <${BinBar} model=${model} />
        <${FilterBar} model=${model} typing=${typing} />
        ${markedId !== undefined && html`
          <p class="banner" role="status">
            Choose the request to compare with.
            <button type="button" onClick=${() => model.close()}>Cancel</button>
          </p>
        `}
        <${RequestList} model=${model} />
      </section>
      <section class="detail" aria-label="Open request">
        <${Still} of=${[
          open,
          open?.version,
          compared,
          compared?.version,
          model.tab,
          model.bodyView,
          model.density,
          markedId,
        ]}
          draw=${() => drawOpen(model)} />
      </section>
    </main>
    <div class="toast-place" role="status" aria-live="polite">
      ${toast !== undefined && html`
        <div class="toast ${toast.isBad ? "bad" : ""}">
          <p>${toast.text}</p>${toast.notes.map((note) => html`<p class="note">${note}</p>`)}
        </div>
      `}
    </div>
    <${OpenDialog} model=${model} />
  `;
}

/**
 * @param {PageModel} model
 * @returns {VNode}
 */
function drawOpen(model) {
  const { open, compared } = model;
  if (open === undefined) {
    return html`
      <div class="nothing-open">
        <${Icon} name="wheel" />
        <p>Choose a request to see all of it.</p>
      </div>
    `;
  }
  return compared === undefined
    ? html`<${DetailView} model=${model} request=${open} />`
    : html`<${CompareView} model=${model} left=${open} right=${compared} />`;
}

/**
 * The number of requests, also of those that the list has not loaded.
 *
 * @param {PageModel} model
 * @returns {string}
 */
function totalText({ list, total }) {
  const loaded = list.rows.size;
  if (!list.hasMore) return countOf(loaded, "request");
  if (!list.isUnfiltered || total.value === undefined) return `${countOf(loaded, "request")} and more`;
  return countOf(Math.max(loaded, total.value), "request");
}

/**
 * @param {{ model: PageModel, changeTheme: () => void }} props
 * @returns {VNode}
 */
function Header({ model, changeTheme }) {
  const { list, feed } = model;
  const held = list.isPaused && list.heldCount > 0 ? `, ${countText(list.heldCount)} waiting` : "";
  return html`
    <header class="bar">
      <h1><${Icon} name="wheel" /> millrace <span>trap</span></h1>
      <button type="button" class="address" title="Copy the address"
        onClick=${() => copyPlain(model, { text: model.targetUrl, notes: [] }, "address")}>
        ${visibleText(model.targetUrl)} <${Icon} name="copy" />
      </button>
      <p class="feed ${list.isPaused ? "paused" : feed}" role="status">
        <span class="dot"></span> ${list.isPaused ? `paused${held}` : FEED_WORDS[feed]}
      </p>
      <p class="total" id="count">${totalText(model)}</p>
      <div class="bar-buttons">
        <button type="button" id="pause" aria-pressed=${String(list.isPaused)} aria-keyshortcuts="p"
          onClick=${() => list.setPaused(!list.isPaused)}>
          <${Icon} name=${list.isPaused ? "play" : "pause"} /> <span>${list.isPaused
            ? "Resume"
            : "Pause"}</span>
        </button>
        <button type="button" id="follow" aria-pressed=${String(model.isFollowing)} aria-keyshortcuts="f"
          title="Open each request as it comes" onClick=${() => model.follow(!model.isFollowing)}>
          <${Icon} name="down" /> <span>Follow</span>
        </button>
        <button type="button" class="icon-button" aria-label="High or low rows" title="High or low rows"
          onClick=${() => model.show({ density: model.density === "compact" ? "roomy" : "compact" })}>
          <${Icon} name="rows" />
        </button>
        <button type="button" id="rules" title="Responses by rules"
          onClick=${() =>
            model.show({ dialog: "rules" })}><${Icon} name="again" /> <span>Rules</span></button>
        <button type="button" id="delete-all" disabled=${list.rows.size === 0 && list.isUnfiltered}
          onClick=${() =>
            model.show({ dialog: "delete all" })}><${Icon} name="bin" /> <span>Delete all</span></button>
        <button type="button" class="icon-button" aria-label="Light or dark" title="Light or dark"
          onClick=${changeTheme}>
          <${Icon} name="theme" />
        </button>
        <button type="button" class="icon-button" aria-label="Keys" title="Keys"
          onClick=${() => model.show({ dialog: "keys" })}><${Icon} name="help" /></button>
      </div>
    </header>
  `;
}

/**
 * Warnings about the trap: requests that were dropped, a file that cannot be written.
 *
 * @param {{ model: PageModel }} props
 * @returns {VNode | undefined}
 */
function Status({ model: { status } }) {
  if (status === undefined || (status.evicted === 0 && status.storageError === null)) return undefined;
  return html`
    <div class="trap-status" role="status">
      ${status.storageError !== null && html`
        <p class="bad">Requests cannot be written: ${status.storageError}.
          ${countOf(status.waiting, "request")} wait in memory; what is stored can still be read.</p>
      `}
      ${status.evicted > 0 && html`
        <p class="note">${countOf(status.evicted, "request")} dropped because of the limits.</p>
      `}
    </div>
  `;
}

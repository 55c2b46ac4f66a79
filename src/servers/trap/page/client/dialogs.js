// @ts-check
/// <reference lib="dom" />
// What is asked before something is done, and what is said about keys.

import { Captured } from "./captured.js";
import { Component, html } from "../../../../program/page/client/html.js";
import { Confirmation, Modal } from "../../../../program/page/client/modal.js";
import { countOf } from "./sizes_and_times.js";

/** @import { VNode } from "preact" */
/** @import { PageModel } from "./page_model.js" */
/** @import { ReplayAnswer } from "./page_types.ts" */

const KEYS = [
  ["j, ↓", "next request"],
  ["k, ↑", "request before"],
  ["Home, End", "newest, oldest in the list"],
  ["/", "search"],
  ["e", "errors only"],
  ["f", "open each request as it comes"],
  ["p", "pause, go on"],
  ["1 … 4", "views of the request"],
  ["c", "compare with the request opened next"],
  ["y", "copy as curl"],
  ["Delete", "delete the request"],
  ["Esc", "close what is open"],
  ["?", "these keys"],
];

/**
 * The dialog that is open.
 *
 * @param {{ model: PageModel }} props
 * @returns {VNode | undefined}
 */
export function OpenDialog({ model }) {
  switch (model.dialog) {
    case "delete":
      return html`
        <${Confirmation} close=${() => close(model)} title="Delete this request?" action="Delete" done=${() =>
          model.deleteOpen()}>
          Its bytes are gone for good.
        <//>
      `;
    case "delete all":
      return html`
        <${Confirmation} close=${() =>
          close(model)} title="Delete all requests?" action="Delete all" done=${() => model.deleteAll()}>
          All requests that the trap keeps are gone for good, also those that filters hide.
        <//>
      `;
    case "replay":
      return html`<${ReplayDialog} model=${model} />`;
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
      <dl class="keys">${KEYS.map(([key, does]) =>
        html`
          <div>
            <dt><kbd>${key}</kbd></dt>
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

/**
 * Asks where to send the request again, and shows what came back.
 *
 * @extends {Component<{ model: PageModel }, { isSending: boolean, problem: string, answer: ReplayAnswer | undefined }>}
 */
class ReplayDialog extends Component {
  /** @override */
  state = { isSending: false, problem: "", answer: /** @type {ReplayAnswer | undefined} */ (undefined) };

  /** @override */
  render() {
    const { model } = this.props;
    const { isSending, problem, answer } = this.state;
    return html`
      <${Modal} close=${() => close(model)} title="Replay">
        <form onSubmit=${this.#send}>
          <p>The bytes are sent as they came. Private and loopback addresses are refused unless the trap was started with${" "}
            <code>--replay-private</code>.</p>
          <label class="field"><span class="label">Server</span>
            <input name="url" type="url" required autofocus placeholder="http://example.com:80" value="http://" />
          </label>
          ${problem !== "" && html`
            <p class="note bad" role="alert">
              <${Captured} text=${problem} />
            </p>
          `}
          ${answer !== undefined && html`<${Answer} answer=${answer} />`}
          <div class="buttons">
            <button type="button" onClick=${() => close(model)}>Close</button>
            <button type="submit" class="primary" disabled=${isSending}>${isSending
              ? "Sending…"
              : "Send"}</button>
          </div>
        </form>
        <//>
    `;
  }

  /** @param {SubmitEvent} event */
  #send = async (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const url = String(new FormData(form).get("url") ?? "");
    this.setState({ isSending: true, problem: "", answer: undefined });
    try {
      const { api, open } = this.props.model;
      const answer = await api.replay(open?.id ?? "", url);
      this.setState({ isSending: false, answer });
    } catch (error) {
      this.setState({ isSending: false, problem: error instanceof Error ? error.message : String(error) });
    }
  };
}

/**
 * @param {{ answer: ReplayAnswer }} props
 * @returns {VNode}
 */
function Answer({ answer }) {
  return html`
    <div class="answer" role="status">
      <p><strong>${answer.status}</strong> with ${countOf(answer.bodyBytes, "byte")} of content</p>
      <ul class="part-head">
        ${answer.headers.map(([name, value]) =>
          html`
            <li><span class="name"><${Captured} text=${name} /></span>: <${Captured} text=${value} /></li>
          `
        )}
      </ul>
      <p class="note">SHA-256 of the content: <code>${answer.sha256}</code></p>
    </div>
  `;
}

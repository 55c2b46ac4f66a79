// @ts-check
/// <reference lib="dom" />
// Sends a request again: the same bytes, or edited ones.

import { looksLikeText, textOfContent } from "../text/bytes.js";
import { Captured } from "../text/captured.js";
import { Component, html } from "../../../../../program/page/client/html.js";
import { Modal } from "../../../../../program/page/client/modal.js";
import { callOf } from "./replay_call.js";
import { remember } from "../remembered.js";
import { KeptResponse } from "../detail/response_view.js";
import { countOf } from "../text/sizes_and_times.js";

/** @import { VNode } from "preact" */
/** @import { OpenRequest } from "../detail/open_request.js" */
/** @import { PageModel } from "../page_model.js" */
/** @import { TrapResponse } from "../page_types.ts" */

// Fields that belong to a connection, or that are written anew for another server.
const LEFT_OUT = new Set(["host", "connection", "content-length", "transfer-encoding", "keep-alive"]);

/**
 * @typedef {object} SendState
 * @property {boolean} isSending
 * @property {boolean} isExact
 * @property {string} problem
 * @property {Sent | undefined} sent
 */

/** @typedef {{ id: string, replay: number, response: TrapResponse }} Sent the request, the index of its replay, the response */

/** @extends {Component<{ model: PageModel }, SendState>} */
export class SendDialog extends Component {
  /** @override */
  state = {
    isSending: false,
    isExact: false,
    problem: "",
    sent: /** @type {Sent | undefined} */ (undefined),
  };

  /** @override */
  render() {
    const { model } = this.props;
    const { isSending, isExact, problem, sent } = this.state;
    return html`
      <${Modal} title="Send again" close=${() => model.show({ dialog: undefined })}>
        <form onSubmit=${this.#send} class="send">
          <label class="field"><span class="label">Server</span>
            <input name="url" required autofocus placeholder="http://localhost:3000" defaultValue=${model
              .server}
              autocomplete="off" spellcheck=${false} />
          </label>
          <p><label><input type="checkbox" name="exact" checked=${isExact} onChange=${() =>
            this.setState({ isExact: !isExact })} /> the same bytes, whatever they are</label></p>
          ${!isExact && model.open !== undefined && html`<${Editor} request=${model.open} />`}
          ${problem !== "" && html`
            <p class="note bad" role="alert">
              <${Captured} text=${problem} />
            </p>
          `}
          ${sent !== undefined && html`<${Outcome} sent=${sent} api=${model.api} />`}
          <div class="buttons">
            <button type="button" onClick=${() => model.show({ dialog: undefined })}>Close</button>
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
    const call = callOf(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)));
    this.setState({ isSending: true, problem: "", sent: undefined });
    try {
      const { model } = this.props;
      const id = model.open?.id ?? "";
      model.server = call.url;
      remember("server", call.url);
      const response = await model.api.replay(id, call);
      const { replays = [] } = await model.api.record(id);
      this.setState({ isSending: false, sent: { id, response, replay: replays.length - 1 } });
    } catch (error) {
      this.setState({ isSending: false, problem: error instanceof Error ? error.message : String(error) });
    }
  };
}

/**
 * @param {{ request: OpenRequest }} props
 * @returns {VNode | undefined}
 */
function Editor({ request: { record, content, contentType, body } }) {
  if (record === undefined) return undefined;
  const fields = record.headers.filter(([name]) => !LEFT_OUT.has(name.toLowerCase()));
  const isText = looksLikeText(body.bytes) && body.bytes.length === body.totalBytes && content === body.bytes;
  return html`
    <div class="pair">
      <label class="field"><span class="label">Method</span>
        <input name="method" required defaultValue=${record.method} autocomplete="off" /></label>
      <label class="field"><span class="label">Path and query</span>
        <input name="path" required defaultValue=${record
          .target} autocomplete="off" spellcheck=${false} /></label>
    </div>
    <label class="field"><span class="label">Fields; Host and Content-Length are put right</span>
      <textarea name="headers" rows="6" spellcheck=${false}>${fields.map(([name, value]) =>
        `${name}: ${value}`
      ).join("\n")}</textarea>
    </label>
    ${isText
      ? html`
        <label class="field"><span class="label">Content</span>
          <textarea name="body" rows="8" spellcheck=${false}>${textOfContent(
            body.bytes,
            contentType,
          )}</textarea>
        </label>
      `
      : html`<p class="note">The content is sent as it came: it is no text, or too large to edit.</p>`}
  `;
}

/**
 * @param {{ sent: Sent, api: PageModel["api"] }} props
 * @returns {VNode}
 */
function Outcome({ sent: { id, replay, response }, api }) {
  return html`
    <p role="status"><strong>${response.status}</strong> with ${countOf(
      response.bodyBytes,
      "byte",
    )} of content.</p>
    <div class="outcome" role="group" aria-label="Response" tabindex="0">
      <${KeptResponse} key=${replay} id=${id} replay=${replay} response=${response} api=${api} />
    </div>
  `;
}

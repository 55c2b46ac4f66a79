// @ts-check
/// <reference lib="dom" />
// The response to a request: from the trap, the server behind it, a rule, or the server of a replay.

import { looksLikeText, readableText, textOfContent } from "../text/bytes.js";
import { Captured, CapturedLines } from "../text/captured.js";
import { Component, html } from "../../../../../program/page/client/html.js";
import { countOf, countText } from "../text/sizes_and_times.js";
import { pathOf } from "../trap_api.js";

/** @import { VNode } from "preact" */
/** @import { FetchedBytes, Pair, TrapApi, TrapRecord, TrapResponse } from "../page_types.ts" */

const MAX_SHOWN_LENGTH = 20_000;
const KINDS = { forwarded: "forwarded", scripted: "by a rule", replayed: "sent again" };

/**
 * The response that the client got, and the responses to all replays.
 *
 * @param {{ record: TrapRecord, api: TrapApi }} props
 * @returns {VNode}
 */
export function ResponseView({ record, api }) {
  const { answer, response, replays = [] } = record;
  const kept = response !== undefined && response.kind !== "replayed" ? response : undefined;
  return html`
    ${kept !== undefined
      ? html`<${KeptResponse} key=${record.id} id=${record.id} response=${kept} api=${api} />`
      : html`<${OwnResponse} answer=${answer} />`}
    ${replays.map((replay, i) =>
      html`
        <${KeptResponse} key=${replay.at} id=${record.id} response=${replay.response} replay=${i} api=${api}
          about=${`${replay.method} ${replay.url}${replay.exact ? ", the same bytes" : ""}`} />
      `
    )}
  `;
}

/**
 * The trap's own response.
 *
 * @param {{ answer: TrapRecord["answer"] }} props
 * @returns {VNode}
 */
function OwnResponse({ answer }) {
  if (answer === undefined) {
    return html`
      <section class="block">
        <h3>Response</h3>
        <p class="note">Nothing was sent back.</p>
      </section>
    `;
  }
  const { status, headers, body } = answer;
  return html`
    <section class="block">
      <h3>Response <span class="status">${status}</span></h3>
      <${Fields} fields=${headers} />
      <${Text} text=${body} />
    </section>
  `;
}

/**
 * A response whose bytes are kept; its content is fetched.
 *
 * @extends {Component<
 *   { id: string, response: TrapResponse, replay?: number, api: TrapApi, about?: string },
 *   { content: FetchedBytes | undefined }
 * >}
 */
class KeptResponse extends Component {
  /** @override */
  state = { content: /** @type {FetchedBytes | undefined} */ (undefined) };

  /** @override */
  async componentDidMount() {
    const { id, response, replay, api } = this.props;
    if (response.bodyBytes === 0) return;
    const content = await api.responseBody(id, replay).catch(() => undefined);
    this.setState({ content });
  }

  /** @override */
  render() {
    const { id, response, replay, about } = this.props;
    const { content } = this.state;
    const { kind, status, headers, bodyBytes, wireBytes, durationMs } = response;
    const query = replay === undefined ? "" : `?replay=${replay}`;
    const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
    return html`
      <section class="block">
        <h3>Response <span class="status">${status}</span> <span class="note">${KINDS[kind]}</span></h3>
        ${about !== undefined && html`
          <p class="note">
            <${Captured} text=${about} />
          </p>
        `}
        <p class="note">
          ${countOf(wireBytes, "byte")}, ${countText(bodyBytes)} of them content, in ${durationMs.toFixed(
            1,
          )} ms.
          ${" "}<a href="${pathOf(id)}/response/raw${query}" download="response.http">Bytes</a>
        </p>
        <${End} response=${response} />
        <${Fields} fields=${headers} />
        ${content !== undefined &&
          (looksLikeText(content.bytes)
            ? html`<${Text} text=${textOfContent(content.bytes, type)} />`
            : html`<p class="note">Content that is no text: ${countOf(content.bytes.length, "byte")}.</p>`)}
      </section>
    `;
  }
}

/**
 * How a response ended, unless it is complete.
 *
 * @param {{ response: TrapResponse }} props
 * @returns {VNode | undefined}
 */
function End({ response: { end, malformed, reason } }) {
  if (end === "complete") return undefined;
  return html`
    <p class="note bad"><strong>${end}</strong>
      ${malformed !== undefined && html`
        at byte ${countText(malformed.offset)}: ${malformed.rule}
      `}
      ${reason !== undefined && html`
        ${reason}
      `}</p>
  `;
}

/**
 * @param {{ fields: readonly Pair[] }} props
 * @returns {VNode}
 */
function Fields({ fields }) {
  return html`
    <ul class="part-head">
      ${fields.map(([name, value]) =>
        html`
          <li><span class="name"><${Captured} text=${name} /></span>: <${Captured} text=${readableText(
            value,
          )} /></li>
        `
      )}
    </ul>
  `;
}

/**
 * @param {{ text: string }} props
 * @returns {VNode}
 */
function Text({ text }) {
  if (text === "") return html`<p class="note">No content.</p>`;
  return html`
    <${CapturedLines} text=${text.slice(0, MAX_SHOWN_LENGTH)} />
    ${text.length > MAX_SHOWN_LENGTH &&
      html`<p class="note">The beginning of ${countOf(text.length, "character")}.</p>`}
  `;
}

// @ts-check
/// <reference lib="dom" />
// The response to a request: from the trap, the server behind it, a rule, or the server of a replay.

import { decodedContent } from "../content/content_coding.js";
import { looksLikeText, readableText, textOfContent } from "../text/bytes.js";
import { Captured, CapturedLines } from "../text/captured.js";
import { Component, html } from "../../../../../program/page/client/html.js";
import { clientResponseOf } from "../list/request_rows.js";
import { countOf, countText } from "../text/sizes_and_times.js";
import { pathOf } from "../trap_api.js";

/** @import { VNode } from "preact" */
/** @import { Pair, TrapApi, TrapRecord, TrapResponse } from "../page_types.ts" */

/** @typedef {{ bytes: Uint8Array<ArrayBuffer>, note: string }} ReadableContent without its codings; the note says so */

const MAX_SHOWN_LENGTH = 20_000;
const KINDS = {
  forwarded: "forwarded",
  scripted: "by a rule",
  copied: "to the copy",
  replayed: "sent again",
};

/**
 * The response that the client got, and the responses to the copy and to all replays.
 *
 * @param {{ record: TrapRecord, api: TrapApi }} props
 * @returns {VNode}
 */
export function ResponseView({ record, api }) {
  const { answer, replays = [] } = record;
  const kept = clientResponseOf(record);
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
 *   { content: ReadableContent | undefined }
 * >}
 */
export class KeptResponse extends Component {
  /** @override */
  state = { content: /** @type {ReadableContent | undefined} */ (undefined) };

  /** @override */
  async componentDidMount() {
    const { id, response, replay, api } = this.props;
    if (response.bodyBytes === 0) return;
    const fetchContent = (/** @type {"sent" | "decoded"} */ form) => api.responseBody(id, { replay, form });
    const sent = await fetchContent("sent").catch(() => undefined);
    if (sent === undefined) return;
    this.setState({
      content: await decodedContent(sent.bytes, response.headers, () => fetchContent("decoded")),
    });
  }

  /** @override */
  render() {
    const { id, response, replay, about } = this.props;
    const { content } = this.state;
    const { kind, status, interim = [], headers, bodyBytes, wireBytes, durationMs } = response;
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
        ${interim.map((early) =>
          html`
            <p class="note">Before it, the interim response <span class="status">${early.status}</span>:</p>
            <${Fields} fields=${early.headers} />
          `
        )}
        ${interim.length > 0 && html`<p class="note">Then:</p>`}
        <${Fields} fields=${headers} />
        ${content !== undefined && content.note !== "" && html`<p class="note">${content.note}</p>`}
        ${content !== undefined &&
          (looksLikeText(content.bytes)
            ? html`<${Text} text=${textOfContent(content.bytes, type)} />`
            : html`<p class="note">Content that is no text: ${countOf(content.bytes.length, "byte")}.</p>`)}
      </section>
    `;
  }
}

/**
 * The fault in the bytes of a response, or why it is not complete; nothing for a complete one.
 *
 * @param {{ response: TrapResponse }} props
 * @returns {VNode | undefined}
 */
function End({ response: { end, malformed, reason } }) {
  if (end === "complete" && malformed === undefined) return undefined;
  const text = malformed === undefined ? reason : `at byte ${countText(malformed.offset)}: ${malformed.rule}`;
  return html`
    <p class="note bad"><strong>${malformed === undefined ? end : "malformed"}</strong>${text !== undefined &&
      html`${" "}<${Captured} text=${text} />`}</p>
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

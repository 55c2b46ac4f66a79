// @ts-check
// The steps of the trap for a request, and the facts about it.

import { readableText } from "../text/bytes.js";
import { brokenRules } from "./broken_rules.js";
import { Captured } from "../text/captured.js";
import { html } from "../../../../../program/page/client/html.js";
import { countOf, countText, microsecondsOf, spanText } from "../text/sizes_and_times.js";
import { TimeStamp } from "../text/time_stamp.js";

/** @import { VNode } from "preact" */
/** @import { Pair, TrapRecord } from "../page_types.ts" */

// A form may have any number of fields, and browsers are slow with thousands of rows.
const MAX_PAIRS = 500;

/**
 * The chain of records, with the facts that belong to it.
 *
 * @param {{ record: TrapRecord }} props
 * @returns {VNode}
 */
export function ChainView({ record }) {
  const start = microsecondsOf(record.chain[0]?.at ?? record.receivedAt);
  return html`
    <div tabindex="0" class="scroll">
      <ol class="chain" aria-label="Chain of records">
        ${record.chain.map((entry) =>
          chainEntry(entry, kindOf(entry, record), microsecondsOf(entry.at) - start)
        )}
      </ol>
      <${Facts} record=${record} />
    </div>
  `;
}

/**
 * A table of names and values.
 *
 * @param {{ title: string, pairs: readonly Pair[] }} props
 * @returns {VNode | undefined}
 */
export function Pairs({ title, pairs }) {
  if (pairs.length === 0) return undefined;
  return html`
    <section class="block">
      <h3>${title}</h3>
      <table class="pairs">
        <thead class="offscreen">
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          ${pairs.slice(0, MAX_PAIRS).map(([name, value]) =>
            html`
              <tr>
                <th scope="row">
                  <${Captured} text=${name} />
                </th>
                <td>
                  <${Captured} text=${value} />
                </td>
              </tr>
            `
          )}
        </tbody>
      </table>
      ${pairs.length > MAX_PAIRS &&
        html`<p class="note">${MAX_PAIRS} of ${countText(pairs.length)}.</p>`}
    </section>
  `;
}

/**
 * The level of an entry; a broken rule is no fault of the message, and no reason for red.
 *
 * @param {TrapRecord["chain"][number]} entry
 * @param {TrapRecord} record
 * @returns {string}
 */
function kindOf({ level, message }, record) {
  return level === "error" && brokenRules(record).includes(message) ? "rule" : level;
}

/**
 * @param {TrapRecord["chain"][number]} entry
 * @param {string} kind
 * @param {number} sinceStart microseconds
 * @returns {VNode}
 */
function chainEntry({ where, message }, kind, sinceStart) {
  const links = where.split(" > ");
  return html`
    <li class="entry ${["warn", "error", "rule"].includes(kind) ? kind : "info"}">
      <span class="depth" style=${{ width: `${Math.min(links.length - 1, 6) * 0.9}rem` }}></span>
      <div class="said">
        <span class="where">${links.map((link, i) =>
          html`${i > 0 && html`<i> › </i>`}<${Captured} text=${link} />`
        )}</span>
        ${kind !== "info" && html`<span class="level">${kind}</span>`}
        <p><${Captured} text=${readableText(message)} /></p>
      </div>
      <span class="since">${spanText(sinceStart)}</span>
    </li>
  `;
}

/**
 * @param {{ record: TrapRecord }} props
 * @returns {VNode}
 */
function Facts({ record }) {
  const { answer, truncated } = record;
  /** @type {(readonly [string, unknown])[]} */
  const facts = [
    ["Id", html`<code>${record.id}</code>`],
    ["Received", html`<${TimeStamp} at=${record.receivedAt} form="full" />`],
    ["From", record.remote],
    ["To", record.local],
    ["Version", record.version === "" ? "not understood" : html`<${Captured} text=${record.version} />`],
    ["Bytes", `${countOf(record.wireBytes, "byte")}, ${countText(record.bodyBytes)} of them content`],
    ...(truncated === undefined
      ? []
      : [/** @type {const} */ (["Kept", `${countOf(truncated.keptBytes, "byte")} only`])]),
    ["SHA-256", html`<code>${record.sha256}</code>`],
    // A response that was forwarded, or that is a rule's, is beside the request.
    ...(answer === undefined ? [] : [/** @type {const} */ (["Response", answerText(answer)])]),
  ];
  return html`
    <section class="block">
      <h3>Facts</h3>
      <dl class="facts">${facts.map(([name, value]) =>
        html`
          <div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>
        `
      )}</dl>
    </section>
  `;
}

/**
 * @param {NonNullable<TrapRecord["answer"]>} answer
 * @returns {string}
 */
function answerText({ status, headers, body }) {
  return `${status}, ${countOf(headers.length, "field")} of its own, ${
    countOf(body.length, "character")
  } of content`;
}

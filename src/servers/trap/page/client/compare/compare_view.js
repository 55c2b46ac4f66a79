// @ts-check
// Two requests side by side, line by line.

import { looksLikeText, textOfContent } from "../text/bytes.js";
import { Captured } from "../text/captured.js";
import { hexRowCount, hexText, offsetText } from "../content/hex_rows.js";
import { html } from "../../../../../program/page/client/html.js";
import { Icon } from "../../../../../program/page/client/icons.js";
import { layOutJson, plainLines } from "../content/json_layout.js";
import { changedPart, diffLines } from "./line_diff.js";
import { countOf } from "../text/sizes_and_times.js";
import { sizeText } from "../../../../../program/page/client/sizes.js";
import { TimeStamp } from "../text/time_stamp.js";
import { visibleBytes } from "../text/visible_text.js";

/** @import { VNode } from "preact" */
/** @import { DiffRow } from "../page_types.ts" */
/** @import { OpenRequest } from "../detail/open_request.js" */
/** @import { PageModel } from "../page_model.js" */

const MAX_LINES = 3_000;
const HEX_WIDTH = 8;

/**
 * The comparison of the open request with the compared one.
 *
 * @param {{ model: PageModel, left: OpenRequest, right: OpenRequest }} props
 * @returns {VNode}
 */
export function CompareView({ model, left, right }) {
  const problem = left.problem || right.problem;
  return html`
    <header class="detail-head">
      <div class="title">
        <button type="button" class="icon-button" aria-label="End the comparison" onClick=${() =>
          model.close()}>
          <${Icon} name="back" />
        </button>
        <h2 tabindex="-1">Comparison</h2>
        <button type="button" onClick=${() => model.swap()}>Swap sides</button>
      </div>
    </header>
    ${problem !== "" && html`<p class="message bad" role="alert">${problem}</p>`}
    ${left.record === undefined || right.record === undefined ? undefined : html`
      <div tabindex="0" class="scroll compare">
        <div class="diff-row sides">
          <${Side} request=${left} />
          <${Side} request=${right} />
        </div>
        <${Section} title="Head" left=${headTexts(left)} right=${headTexts(right)} />
        <${Section} title="Content" ...${contentTexts(left, right)} />
      </div>
    `}
  `;
}

/**
 * @param {{ request: OpenRequest }} props
 * @returns {VNode}
 */
function Side({ request: { record, raw } }) {
  const about = `${sizeText(raw.totalBytes)}, ${record?.end}, from ${record?.remote}`;
  return html`<div><strong><${TimeStamp} at=${
    record?.receivedAt ?? ""
  } form="clock" /></strong><p class="note">${about}</p></div>`;
}

/**
 * @param {{ title: string, left: readonly string[], right: readonly string[] }} props
 * @returns {VNode}
 */
function Section({ title, left, right }) {
  const rows = diffLines(left.slice(0, MAX_LINES), right.slice(0, MAX_LINES), keyOfLine);
  const changes = rows.filter(({ kind }) => kind !== "same").length;
  const isCut = left.length > MAX_LINES || right.length > MAX_LINES;
  const counted = changes === 0 ? "equal" : countOf(changes, "difference");
  return html`
    <section class="block diff">
      <h3>${title}<span class="note">${isCut
        ? `${counted} in the first ${MAX_LINES} lines`
        : counted}</span></h3>
      <div role="table" aria-label="${title}, side by side">${rows.map(diffRow)}</div>
    </section>
  `;
}

/**
 * @param {DiffRow} row
 * @param {number} index
 * @returns {VNode}
 */
function diffRow({ kind, left, right }, index) {
  const part = kind === "changed" ? changedPart(left ?? "", right ?? "") : undefined;
  return html`
    <div class="diff-row ${kind}" role="row" key=${index}>
      <${Cell} text=${left} start=${part?.start} end=${part?.leftEnd} sign=${kind === "same" ? " " : "−"} />
      <${Cell} text=${right} start=${part?.start} end=${part?.rightEnd} sign=${kind === "same" ? " " : "+"} />
    </div>
  `;
}

/**
 * @param {{ text: string | undefined, start: number | undefined, end: number | undefined, sign: string }} props
 * @returns {VNode}
 */
function Cell({ text, start, end, sign }) {
  if (text === undefined) return html`<div class="cell none" role="cell"></div>`;
  const pieces = start === undefined || end === undefined
    ? html`<${Captured} text=${text} />`
    : [[0, start], [start, end], [end, text.length]].map(([from, to], i) => {
      const piece = html`<${Captured} text=${text.slice(from, to)} />`;
      return i === 1 ? html`<em>${piece}</em>` : piece;
    });
  return html`<div class="cell" role="cell"><span class="sign">${sign}</span><div>${pieces}</div></div>`;
}

/**
 * The key that makes two lines comparable: the name of a field, or of a member in JSON.
 *
 * @param {string} line
 * @returns {string}
 */
function keyOfLine(line) {
  return /^\s*("(?:[^"\\]|\\.)*"|[^\s:]+):/.exec(line)?.[1]?.toLowerCase() ?? "";
}

/**
 * @param {OpenRequest} request
 * @returns {string[]}
 */
function headTexts({ head }) {
  return head.filter(({ bytes }) => bytes.length > 0).map(({ bytes }) =>
    visibleBytes(bytes).map(({ text }) => text).join("")
  );
}

/**
 * Both contents as lines: JSON laid out or text; bytes if one of them is not text.
 *
 * @param {OpenRequest} left
 * @param {OpenRequest} right
 * @returns {{ left: string[], right: string[] }}
 */
function contentTexts(left, right) {
  const areTexts = looksLikeText(left.content) && looksLikeText(right.content);
  if (!areTexts) return { left: hexLines(left.content), right: hexLines(right.content) };
  return { left: textLines(left), right: textLines(right) };
}

/**
 * @param {OpenRequest} request
 * @returns {string[]}
 */
function textLines({ content, contentType, extent }) {
  const text = textOfContent(content, contentType);
  if (text === "") return [];
  try {
    return plainLines(layOutJson(text, extent));
  } catch {
    return text.split(/\r?\n/);
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {string[]}
 */
function hexLines(bytes) {
  const count = Math.min(hexRowCount(bytes.length, HEX_WIDTH), MAX_LINES + 1);
  return Array.from({ length: count }, (_, i) => {
    const row = bytes.subarray(i * HEX_WIDTH, (i + 1) * HEX_WIDTH);
    return `${offsetText(i * HEX_WIDTH)}  ${[...row].map(hexText).join(" ")}`;
  });
}

// @ts-check
// A JSON text in lines and colours.

import { CapturedLines } from "../text/captured.js";
import { Component, html } from "../../../../../program/page/client/html.js";
import { blockEnd, isClosing, layOutJson, unfolded, valueText } from "./json_layout.js";
import { Icon } from "../../../../../program/page/client/icons.js";
import { countOf, countText } from "../text/sizes_and_times.js";
import { visibleText } from "../text/visible_text.js";

/** @import { VNode } from "preact" */
/** @import { JsonLine } from "../page_types.ts" */

const STEP_LINES = 2_000;
const MAX_BLOCK_LINES = 200;
const MAX_TEXT_LENGTH = 262_144;

/**
 * A small JSON text laid out in colours, without anything to fold or copy.
 *
 * @param {{ text: string }} props a JSON text
 * @returns {VNode}
 */
export function JsonBlock({ text }) {
  const lines = layOutJson(text);
  return html`
    <div class="json">
      ${lines.slice(0, MAX_BLOCK_LINES).map(({ depth, tokens }) =>
        html`
          <div class="json-line" style=${{ paddingLeft: `${Math.min(depth, 40) * 1.2}rem` }}>
            ${drawTokens(tokens)}
          </div>
        `
      )}
      ${lines.length > MAX_BLOCK_LINES &&
        html`<p class="note">${MAX_BLOCK_LINES} of ${countOf(lines.length, "line")}.</p>`}
    </div>
  `;
}

/**
 * @param {JsonLine["tokens"]} tokens
 * @returns {VNode[]}
 */
function drawTokens(tokens) {
  return tokens.map(({ kind, text }) => html`<span class="json-${kind}">${visibleText(text)}</span>`);
}

/**
 * The text, laid out again; unchanged if it is not JSON.
 *
 * @extends {Component<{ text: string, extent: "whole" | "cut", copy: (text: string) => void }, { shownLines: number, folded: ReadonlySet<number> }>}
 */
export class JsonView extends Component {
  /** @override */
  state = { shownLines: STEP_LINES, folded: /** @type {ReadonlySet<number>} */ (new Set()) };
  /** @type {{ text: string, extent: "whole" | "cut", lines: readonly JsonLine[], problem: string } | undefined} */
  #laidOut;

  /** @override */
  render() {
    const { text, extent } = this.props;
    const { lines, problem } = this.#layOut();
    if (problem !== "") {
      return html`
        <div tabindex="0" class="scroll">
          <p class="note bad">This is no JSON: ${visibleText(problem)}</p>
          <${CapturedLines} text=${text.slice(0, MAX_TEXT_LENGTH)} />
        </div>
      `;
    }
    const { shownLines, folded } = this.state;
    return html`
      <div tabindex="0" class="scroll">
        <div class="json">
          ${unfolded(lines.slice(0, shownLines), folded).map((index) => this.#line(lines, index))}
        </div>
        ${lines.length > shownLines && html`
          <p class="note">
            ${countText(shownLines)} of ${countOf(lines.length, "line")}.
            <button type="button" onClick=${() => this.setState({ shownLines: shownLines + STEP_LINES })}>
              Show more
            </button>
          </p>
        `}
        ${lines.length <= shownLines && extent === "cut" &&
          html`<p class="note">The text breaks off here.</p>`}
      </div>
    `;
  }

  /**
   * Lays the text out once, however often it is drawn.
   *
   * @returns {{ lines: readonly JsonLine[], problem: string }} the problem is "" unless the text is not JSON
   */
  #layOut() {
    const { text, extent } = this.props;
    if (this.#laidOut?.text !== text || this.#laidOut.extent !== extent) {
      this.#laidOut = { text, extent, ...tryLayOut(text, extent) };
    }
    return this.#laidOut;
  }

  /**
   * @param {readonly JsonLine[]} lines
   * @param {number} index
   * @returns {VNode}
   */
  #line(lines, index) {
    const { depth, tokens } = /** @type {JsonLine} */ (lines[index]);
    const end = blockEnd(lines, index);
    const isFolded = this.state.folded.has(index);
    return html`
      <div class="json-line" key=${index} style=${{ paddingLeft: `${Math.min(depth, 40) * 1.2 + 1.4}rem` }}>
        ${end > index && html`
          <button type="button" class="fold" aria-expanded=${String(
            !isFolded,
          )} aria-label="Fold line ${index + 1}"
            onClick=${() => this.#toggle(index)}></button>
        `}
        ${drawTokens(tokens)}
        ${isFolded && html`<span class="json-mark"> … ${countOf(end - index - 1, "line")} … </span>`}
        ${!isClosing(tokens) && html`
          <button type="button" class="copy-value" aria-label="Copy the value of line ${index + 1}"
            onClick=${() => this.props.copy(valueText(lines, index, end))}><${Icon} name="copy" /></button>
        `}
      </div>
    `;
  }

  /** @param {number} index */
  #toggle(index) {
    const folded = new Set(this.state.folded);
    if (!folded.delete(index)) folded.add(index);
    this.setState({ folded });
  }
}

/**
 * @param {string} text
 * @param {"whole" | "cut"} extent
 * @returns {{ lines: readonly JsonLine[], problem: string }}
 */
function tryLayOut(text, extent) {
  try {
    return { lines: layOutJson(text, extent), problem: "" };
  } catch (error) {
    return { lines: [], problem: error instanceof Error ? error.message : String(error) };
  }
}

// @ts-check
// A JSON text in lines and colours.

import { CapturedLines } from "./captured.js";
import { Component, html } from "../../../../program/page/client/html.js";
import { layOutJson } from "./json_layout.js";
import { countOf, countText } from "./sizes_and_times.js";
import { visibleText } from "./visible_text.js";

/** @import { VNode } from "preact" */
/** @import { JsonLine } from "./page_types.ts" */

const STEP_LINES = 2_000;
const MAX_TEXT_LENGTH = 262_144;

/**
 * The text, laid out again; as it is where it is no JSON.
 *
 * @extends {Component<{ text: string }, { shownLines: number }>}
 */
export class JsonView extends Component {
  /** @override */
  state = { shownLines: STEP_LINES };

  /** @override */
  render() {
    const { text } = this.props;
    /** @type {JsonLine[]} */
    let lines;
    try {
      lines = layOutJson(text);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return html`
        <div tabindex="0" class="scroll">
          <p class="note bad">This is no JSON: ${visibleText(problem)}</p>
          <${CapturedLines} text=${text.slice(0, MAX_TEXT_LENGTH)} />
        </div>
      `;
    }
    const { shownLines } = this.state;
    return html`
      <div tabindex="0" class="scroll">
        <div class="json">
          ${lines.slice(0, shownLines).map(jsonLine)}
        </div>
        ${lines.length > shownLines && html`
          <p class="note">
            ${countText(shownLines)} of ${countOf(lines.length, "line")}.
            <button type="button" onClick=${() => this.setState({ shownLines: shownLines + STEP_LINES })}>
              Show more
            </button>
          </p>
        `}
      </div>
    `;
  }
}

/**
 * @param {JsonLine} line
 * @param {number} index
 * @returns {VNode}
 */
function jsonLine({ depth, tokens }, index) {
  return html`
    <div class="json-line" key=${index} style=${{ paddingLeft: `${Math.min(depth, 40) * 1.2 + 1.2}rem` }}>
      ${tokens.map(({ kind, text }) => html`<span class="json-${kind}">${visibleText(text)}</span>`)}
    </div>
  `;
}

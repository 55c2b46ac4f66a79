// @ts-check
/// <reference lib="dom" />
// XML, indented anew. The formatter is fetched when it is first needed.

import { CapturedLines } from "../text/captured.js";
import { Component, html } from "../../../../../program/page/client/html.js";
import { visibleText } from "../text/visible_text.js";

const MAX_TEXT_LENGTH = 262_144;
const TOO_LARGE = "Only whole documents of at most 262,144 characters are indented: shown as sent.";

/**
 * The text unchanged, until it is indented, and if it is cut or not XML.
 *
 * @extends {Component<{ text: string, extent: "whole" | "cut" }, { shown: string, of: string, problem: string }>}
 */
export class XmlView extends Component {
  /** @override */
  state = { shown: "", of: "", problem: "" };

  /** @override */
  componentDidMount() {
    if (this.#isFit) this.#format();
  }

  /** @override */
  componentDidUpdate() {
    if (this.state.of !== this.props.text && this.#isFit) this.#format();
  }

  /** @override */
  render() {
    const { text } = this.props;
    const { shown, of, problem } = this.state;
    return html`
      <div tabindex="0" class="scroll">
        ${this.#isFit || html`<p class="note">${TOO_LARGE}</p>`}
        ${this.#isFit && problem !== "" && html`<p class="note bad">${visibleText(problem)}</p>`}
        <${CapturedLines} text=${(of === text && problem === "" ? shown : text).slice(0, MAX_TEXT_LENGTH)} />
      </div>
    `;
  }

  get #isFit() {
    const { text, extent } = this.props;
    return extent === "whole" && text.length <= MAX_TEXT_LENGTH;
  }

  async #format() {
    const { text } = this.props;
    this.setState({ of: text });
    try {
      const { default: formatXml } = await loadFormatter();
      this.setState({ shown: formatXml(text, FORMAT), problem: "" });
    } catch (error) {
      this.setState({ problem: `This is no XML: ${error instanceof Error ? error.message : String(error)}` });
    }
  }
}

const FORMAT = { indentation: "  ", collapseContent: true, lineSeparator: "\n" };

/** @returns {Promise<{ default: (text: string, options: typeof FORMAT) => string }>} */
async function loadFormatter() {
  const path = "/page/xml.js";
  return await import(path);
}

// @ts-check
/// <reference lib="dom" />
// The names of all series: a tree that opens node by node, or the matches of a glob.

import { Component, html } from "../../../../../program/page/client/html.js";
import { Icon } from "../../../../../program/page/client/icons.js";

/** @import { VNode } from "preact" */
/** @import { Model } from "../model.js" */
/** @import { NameList, TreeNode } from "../page_types.ts" */

/**
 * @param {{ model: Model }} props
 * @returns {VNode}
 */
export function NamesView({ model }) {
  return html`
    <form class="names-form" role="search" onSubmit=${(/** @type {SubmitEvent} */ event) =>
      plot(event, model)}>
      <label class="offscreen" for="expression">Name, glob or expression</label>
      <input id="expression" name="expression" placeholder="name, glob or expression" autocomplete="off"
        autocapitalize="none" spellcheck=${false} />
      <button type="submit" class="primary">Plot</button>
    </form>
    <div class="names scroll" tabindex="0" role="group" aria-label="Tree of names">
      <${Branch} model=${model} pattern="*" />
    </div>
  `;
}

/**
 * @param {SubmitEvent} event
 * @param {Model} model
 */
function plot(event, model) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.currentTarget);
  model.addTarget(String(new FormData(form).get("expression") ?? "").trim());
  form.reset();
}

/**
 * The nodes that match a pattern; fetched when it is opened.
 *
 * @extends {Component<{ model: Model, pattern: string }, { list: NameList, state: string }>}
 */
class Branch extends Component {
  /** @override */
  state = { list: /** @type {NameList} */ ({ nodes: [], count: 0 }), state: "loading" };

  /** @override */
  async componentDidMount() {
    try {
      const list = await this.props.model.api.names(this.props.pattern);
      this.setState({ list, state: list.count === 0 ? "nothing here yet" : "" });
    } catch (error) {
      this.setState({ state: error instanceof Error ? error.message : String(error) });
    }
  }

  /** @override */
  render() {
    const { list: { nodes, count }, state } = this.state;
    if (state !== "") return html`<p class="note">${state}</p>`;
    const left = count - nodes.length;
    return html`
      <ul class="branch">
        ${nodes.map((node) =>
          html`<${Node} key=${node.path + node.isLeaf} model=${this.props.model} node=${node} />`
        )}
        ${left > 0 && html`<li class="note">and ${left.toLocaleString("en-US")} more: use a glob above</li>`}
      </ul>
    `;
  }
}

/** @extends {Component<{ model: Model, node: TreeNode }, { isOpen: boolean }>} */
class Node extends Component {
  /** @override */
  state = { isOpen: false };

  /** @override */
  render() {
    const { model, node } = this.props;
    const { isOpen } = this.state;
    if (node.isLeaf) {
      const isPlotted = model.state.targets.includes(node.path);
      return html`
        <li>
          <button type="button" class="leaf" aria-pressed=${String(isPlotted)} title=${node.path}
            onClick=${() => isPlotted ? model.removeTarget(node.path) : model.addTarget(node.path)}>
            ${node.name}
          </button>
        </li>
      `;
    }
    return html`
      <li>
        <button type="button" class="node" aria-expanded=${String(isOpen)} onClick=${this.#toggle}>
          <${Icon} name="play" /> ${node.name}
        </button>
        ${isOpen && html`<${Branch} model=${model} pattern=${`${node.path}.*`} />`}
      </li>
    `;
  }

  #toggle = () => {
    this.setState({ isOpen: !this.state.isOpen });
  };
}

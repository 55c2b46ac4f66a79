// @ts-check
/// <reference lib="dom" />
// The markup of the page: templates become nodes, and values become text or properties, never markup.

import htm from "htm";
import { Component, h, render } from "preact";

/**
 * Makes nodes from a template.
 *
 * @type {(literals: TemplateStringsArray, ...values: unknown[]) => import("preact").VNode}
 */
export const html = /** @type {{ bind(make: unknown): never }} */ (/** @type {unknown} */ (htm)).bind(h);

export { Component, render };

/**
 * Draws again only if one of its inputs has changed.
 *
 * @typedef {object} StillProps
 * @property {readonly unknown[]} of
 * @property {() => import("preact").ComponentChildren} draw
 */

/** @extends {Component<StillProps, { problem: string }>} */
export class Still extends Component {
  /** @override */
  state = { problem: "" };

  /**
   * @override
   * @param {StillProps} next
   */
  componentWillReceiveProps(next) {
    if (this.#differs(next)) this.setState({ problem: "" });
  }

  /**
   * @override
   * @param {StillProps} next
   * @param {{ problem: string }} state
   */
  shouldComponentUpdate(next, state) {
    return this.#differs(next) || state.problem !== this.state.problem;
  }

  /**
   * A view that fails must not take the rest of the page with it.
   *
   * @override
   * @param {unknown} error
   */
  componentDidCatch(error) {
    this.setState({ problem: error instanceof Error ? error.message : String(error) });
  }

  /** @override */
  render() {
    const { problem } = this.state;
    if (problem === "") return this.props.draw();
    return html`<p class="message bad" role="alert">This cannot be shown: ${problem}</p>`;
  }

  /** @param {StillProps} next */
  #differs(next) {
    return next.of.some((part, i) => part !== this.props.of[i]);
  }
}

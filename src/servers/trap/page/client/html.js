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
 * Draws again only when one of the things has changed that it is made of.
 *
 * @typedef {object} StillProps
 * @property {readonly unknown[]} of
 * @property {() => import("preact").ComponentChildren} draw
 */

/** @extends {Component<StillProps>} */
export class Still extends Component {
  /**
   * @override
   * @param {StillProps} next
   */
  shouldComponentUpdate(next) {
    return next.of.some((part, i) => part !== this.props.of[i]);
  }

  /** @override */
  render() {
    return this.props.draw();
  }
}

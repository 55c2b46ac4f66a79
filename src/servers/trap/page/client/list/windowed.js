// @ts-check
/// <reference lib="dom" />
// A long list with only the visible rows in the document, so 10,000 rows cost the same as 30.

import { Component, html } from "../../../../../program/page/client/html.js";

/** @import { ComponentChildren } from "preact" */

// Rows beyond the edges, so that scrolling shows no gaps.
const SPARE_ROWS = 8;

/**
 * The parts of the list.
 *
 * @typedef {object} WindowedProps
 * @property {number} count
 * @property {number} rowHeightRem the height that the stylesheet gives a row
 * @property {(index: number) => ComponentChildren} row
 * @property {(index: number) => string} [keyOf] identifies a row that has moved after a change
 * @property {(key: string) => number} [indexOf] its present index
 * @property {number} [reveal] index of a row to scroll to when `revealSerial` changes
 * @property {number} [revealSerial]
 * @property {() => void} [onEnd] called when the end is near
 * @property {(isAtTop: boolean) => void} [onTop]
 * @property {Record<string, unknown>} attributes of the element that scrolls
 */

/** @extends {Component<WindowedProps, { top: number, height: number }>} */
export class Windowed extends Component {
  /** @override */
  state = { top: 0, height: 800 };
  /** @type {HTMLElement | null} */
  #element = null;
  #rowPx = 16;
  /** @type {{ key: string, below: number } | undefined} */
  #anchor;
  #observer = new ResizeObserver(() => this.#measure());

  /** @override */
  componentDidMount() {
    if (this.#element !== null) this.#observer.observe(this.#element);
    this.#measure();
    this.#reveal();
  }

  /**
   * @override
   * @param {WindowedProps} before
   */
  componentDidUpdate(before) {
    this.#keepPlace();
    if (this.props.revealSerial !== before.revealSerial) this.#reveal();
  }

  /** @override */
  componentWillUnmount() {
    this.#observer.disconnect();
  }

  /** @override */
  render() {
    const { count, row, attributes } = this.props;
    const top = this.#keptTop();
    const first = Math.max(0, Math.floor(top / this.#rowPx) - SPARE_ROWS);
    const end = Math.min(count, Math.ceil((top + this.state.height) / this.#rowPx) + SPARE_ROWS);
    const rows = [];
    for (let i = first; i < end; i++) rows.push(row(i));
    return html`
      <div class="windowed" tabindex="0" ...${attributes} ref=${this.#setElement} onScroll=${this.#onScroll}>
        <div class="extent" role="presentation" style=${{ height: `${count * this.#rowPx}px` }}>
          <div role="presentation" style=${{
            transform: `translateY(${first * this.#rowPx}px)`,
          }}>${rows}</div>
        </div>
      </div>
    `;
  }

  /** @param {HTMLElement | null} element */
  #setElement = (element) => {
    this.#element = element;
  };

  #onScroll = () => {
    const top = this.#element?.scrollTop ?? 0;
    const index = Math.floor(top / this.#rowPx);
    const key = top > 0 && index < this.props.count ? this.props.keyOf?.(index) : undefined;
    this.#anchor = key === undefined ? undefined : { key, below: top - index * this.#rowPx };
    this.props.onTop?.(top <= 0);
    this.setState({ top });
    const end = (top + this.state.height) / this.#rowPx;
    if (end > this.props.count - 2 * SPARE_ROWS) this.props.onEnd?.();
  };

  #measure() {
    const fontPx = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.#rowPx = fontPx * this.props.rowHeightRem;
    this.setState({ height: this.#element?.clientHeight ?? 0 });
  }

  /** The place of the visible rows now: lower when rows were added above them. */
  #keptTop() {
    const index = this.#anchor === undefined ? -1 : this.props.indexOf?.(this.#anchor.key) ?? -1;
    return this.#anchor === undefined || index < 0
      ? this.state.top
      : index * this.#rowPx + this.#anchor.below;
  }

  /** Keeps the visible rows in place. */
  #keepPlace() {
    const top = this.#keptTop();
    // Asking the element would have the browser lay out the new rows at once: a fifth of the work of scrolling.
    if (this.#element !== null && Math.abs(top - this.state.top) > 1) this.#element.scrollTop = top;
  }

  #reveal() {
    const { reveal = -1 } = this.props;
    if (reveal < 0 || this.#element === null) return;
    const [top, height] = [this.#element.scrollTop, this.#element.clientHeight];
    const start = reveal * this.#rowPx;
    if (start < top) this.#element.scrollTop = start;
    else if (start + this.#rowPx > top + height) this.#element.scrollTop = start + this.#rowPx - height;
  }
}

// @ts-check
/// <reference lib="dom" />
// Dialogs of all pages.

import { Component, html } from "./html.js";

/** @import { ComponentChildren, VNode } from "preact" */

/**
 * A dialog that keeps the focus until it is closed.
 *
 * @extends {Component<{ title: string, close: () => void, children?: ComponentChildren }>}
 */
export class Modal extends Component {
  /** @type {HTMLDialogElement | null} */
  #element = null;

  #isOpen = true;

  /** @override */
  componentDidMount() {
    this.#element?.showModal();
  }

  /** @override */
  componentWillUnmount() {
    this.#isOpen = false;
    // Gives the focus back to where it was.
    this.#element?.close();
  }

  /** @override */
  render() {
    const { title, children } = this.props;
    return html`
      <dialog ref=${this.#setElement} aria-labelledby="dialog-title" onCancel=${this.#leave} onClose=${this
        .#leave}>
        <h2 id="dialog-title">${title}</h2>
        ${children}
      </dialog>
    `;
  }

  // The browser reports the end later, when another dialog may be open.
  #leave = () => {
    if (this.#isOpen) this.props.close();
  };

  /** @param {HTMLDialogElement | null} element */
  #setElement = (element) => {
    this.#element = element;
  };
}

/**
 * Asks before something is done that cannot be undone.
 *
 * @param {{ title: string, action: string, close: () => void, done: () => void, children?: ComponentChildren }} props
 * @returns {VNode}
 */
export function Confirmation({ title, action, close, done, children }) {
  return html`
    <${Modal} title=${title} close=${close}>
      <p>${children}</p>
      <div class="buttons">
        <button type="button" autofocus onClick=${close}>Keep</button>
        <button type="button" class="danger solid" id="confirm" onClick=${done}>${action}</button>
      </div>
      <//>
  `;
}

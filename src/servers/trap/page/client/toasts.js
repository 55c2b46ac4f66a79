// @ts-check
/// <reference lib="dom" />
// Short messages about finished actions, which disappear by themselves.

const SHOWN_MS = 6_000;

/** One message at a time; the next replaces it. */
export class Toasts {
  /** @type {{ text: string, notes: readonly string[], isBad: boolean } | undefined} */
  toast;
  #onChange;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {() => void} onChange called when the message has changed */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /**
   * Shows a message; more notes keep it visible for longer.
   *
   * @param {string} text
   * @param {{ notes?: readonly string[], isBad?: boolean }} [more]
   */
  say(text, { notes = [], isBad = false } = {}) {
    this.toast = { text, notes, isBad };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.toast = undefined;
      this.#onChange();
    }, SHOWN_MS * (1 + notes.length));
    this.#onChange();
  }
}

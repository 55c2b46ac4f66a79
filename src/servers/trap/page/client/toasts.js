// @ts-check
/// <reference lib="dom" />
// Short messages about what was done, which go away by themselves.

const SHOWN_MS = 6_000;

/** One message at a time; the next takes its place. */
export class Toasts {
  /** @type {{ text: string, notes: readonly string[], isBad: boolean } | undefined} */
  toast;
  #onChange;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {() => void} onChange told when there is something else to show */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /**
   * Says something, the longer the more notes it has.
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

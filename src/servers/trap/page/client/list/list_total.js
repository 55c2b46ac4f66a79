// @ts-check
// The number of all requests of the chosen bin, also of those that the list has not loaded.

const REST_MS = 1_000;

/**
 * The dependencies of the number.
 *
 * @typedef {object} ListTotalOptions
 * @property {(bin: string) => Promise<number>} count asks the trap
 * @property {() => void} onChange called when the number has changed
 * @property {(ms: number) => Promise<void>} wait
 */

/** The number of all requests of the chosen bin. */
export class ListTotal {
  /** The number; undefined until it is known. @type {number | undefined} */
  value;
  #bin = "";
  #isStale = false;
  #isAsking = false;
  #options;

  /** @param {ListTotalOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /**
   * Asks for the number, because the list has changed: at most once a second.
   *
   * @param {string} bin the chosen one; "" for all
   */
  async refresh(bin) {
    if (bin !== this.#bin) this.value = undefined;
    this.#bin = bin;
    this.#isStale = true;
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#isStale) {
      this.#isStale = false;
      await this.#ask();
      await this.#options.wait(REST_MS);
    }
    this.#isAsking = false;
  }

  async #ask() {
    const bin = this.#bin;
    // Without a number the list says that there are more.
    const count = await this.#options.count(bin).catch(() => undefined);
    if (bin !== this.#bin || count === undefined || count === this.value) return;
    this.value = count;
    this.#options.onChange();
  }
}

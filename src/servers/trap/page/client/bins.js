// @ts-check
// The bins that the page knows. With `--bins`, each has its own list, rules, bound and link.

/** @import { BinList, TrapRecord } from "./page_types.ts" */

/** Names of bins, and how long their requests are kept. */
export class Bins {
  isOn = false;
  /** How many requests each bin keeps. */
  keep = 0;
  /** How long they are kept; null means for ever. @type {number | null} */
  keepAgeMs = null;
  /** @type {Set<string>} */
  #names = new Set();

  /** In alphabetical order. */
  get names() {
    return [...this.#names].sort();
  }

  /**
   * Takes the trap's report about its bins.
   *
   * @param {BinList} list
   */
  take({ enabled, keep, keepAgeMs, bins }) {
    this.isOn = enabled;
    this.keep = keep;
    this.keepAgeMs = keepAgeMs;
    for (const { name } of bins) this.add(name);
  }

  /** @param {string} name */
  add(name) {
    if (name !== "") this.#names.add(name);
  }

  /**
   * Learns of bins from requests.
   *
   * @param {readonly TrapRecord[]} records
   */
  notice(records) {
    for (const { bin } of records) if (bin !== undefined) this.add(bin);
  }
}

/**
 * A name for a private bin, which cannot be guessed.
 *
 * @returns {string}
 */
export function newBinName() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return [...bytes].map((byte) => byte.toString(36).padStart(2, "0")).join("");
}

// @ts-check
// The bins that the page knows: with `--bins` each has a list, rules, a bound and a link of its own.

/** @import { BinList, TrapRecord } from "./page_types.ts" */

/** Names of bins, and how long their requests stay. */
export class Bins {
  isOn = false;
  /** How many requests each bin keeps. */
  keep = 0;
  /** For how long; null for ever. @type {number | null} */
  keepAgeMs = null;
  /** @type {Set<string>} */
  #names = new Set();

  /** In the order of the alphabet. */
  get names() {
    return [...this.#names].sort();
  }

  /**
   * Takes what the trap says of its bins.
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
 * A name that cannot be guessed, for a private bin.
 *
 * @returns {string}
 */
export function newBinName() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return [...bytes].map((byte) => byte.toString(36).padStart(2, "0")).join("");
}

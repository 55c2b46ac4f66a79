// @ts-check
// The list, which fills while the user looks at it: its content, filters and pauses.

import { RequestRows, rowOf } from "./request_rows.js";
import { isUnfiltered } from "../trap_api.js";

/** @import { Filters, RequestRow, TrapApi, TrapRecord } from "../page_types.ts" */

const PAGE_SIZE = 200;
const MAX_ROWS = 20_000;
// With filters, the server is asked for the matches: at most once in this time, and for at most a fifth of
// the time.
const MIN_REST_MS = 150;
const REST_FACTOR = 4;

/** @type {Filters} */
const NO_FILTERS = { text: "", method: "", path: "", errorsOnly: false, faultsOnly: false, bin: "" };

/**
 * The dependencies of the list.
 *
 * @typedef {object} LiveListOptions
 * @property {Pick<TrapApi, "list">} api
 * @property {() => void} onChange called when the list has changed
 * @property {(ms: number) => Promise<void>} wait
 * @property {() => number} nowMs
 */

/** The list of requests. */
export class LiveList {
  rows = new RequestRows(MAX_ROWS);
  filters = NO_FILTERS;
  isPaused = false;
  /** Requests that came while paused. */
  heldCount = 0;
  /** Whether the server may have older requests. */
  hasMore = false;
  /** Whether nothing has been fetched yet. */
  isLoading = true;
  /** Why the list could not be fetched; "" when it was. */
  problem = "";
  /** The methods that were seen, for the filter. */
  methods = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]);
  #options;
  /** @type {RequestRow[]} */
  #held = [];
  /** @type {Set<string>} */
  #forgotten = new Set();
  #fetchCount = 0;
  // Goes up with each reload; results for an earlier one are thrown away.
  #generation = 0;
  #isReloading = false;
  #isLoadingMore = false;
  #isStale = false;
  #refreshing = -1;

  /** @param {LiveListOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** Whether only the choice of a bin narrows the list. */
  get isUnfiltered() {
    return isUnfiltered(this.filters);
  }

  /** Fetches the list anew: at the start, with new filters, or after the connection was lost. */
  async reload() {
    const generation = ++this.#generation;
    this.#isReloading = true;
    this.#isStale = false;
    const records = await this.#fetchPage();
    if (generation !== this.#generation) return;
    this.#isReloading = false;
    this.isLoading = false;
    if (records !== undefined) {
      this.rows.clear();
      this.#addPage(records);
    }
    this.#release();
  }

  /**
   * Narrows the list.
   *
   * @param {Partial<Filters>} change
   */
  async narrow(change) {
    this.filters = { ...this.filters, ...change };
    this.#held = [];
    this.heldCount = 0;
    this.#options.onChange();
    await this.reload();
  }

  /** Removes all filters except the bin. */
  async clearFilters() {
    await this.narrow({ ...NO_FILTERS, bin: this.filters.bin });
  }

  /** Fetches older requests and appends them to the list. */
  async loadMore() {
    const oldest = this.rows.at(this.rows.size - 1);
    if (!this.hasMore || this.#isLoadingMore || this.#isReloading) return;
    if (oldest === undefined || this.rows.size >= MAX_ROWS) return;
    const generation = this.#generation;
    this.#isLoadingMore = true;
    const records = await this.#fetchPage(oldest.id);
    this.#isLoadingMore = false;
    if (records === undefined || generation !== this.#generation) return;
    this.#addPage(records);
    this.#options.onChange();
  }

  /**
   * Takes requests of the feed.
   *
   * @param {readonly TrapRecord[]} records of the chosen bin
   */
  receive(records) {
    if (this.isPaused) this.heldCount += records.length;
    if (this.isUnfiltered) this.#held.push(...records.map(rowOf));
    else this.#isStale = true;
    for (const { method } of records) if (this.methods.size < 50 && method !== "") this.methods.add(method);
    if (this.#held.length > MAX_ROWS) this.#held = this.#held.slice(-MAX_ROWS);
    this.#release();
  }

  /**
   * Removes requests that are no longer kept.
   *
   * @param {{ ids?: readonly string[], all?: boolean }} removed
   */
  async forget({ ids = [], all = false }) {
    const gone = new Set(ids);
    if (this.#fetchCount > 0) ids.forEach((id) => this.#forgotten.add(id));
    this.#held = all ? [] : this.#held.filter(({ id }) => !gone.has(id));
    this.rows.remove(gone);
    this.#options.onChange();
    if (all) await this.reload();
  }

  /**
   * Stops the list, or continues it with the requests that came in the meantime.
   *
   * @param {boolean} isPaused
   */
  setPaused(isPaused) {
    this.isPaused = isPaused;
    this.heldCount = 0;
    this.#release();
  }

  /** Shows the held requests, as soon as they may be shown. */
  #release() {
    if (!this.isPaused && !this.#isReloading) {
      if (this.rows.add(this.#held)) this.hasMore = true;
      this.#held = [];
      if (this.#isStale) this.#refresh();
    }
    this.#options.onChange();
  }

  /** Asks for the requests that match the filters, again and again while there are new ones. */
  async #refresh() {
    const generation = this.#generation;
    if (this.#refreshing === generation) return;
    this.#refreshing = generation;
    while (this.#isStale && !this.isPaused && generation === this.#generation) {
      this.#isStale = false;
      const startedMs = this.#options.nowMs();
      const records = await this.#fetchPage();
      if (records === undefined || generation !== this.#generation) break;
      const isJoined = records.length < PAGE_SIZE || records.some(({ id }) => this.rows.indexOf(id) >= 0);
      // More came than a page holds: the gap is loaded by scrolling.
      if (!isJoined) this.rows.clear();
      this.#addPage(records, isJoined);
      this.#options.onChange();
      await this.#options.wait(Math.max(MIN_REST_MS, REST_FACTOR * (this.#options.nowMs() - startedMs)));
    }
    if (this.#refreshing === generation) this.#refreshing = -1;
  }

  /**
   * @param {readonly TrapRecord[]} records
   * @param {boolean} isNewest the page belongs before the present rows
   */
  #addPage(records, isNewest = false) {
    if (!isNewest) this.hasMore = records.length === PAGE_SIZE;
    if (this.rows.add(records.map(rowOf))) this.hasMore = true;
    this.rows.remove(this.#forgotten);
    if (this.#fetchCount === 0) this.#forgotten.clear();
  }

  /**
   * @param {string} [before]
   * @returns {Promise<TrapRecord[] | undefined>} undefined when the request failed
   */
  async #fetchPage(before) {
    this.#fetchCount++;
    try {
      const page = before === undefined ? { limit: PAGE_SIZE } : { limit: PAGE_SIZE, before };
      const records = await this.#options.api.list(this.filters, page);
      this.problem = "";
      return records;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      return undefined;
    } finally {
      this.#fetchCount--;
    }
  }
}

// @ts-check
/// <reference lib="dom" />
// The state of the page, and its actions. The views read it and call it; it draws nothing itself.

import { Bins } from "./bins.js";
import { ListTotal } from "./list/list_total.js";
import { LiveList } from "./list/live_list.js";
import { OpenRequest } from "./detail/open_request.js";
import { DENSITIES, TABS } from "./page_choices.js";
import { remember, remembered, rememberedText } from "./remembered.js";
import { binInAddress, idsInAddress, trapUrl, writeAddress } from "./page_address.js";
import { Toasts } from "./toasts.js";
import { createTrapApi } from "./trap_api.js";

/** @import { BodyView, Density, Dialog, Tab } from "./page_choices.js" */
/** @import { TrapRecord, TrapStatus } from "./page_types.ts" */

/** The state of the page. */
export class PageModel {
  api = createTrapApi((path, options) => fetch(path, options));
  list;
  /** The number of all requests, if the list has not loaded them. */
  total;
  /** @type {OpenRequest | undefined} */
  open;
  /** The request with which the open one is compared. @type {OpenRequest | undefined} */
  compared;
  /** The next request that is opened is compared with this one. @type {string | undefined} */
  markedId;
  /** @type {Tab} */
  tab = remembered("tab", TABS);
  /** How high the rows of the list are. @type {Density} */
  density = remembered("density", DENSITIES);
  /** Whether the newest request is opened as it comes. */
  isFollowing = false;
  /** The number of requests that came while the page was out of sight. */
  unseenCount = 0;
  /**
   * The view chosen for the open request; if undefined, the one that suits the content. @type {BodyView |
   * undefined}
   */
  bodyView;
  /** @type {Dialog | undefined} */
  dialog;
  /** The server that a request was sent to last. */
  server = rememberedText("server") ?? "http://";
  /** @type {"connecting" | "live" | "lost"} */
  feed = "connecting";
  /** The state of the trap. @type {TrapStatus | undefined} */
  status;
  bins = new Bins();
  /** Goes up when the list is to scroll to the open request. */
  revealSerial = 0;
  #onChange;
  #toasts;

  /** @param {() => void} onChange called when the page must be drawn again */
  constructor(onChange) {
    this.#onChange = onChange;
    this.#toasts = new Toasts(onChange);
    /** @type {(ms: number) => Promise<void>} */
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    this.total = new ListTotal({ count: (bin) => this.api.count(bin), onChange, wait });
    this.list = new LiveList({
      api: this.api,
      onChange: () => {
        if (this.list.hasMore && this.list.isUnfiltered) this.total.refresh(this.bin);
        onChange();
      },
      wait,
      nowMs: () => performance.now(),
    });
    this.list.filters = { ...this.list.filters, bin: binInAddress() };
    this.bins.add(this.bin);
  }

  /** The visible messages. */
  get toast() {
    return this.#toasts.toast;
  }

  /** The URL of the trap, as seen from the page. */
  get trapUrl() {
    return trapUrl();
  }

  /** The chosen bin; "" for all. */
  get bin() {
    return this.list.filters.bin;
  }

  /** The address for requests of this list. */
  get targetUrl() {
    return this.bin === "" ? this.trapUrl : `${this.trapUrl}${this.bin}/`;
  }

  /**
   * Shows what the address names: a bin, `#id`, or `#id~id` for a comparison.
   */
  followAddress() {
    if (binInAddress() !== this.bin) this.#narrowToBin(binInAddress());
    const [first, second] = idsInAddress();
    this.open = first === undefined ? undefined : this.#fetch(first);
    this.compared = first === undefined || second === undefined ? undefined : this.#fetch(second);
    this.revealSerial++;
    this.#onChange();
  }

  /**
   * Opens a request; beside the marked one, if there is one.
   *
   * @param {string} id
   */
  select(id) {
    if (id !== this.open?.id) this.bodyView = undefined;
    if (this.markedId !== undefined && this.markedId !== id) {
      this.compared = this.#fetch(id);
      this.open = this.open?.id === this.markedId ? this.open : this.#fetch(this.markedId);
      this.markedId = undefined;
    } else if (this.open?.id !== id || this.compared !== undefined) {
      this.compared = undefined;
      this.open = this.#fetch(id);
    }
    this.revealSerial++;
    this.#writeAddress();
    this.#onChange();
  }

  /**
   * Opens a neighbour of the open request, or the newest request.
   *
   * @param {number} step how many rows down
   */
  move(step) {
    const { rows } = this.list;
    const at = rows.indexOf(this.open?.id ?? "");
    // If no request is open, a step opens the newest, and a leap down the oldest.
    const wanted = at < 0 ? (step === Infinity ? Infinity : 0) : at + step;
    const index = Math.max(0, Math.min(rows.size - 1, wanted));
    const row = rows.at(index);
    if (row !== undefined) this.select(row.id);
    if (index > rows.size - 20) this.list.loadMore();
  }

  /**
   * Chooses a bin, perhaps one without any requests so far.
   *
   * @param {string} bin "" for all
   */
  chooseBin(bin) {
    this.#narrowToBin(bin);
    this.closeAll();
  }

  /** @param {string} bin */
  #narrowToBin(bin) {
    this.bins.add(bin);
    this.unseenCount = 0;
    this.list.narrow({ bin });
  }

  /** Closes the open request and the comparison. */
  closeAll() {
    [this.open, this.compared, this.markedId] = [undefined, undefined, undefined];
    this.#writeAddress();
    this.#onChange();
  }

  /** Closes the comparison; without one, the open request. */
  close() {
    if (this.markedId !== undefined) this.markedId = undefined;
    else if (this.compared !== undefined) this.compared = undefined;
    else this.open = undefined;
    this.#writeAddress();
    this.#onChange();
  }

  /** Marks the open request, to be compared with the one opened next. */
  markForComparison() {
    this.markedId = this.open?.id;
    this.#onChange();
  }

  /** Swaps the sides of a comparison. */
  swap() {
    [this.open, this.compared] = [this.compared, this.open];
    this.#writeAddress();
    this.#onChange();
  }

  /**
   * Changes parts of the state.
   *
   * @param {Partial<Pick<PageModel, "tab" | "density" | "bodyView" | "dialog" | "feed" | "status">>} change
   */
  show(change) {
    Object.assign(this, change);
    if (change.tab !== undefined) remember("tab", change.tab);
    if (change.density !== undefined) remember("density", change.density);
    this.#onChange();
  }

  /** @param {boolean} isFollowing whether each request is opened as it comes */
  follow(isFollowing) {
    this.isFollowing = isFollowing;
    if (isFollowing) this.#openNewest();
    this.#onChange();
  }

  #openNewest() {
    const newest = this.list.rows.at(0);
    if (newest !== undefined && newest.id !== this.open?.id) this.select(newest.id);
  }

  /** Asks for the state of the trap, and for its bins. */
  async askStatus() {
    await this.tries(async () => {
      const [status, bins] = await Promise.all([this.api.status(), this.api.bins()]);
      this.status = status;
      this.bins.take(bins);
      this.#onChange();
    });
  }

  /** The user looks at the page: the title counts no more. */
  markSeen() {
    this.unseenCount = 0;
    this.#onChange();
  }

  /**
   * Takes requests of the feed.
   *
   * @param {TrapRecord[]} records
   */
  receive(records) {
    this.bins.notice(records);
    const listed = this.bin === "" ? records : records.filter(({ bin }) => bin === this.bin);
    this.list.receive(listed);
    if (document.hidden) this.unseenCount += listed.length;
    if (this.isFollowing && !this.list.isPaused) this.#openNewest();
    for (const shown of [this.open, this.compared]) {
      // The open request has changed.
      if (shown?.record !== undefined && records.some(({ id }) => id === shown.id)) shown.load();
    }
  }

  /**
   * Removes requests that the server no longer keeps.
   *
   * @param {{ ids?: string[], all?: boolean }} removed
   */
  async forget(removed) {
    for (const shown of [this.open, this.compared]) {
      if (shown !== undefined && (removed.all || removed.ids?.includes(shown.id))) shown.markGone();
    }
    await this.list.forget(removed);
  }

  /**
   * Shows a message for a while.
   *
   * @param {string} text
   * @param {{ notes?: readonly string[], isBad?: boolean }} [more]
   */
  say(text, more) {
    this.#toasts.say(text, more);
  }

  /** @param {string} id */
  #fetch(id) {
    if (this.open?.id === id) return this.open;
    const request = new OpenRequest(id, { api: this.api, onChange: this.#onChange });
    request.load();
    return request;
  }

  /**
   * Runs an action, and shows the error if it fails.
   *
   * @param {() => Promise<void>} action
   * @returns {Promise<boolean>} whether it succeeded
   */
  async tries(action) {
    try {
      await action();
      return true;
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error), { isBad: true });
      return false;
    }
  }

  #writeAddress() {
    const ids = [this.open?.id, this.compared?.id].filter((id) => id !== undefined);
    writeAddress({ bin: this.bin, ids });
  }
}

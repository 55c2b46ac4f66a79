// @ts-check
/// <reference lib="dom" />
// What the page shows, and what can be done on it. The views read it and call it; it draws nothing itself.

import { copyText } from "./copy/clipboard.js";
import { copyOf } from "./copy/copy_form.js";
import { LiveList } from "./list/live_list.js";
import { OpenRequest } from "./detail/open_request.js";
import { DENSITIES, TABS } from "./page_choices.js";
import { remember, remembered } from "./remembered.js";
import { idsInAddress, trapUrl, writeAddress } from "./page_address.js";
import { countOf } from "./text/sizes_and_times.js";
import { Toasts } from "./toasts.js";
import { createTrapApi } from "./trap_api.js";

/** @import { CopyForm } from "./copy/copy_form.js" */
/** @import { BodyView, Density, Dialog, Tab } from "./page_choices.js" */
/** @import { CopyText, TrapRecord, TrapStatus } from "./page_types.ts" */

/** The state of the page. */
export class PageModel {
  api = createTrapApi((path, options) => fetch(path, options));
  list;
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
  /** Requests that came while nobody saw the page. */
  unseenCount = 0;
  /** The view chosen for the open request; else the one that suits the content. @type {BodyView | undefined} */
  bodyView;
  /** @type {Dialog | undefined} */
  dialog;
  /** @type {"connecting" | "live" | "lost"} */
  feed = "connecting";
  /** How the trap is. @type {TrapStatus | undefined} */
  status;
  /** Names of the bins; none without `--bins`. @type {readonly string[]} */
  bins = [];
  /** Goes up when the list is to scroll to the open request. */
  revealSerial = 0;
  #onChange;
  #toasts;

  /** @param {() => void} onChange told when there is something else to draw */
  constructor(onChange) {
    this.#onChange = onChange;
    this.#toasts = new Toasts(onChange);
    this.list = new LiveList({
      api: this.api,
      onChange,
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      nowMs: () => performance.now(),
    });
  }

  /** The messages shown at present. */
  get toast() {
    return this.#toasts.toast;
  }

  /** The URL of the trap, as seen from the page. */
  get trapUrl() {
    return trapUrl();
  }

  /**
   * Shows what the address says: `#id`, or `#id~id` for a comparison.
   */
  followAddress() {
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
   * Goes to a neighbour of the open request, or to the newest.
   *
   * @param {number} step how many rows down
   */
  move(step) {
    const { rows } = this.list;
    const at = rows.indexOf(this.open?.id ?? "");
    // With nothing open, a step leads to the newest, and a leap down to the oldest.
    const wanted = at < 0 ? (step === Infinity ? Infinity : 0) : at + step;
    const index = Math.max(0, Math.min(rows.size - 1, wanted));
    const row = rows.at(index);
    if (row !== undefined) this.select(row.id);
    if (index > rows.size - 20) this.list.loadMore();
  }

  /** Closes what is open: the comparison first. */
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

  /** Changes the sides of a comparison. */
  swap() {
    [this.open, this.compared] = [this.compared, this.open];
    this.#writeAddress();
    this.#onChange();
  }

  /**
   * Changes what is shown.
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

  /** Asks how the trap is, and which bins it has. */
  async askStatus() {
    await this.#tries(async () => {
      [this.status, this.bins] = await Promise.all([this.api.status(), this.api.bins()]);
      this.#onChange();
    });
  }

  /** Says that somebody looks at the page: the title counts no more. */
  markSeen() {
    this.unseenCount = 0;
    this.#onChange();
  }

  /**
   * Copies the open request.
   *
   * @param {CopyForm} form
   */
  async copy(form) {
    await this.#tries(async () => {
      const { open, api, trapUrl } = this;
      const copied = await copyOf(form, { open, api, trapUrl });
      if (copied !== undefined) await this.copyPlain(copied.copy, copied.name);
    });
  }

  /**
   * Copies a text.
   *
   * @param {CopyText} copy
   * @param {string} name what it is, for the message
   */
  async copyPlain({ text, notes }, name) {
    const isCopied = await copyText(text);
    const said = isCopied
      ? `Copied the ${name}, ${countOf(text.length, "character")}.`
      : `The browser did not let the ${name} be copied.`;
    this.say(said, { notes: isCopied ? notes : [], isBad: !isCopied });
  }

  /** Deletes the open request, and goes to its neighbour. */
  async deleteOpen() {
    const id = this.open?.id;
    if (id === undefined) return;
    const { rows } = this.list;
    const at = rows.indexOf(id);
    const neighbour = at < 0 ? undefined : rows.at(at + 1) ?? rows.at(at - 1);
    this.dialog = undefined;
    if (!await this.#tries(() => this.api.remove(id))) return;
    this.close();
    await this.list.forget({ ids: [id] });
    if (neighbour !== undefined && !matchMedia("(max-width: 60rem)").matches) this.select(neighbour.id);
    this.say("Deleted the request.");
  }

  /** Deletes all requests, those that filters hide too. */
  async deleteAll() {
    this.dialog = undefined;
    if (!await this.#tries(() => this.api.remove("all"))) return;
    [this.open, this.compared, this.markedId] = [undefined, undefined, undefined];
    this.#writeAddress();
    await this.list.forget({ all: true });
    this.say("Deleted all requests.");
  }

  /**
   * Takes what the feed brought.
   *
   * @param {TrapRecord[]} records
   */
  receive(records) {
    this.list.receive(records);
    if (document.hidden) this.unseenCount += records.length;
    if (this.isFollowing && !this.list.isPaused) this.#openNewest();
    for (const shown of [this.open, this.compared]) {
      // More has come that belongs to it.
      if (shown?.record !== undefined && records.some(({ id }) => id === shown.id)) shown.load();
    }
  }

  /**
   * Takes requests out that the server keeps no more.
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
   * Says something for a while.
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
   * @param {() => Promise<void>} action
   * @returns {Promise<boolean>}
   */
  async #tries(action) {
    try {
      await action();
      return true;
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error), { isBad: true });
      return false;
    }
  }

  #writeAddress() {
    writeAddress([this.open?.id, this.compared?.id].filter((id) => id !== undefined));
  }
}

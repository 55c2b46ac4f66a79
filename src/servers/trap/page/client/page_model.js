// @ts-check
/// <reference lib="dom" />
// What the page shows, and what can be done on it. The views read it and call it; it draws nothing itself.

import { copyText } from "./clipboard.js";
import { copyAsCurl } from "./copy_as_curl.js";
import { copyRaw } from "./copy_raw.js";
import { LiveList } from "./live_list.js";
import { OpenRequest } from "./open_request.js";
import { countOf } from "./sizes_and_times.js";
import { createTrapApi } from "./trap_api.js";

/** @import { CopyText, TrapRecord } from "./page_types.ts" */

/** @typedef {"chain" | "head" | "body" | "bytes" | "timing"} Tab */
/** @typedef {"text" | "json" | "form" | "parts" | "hex"} BodyView */
/** @typedef {"delete" | "delete all" | "replay" | "keys"} Dialog */
/** @typedef {"curl" | "har" | "raw"} CopyForm */

/** @type {readonly Tab[]} */
export const TABS = ["chain", "head", "body", "bytes", "timing"];

const TOAST_MS = 6_000;
// Bytes of a request that are fetched to be copied; beyond it a download is the better way.
const MAX_COPY_BYTES = 33_554_432;
const ID = /^[\w.:-]+$/;

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
  tab = "chain";
  /** What was chosen; else what suits the content. @type {BodyView | undefined} */
  bodyView;
  /** @type {Dialog | undefined} */
  dialog;
  /** @type {{ text: string, notes: readonly string[], isBad: boolean } | undefined} */
  toast;
  /** @type {"connecting" | "live" | "lost"} */
  feed = "connecting";
  /** Goes up when the list is to scroll to the open request. */
  revealSerial = 0;
  #onChange;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #toastTimer;

  /** @param {() => void} onChange told when there is something else to draw */
  constructor(onChange) {
    this.#onChange = onChange;
    this.list = new LiveList({
      api: this.api,
      onChange,
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      nowMs: () => performance.now(),
    });
  }

  /** Where the trap listens, as seen from here. */
  get trapUrl() {
    const named = document.querySelector('meta[name="trap-port"]')?.getAttribute("content") ?? "";
    const port = /^\d+$/.test(named) ? named : String(Number(location.port) - 1);
    return `${location.protocol}//${location.hostname}:${port}/`;
  }

  /**
   * Shows what the address says: `#id`, or `#id~id` for a comparison.
   */
  followAddress() {
    const [first = "", second] = location.hash.slice(1).split("~");
    this.open = ID.test(first) ? this.#fetch(first) : undefined;
    this.compared = this.open !== undefined && second !== undefined && ID.test(second)
      ? this.#fetch(second)
      : undefined;
    this.revealSerial++;
    this.#onChange();
  }

  /**
   * Opens a request; beside the marked one, if there is one.
   *
   * @param {string} id
   */
  select(id) {
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
    const index = at < 0 ? 0 : Math.max(0, Math.min(rows.size - 1, at + step));
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
   * @param {Partial<Pick<PageModel, "tab" | "bodyView" | "dialog" | "feed">>} change
   */
  show(change) {
    Object.assign(this, change);
    this.#onChange();
  }

  /**
   * Copies the open request.
   *
   * @param {CopyForm} form
   */
  async copy(form) {
    await this.#tries(async () => {
      const { open } = this;
      if (open?.record === undefined) return;
      if (open.isPartial && open.raw.totalBytes <= MAX_COPY_BYTES) await open.load(MAX_COPY_BYTES);
      const { record, raw, body } = open;
      const source = { record, raw, body, trapUrl: this.trapUrl, apiUrl: `${location.origin}/` };
      if (form === "curl") await this.copyPlain(copyAsCurl(source), "command");
      else if (form === "raw") await this.copyPlain(copyRaw(raw), "bytes");
      else await this.copyPlain({ text: await this.api.har(open.id), notes: [] }, "HAR document");
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
  say(text, { notes = [], isBad = false } = {}) {
    this.toast = { text, notes, isBad };
    clearTimeout(this.#toastTimer);
    this.#toastTimer = setTimeout(() => this.#hush(), TOAST_MS * (1 + notes.length));
    this.#onChange();
  }

  /** Takes back what was said. */
  #hush() {
    this.toast = undefined;
    this.#onChange();
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
    const ids = [this.open?.id, this.compared?.id].filter((id) => id !== undefined);
    const hash = ids.length === 0 ? location.pathname : `#${ids.join("~")}`;
    // On a phone the way back to the list is the browser's own.
    const isDeeper = ids.length > 0 && location.hash === "";
    if (isDeeper) history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
  }
}

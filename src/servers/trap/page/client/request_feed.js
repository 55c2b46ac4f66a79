// @ts-check
// What happens, as it happens: the server-sent events of /api/events, handed on in batches.

/** @import { TrapRecord } from "./page_types.ts" */

/**
 * Who is told.
 *
 * @typedef {object} FeedListener
 * @property {(records: TrapRecord[]) => void} onRequests new requests, oldest first
 * @property {(removed: { ids?: string[], all?: boolean }) => void} onRemoved
 * @property {(state: "live" | "lost") => void} onState
 */

// A page in the background gets no animation frames.
const HIDDEN_BATCH_MS = 500;
// A browser gives up when something other than events is answered, by a proxy for example.
const REOPEN_MS = 2_000;

/**
 * Listens for events until the page is closed. At 1,000 requests a second a batch is what came since the last frame.
 *
 * @param {FeedListener} listener
 */
export function openRequestFeed(listener) {
  const batch = new Batch(listener);
  const events = new EventSource("/api/events");
  events.addEventListener("request", ({ data }) => batch.add(JSON.parse(data)));
  events.addEventListener("removed", ({ data }) => batch.remove(JSON.parse(data)));
  events.addEventListener("open", () => listener.onState("live"));
  events.addEventListener("error", () => {
    listener.onState("lost");
    if (events.readyState === EventSource.CLOSED) setTimeout(() => openRequestFeed(listener), REOPEN_MS);
  });
}

/** What has come since the last frame. */
class Batch {
  /** @type {TrapRecord[]} */
  #records = [];
  /** @type {string[]} */
  #removedIds = [];
  #isWaiting = false;
  #listener;

  /** @param {FeedListener} listener */
  constructor(listener) {
    this.#listener = listener;
  }

  /** @param {TrapRecord} record */
  add(record) {
    this.#records.push(record);
    this.#wait();
  }

  /** @param {{ ids?: string[], all?: boolean }} removed */
  remove({ ids = [], all = false }) {
    this.#removedIds.push(...ids);
    if (all) {
      // What came before is gone with the rest.
      [this.#records, this.#removedIds] = [[], []];
      this.#listener.onRemoved({ all });
    } else this.#wait();
  }

  #wait() {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    requestAnimationFrame(() => this.#flush());
    setTimeout(() => this.#flush(), HIDDEN_BATCH_MS);
  }

  #flush() {
    const [records, ids] = [this.#records, this.#removedIds];
    [this.#records, this.#removedIds] = [[], []];
    this.#isWaiting = false;
    if (records.length > 0) this.#listener.onRequests(records);
    if (ids.length > 0) this.#listener.onRemoved({ ids });
  }
}

// @ts-check
/// <reference lib="dom" />
// The server-sent events of /api/events, delivered in batches as they happen.

import { asRequest } from "./list/tls_record.js";

/** @import { TrapRecord, TrapStatus } from "./page_types.ts" */

/**
 * Listeners of the feed.
 *
 * @typedef {object} FeedListener
 * @property {(records: TrapRecord[]) => void} onRequests new requests, oldest first
 * @property {(removed: { ids?: string[], all?: boolean }) => void} onRemoved
 * @property {(status: TrapStatus) => void} onStatus
 * @property {(state: "live" | "lost") => void} onState
 */

// The list is drawn as soon as something comes, and then not sooner than after this rest: nobody reads 40 lists a
// second, and at 1,000 requests a second drawing each frame took the whole main thread.
const MIN_REST_MS = 100;
// A page in the background gets no animation frames.
const HIDDEN_BATCH_MS = 500;
// A browser gives up if the response is not a stream of events, for example one from a proxy.
const REOPEN_MS = 2_000;
const FEED_NAME = "millrace-trap-feed";

/**
 * Listens for events until the page is closed. A batch is what came since the last one: at most ten a second.
 *
 * A browser has six connections to a server for all tabs: one tab listens and informs the others. When it is
 * closed, another tab continues. Without locks, as over plain HTTP from another machine, each tab listens for
 * itself while it is visible.
 *
 * @param {FeedListener} listener
 */
export function openRequestFeed(listener) {
  const batch = new Batch(listener);
  const take = (/** @type {FeedEvent} */ event) => takeEvent(event, { batch, listener });
  if (navigator.locks === undefined) return listenWhileSeen(take);
  const others = new BroadcastChannel(FEED_NAME);
  others.onmessage = ({ data }) => data.kind === "events" && data.events.forEach(take);
  // The listening tab tells its state to tabs that open later.
  others.postMessage({ kind: "who is there" });
  navigator.locks.request(FEED_NAME, () =>
    new Promise(() => {
      /** @type {FeedEvent | undefined} */
      let state;
      const passOn = createBundler((events) => others.postMessage({ kind: "events", events }));
      const tell = (/** @type {FeedEvent} */ event) => {
        if (event.kind === "state") state = event;
        take(event);
        passOn(event);
      };
      others.onmessage = ({ data }) => {
        if (data.kind === "who is there" && state !== undefined) passOn(state);
      };
      listen(tell);
    }));
}

/**
 * Bundles events that come in one piece of the stream: a flood of 5,000 requests with 4,000 evictions takes 400
 * messages, not 9,000 (Chromium). A timer would rest in a hidden tab.
 *
 * @param {(events: FeedEvent[]) => void} send
 * @returns {(event: FeedEvent) => void}
 */
function createBundler(send) {
  /** @type {FeedEvent[]} */
  let events = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    const bundle = events;
    events = [];
    send(bundle);
  };
  return (event) => {
    if (events.push(event) === 1) port2.postMessage(undefined);
  };
}

/** @typedef {{ kind: "request", data: string } | { kind: "status", data: string } | { kind: "removed", data: string } | { kind: "state", state: "live" | "lost" }} FeedEvent */

/**
 * @param {FeedEvent} event
 * @param {{ batch: Batch, listener: FeedListener }} told
 */
function takeEvent(event, { batch, listener }) {
  switch (event.kind) {
    case "request":
      return batch.add(asRequest(JSON.parse(event.data)));
    case "status":
      return listener.onStatus(JSON.parse(event.data));
    case "removed":
      return batch.remove(JSON.parse(event.data));
    case "state":
      return listener.onState(event.state);
  }
}

/**
 * Opens the stream of events, and opens it again when it is lost.
 *
 * @param {(event: FeedEvent) => void} tell
 * @returns {() => void} closes it
 */
function listen(tell) {
  const events = new EventSource("/api/events");
  let close = () => events.close();
  events.addEventListener("request", ({ data }) => tell({ kind: "request", data }));
  events.addEventListener("status", ({ data }) => tell({ kind: "status", data }));
  events.addEventListener("removed", ({ data }) => tell({ kind: "removed", data }));
  events.addEventListener("open", () => tell({ kind: "state", state: "live" }));
  events.addEventListener("error", () => {
    tell({ kind: "state", state: "lost" });
    if (events.readyState !== EventSource.CLOSED) return;
    const timer = setTimeout(() => close = listen(tell), REOPEN_MS);
    close = () => clearTimeout(timer);
  });
  return () => close();
}

/** @param {(event: FeedEvent) => void} tell */
function listenWhileSeen(tell) {
  /** @type {(() => void) | undefined} */
  let close;
  const follow = () => {
    if (document.hidden) {
      close?.();
      close = undefined;
    } else close ??= listen(tell);
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}

/** The events since the last batch. */
class Batch {
  /** @type {TrapRecord[]} */
  #records = [];
  /** @type {string[]} */
  #removedIds = [];
  #isWaiting = false;
  #flushedMs = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #hiddenTimer;
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
      // Earlier requests are gone with all others.
      [this.#records, this.#removedIds] = [[], []];
      this.#listener.onRemoved({ all });
    } else this.#wait();
  }

  #wait() {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    const restMs = this.#flushedMs + MIN_REST_MS - performance.now();
    const draw = () => void requestAnimationFrame(() => this.#flush());
    if (restMs > 0) setTimeout(draw, restMs);
    else draw();
    this.#hiddenTimer = setTimeout(() => this.#flush(), HIDDEN_BATCH_MS);
  }

  #flush() {
    const [records, ids] = [this.#records, this.#removedIds];
    [this.#records, this.#removedIds] = [[], []];
    clearTimeout(this.#hiddenTimer);
    this.#isWaiting = false;
    this.#flushedMs = performance.now();
    if (records.length > 0) this.#listener.onRequests(records);
    if (ids.length > 0) this.#listener.onRemoved({ ids });
  }
}

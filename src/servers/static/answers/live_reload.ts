// Pages that load themselves again when a file changes.

import { type FSWatcher, realpathSync, watch } from "node:fs";
import { join } from "node:path";
import { EventClients } from "../../../backend/event_clients.ts";
import type { Handler } from "../../../backend/handler.ts";
import type { Clock } from "../../../base/clock.ts";
import type { HeaderField } from "../../../http/headers.ts";
import type { HttpResponse, ResponseBody } from "../../../http/response/response.ts";
import { withFields } from "../../../http/override_fields.ts";
import { EVENTS_PATH, SCRIPT, SCRIPT_PATH } from "./reload_script.ts";

// An editor that saves causes several events, and some of them before the file is whole. Constant writes must
// not delay the reload for ever.
const SETTLE_MS = 50;
const MAX_SETTLE_MS = 1_000;
// More often than proxies and our own write time-out cut silent connections.
const PING_MS = 10_000;

/** Options of {@linkcode LiveReload}. */
export interface LiveReloadOptions {
  /** The folder to watch, with everything below it. */
  readonly root: string;
  /** Files below it whose changes do not count, as absolute paths without links. */
  readonly unwatched: readonly string[];
  /** The time. */
  readonly clock: Clock;
  /** Fields of all responses. */
  readonly fields: readonly HeaderField[];
}

/** Watches a folder and tells browsers. */
export class LiveReload {
  readonly #clients = new EventClients();
  readonly #watcher: FSWatcher;
  readonly #clock: Clock;
  readonly #fields: readonly HeaderField[];
  readonly #stopPings: () => void;
  #stopWaiting: (() => void) | undefined;
  // The time of the first change that browsers have not heard of.
  #changedAtMs: number | undefined;

  /** Begins to watch. @throws {Error} when the folder cannot be watched */
  constructor({ root, unwatched, clock, fields }: LiveReloadOptions) {
    this.#clock = clock;
    this.#fields = fields;
    // Deno 2.9.6 gives relative names if the folder is a link.
    const realRoot = realpathSync(root);
    this.#watcher = watch(realRoot, { recursive: true, persistent: false }, (_event, name) => {
      if (name === null || !unwatched.includes(join(realRoot, name))) this.#noteChange();
    });
    // A folder that has become unreadable has no more changes to report.
    this.#watcher.on("error", () => {});
    this.#stopPings = clock.every(PING_MS, () => this.#clients.send(": still here\n\n"));
  }

  /** Responds to GET and HEAD for its two own addresses, and leaves everything else to the handler. */
  wrap(handler: Handler): Handler {
    return (request, context) => {
      const { method, path } = request;
      const isOwn = path === EVENTS_PATH || path === SCRIPT_PATH;
      if (!isOwn || (method !== "GET" && method !== "HEAD")) return handler(request, context);
      return path === SCRIPT_PATH
        ? this.#respond("text/javascript", SCRIPT)
        : this.#respond("text/event-stream", this.#clients.add());
    };
  }

  /** Ends all streams and the watching. */
  close(): void {
    this.#watcher.close();
    this.#stopPings();
    this.#stopWaiting?.();
    this.#clients.close();
  }

  #respond(mediaType: string, body: ResponseBody): HttpResponse {
    const own: HeaderField[] = [["Content-Type", mediaType], ["Cache-Control", "no-store"]];
    return { status: 200, headers: withFields(own, this.#fields), body };
  }

  #noteChange(): void {
    const nowMs = this.#clock.nowMs();
    this.#changedAtMs ??= nowMs;
    if (nowMs - this.#changedAtMs > MAX_SETTLE_MS) return;
    this.#stopWaiting?.();
    this.#stopWaiting = this.#clock.every(SETTLE_MS, () => this.#tellChange());
  }

  #tellChange(): void {
    this.#stopWaiting?.();
    this.#changedAtMs = undefined;
    this.#clients.send("event: change\ndata:\n\n");
  }
}

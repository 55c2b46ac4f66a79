// Pages that load themselves again when a file changes: server-sent events (HTML standard §9.2) and a small script.

import { type FSWatcher, watch } from "node:fs";
import { EventClients } from "../../backend/event_clients.ts";
import type { Handler } from "../../backend/handler.ts";
import type { Clock } from "../../clock.ts";
import { createResponse, type HttpResponse } from "../../http/response.ts";

const EVENTS_PATH = "/.millrace/live_reload";
const SCRIPT_PATH = "/.millrace/live_reload.js";

// The connection breaks when the server is restarted: what it serves then may be new as well.
const SCRIPT = `const events = new EventSource("${EVENTS_PATH}");
let wasLost = false;
events.addEventListener("error", () => wasLost = true);
events.addEventListener("open", () => wasLost && location.reload());
events.addEventListener("change", () => location.reload());
addEventListener("beforeunload", () => events.close());
`;
const TAG = new TextEncoder().encode(`<script src="${SCRIPT_PATH}" async></script>`);

// An editor that saves makes several events, and some of them before the file is whole.
const SETTLE_MS = 50;
// More often than proxies and our own write time-out cut silent connections.
const PING_MS = 10_000;

/** Options of {@linkcode LiveReload}. */
export interface LiveReloadOptions {
  /** The folder that is watched, with all below it. */
  readonly root: string;
  /** The time. */
  readonly clock: Clock;
}

/** Watches a folder and tells browsers. */
export class LiveReload {
  readonly #clients = new EventClients();
  readonly #watcher: FSWatcher;
  readonly #clock: Clock;
  readonly #stopPings: () => void;
  #stopWaiting: (() => void) | undefined;

  /** Begins to watch. @throws {Error} when the folder cannot be watched */
  constructor({ root, clock }: LiveReloadOptions) {
    this.#clock = clock;
    this.#watcher = watch(root, { recursive: true, persistent: false }, () => this.#wait());
    // A folder that has become unreadable has nothing to tell any more.
    this.#watcher.on("error", () => {});
    this.#stopPings = clock.every(PING_MS, () => this.#clients.send(": still here\n\n"));
  }

  /** Browsers that are listening. */
  get clientCount(): number {
    return this.#clients.size;
  }

  /** Answers the two addresses of its own, and leaves the others to the handler. */
  wrap(handler: Handler): Handler {
    return (request, context) => {
      switch (request.path) {
        case EVENTS_PATH:
          return this.#answerEvents(request.method);
        case SCRIPT_PATH:
          return createResponse(200, SCRIPT, [["Content-Type", "text/javascript"], [
            "Cache-Control",
            "no-store",
          ]]);
        default:
          return handler(request, context);
      }
    };
  }

  /** Ends all streams and the watching. */
  close(): void {
    this.#watcher.close();
    this.#stopPings();
    this.#stopWaiting?.();
    this.#clients.close();
  }

  #answerEvents(method: string): HttpResponse {
    const body = method === "HEAD" ? null : this.#clients.add();
    return createResponse(200, body, [["Content-Type", "text/event-stream"], ["Cache-Control", "no-store"]]);
  }

  #wait(): void {
    this.#stopWaiting?.();
    const stop = this.#clock.every(SETTLE_MS, () => {
      stop();
      this.#clients.send("event: change\ndata:\n\n");
    });
    this.#stopWaiting = stop;
  }
}

/** Puts the script into a document: before the end of its body, or at its end. */
export function addReloadScript(document: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  // One character a byte, so that places in the text are places in the bytes.
  const text = new TextDecoder("latin1").decode(document);
  const end = [...text.matchAll(/<\/body\s*>/gi)].at(-1)?.index ?? text.length;
  const added = new Uint8Array(document.length + TAG.length);
  added.set(document.subarray(0, end));
  added.set(TAG, end);
  added.set(document.subarray(end), end + TAG.length);
  return added;
}

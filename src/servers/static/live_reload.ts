// Pages that load themselves again when a file changes: server-sent events (HTML standard §9.2) and a small script.

import { type FSWatcher, watch } from "node:fs";
import { EventClients } from "../../backend/event_clients.ts";
import type { Handler } from "../../backend/handler.ts";
import type { Clock } from "../../clock.ts";
import type { HeaderField } from "../../http/headers.ts";
import type { HttpResponse, ResponseBody } from "../../http/response.ts";
import type { HtmlAddition } from "./file_resource.ts";
import { withFields } from "./layered_fields.ts";

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
const MARKUP = new TextEncoder().encode(`<script src="${SCRIPT_PATH}" async></script>`);

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
  /** Fields of all answers. */
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

  /** Begins to watch. @throws {Error} when the folder cannot be watched */
  constructor({ root, clock, fields }: LiveReloadOptions) {
    this.#clock = clock;
    this.#fields = fields;
    this.#watcher = watch(root, { recursive: true, persistent: false }, () => this.#wait());
    // A folder that has become unreadable has nothing to tell any more.
    this.#watcher.on("error", () => {});
    this.#stopPings = clock.every(PING_MS, () => this.#clients.send(": still here\n\n"));
  }

  /** Browsers that are listening. */
  get clientCount(): number {
    return this.#clients.size;
  }

  /** Answers GET and HEAD for the two addresses of its own, and leaves all else to the handler. */
  wrap(handler: Handler): Handler {
    return (request, context) => {
      const { method, path } = request;
      const isOwn = path === EVENTS_PATH || path === SCRIPT_PATH;
      if (!isOwn || (method !== "GET" && method !== "HEAD")) return handler(request, context);
      return path === SCRIPT_PATH
        ? this.#answer("text/javascript", SCRIPT)
        : this.#answer("text/event-stream", this.#clients.add());
    };
  }

  /** Ends all streams and the watching. */
  close(): void {
    this.#watcher.close();
    this.#stopPings();
    this.#stopWaiting?.();
    this.#clients.close();
  }

  #answer(mediaType: string, body: ResponseBody): HttpResponse {
    const own: HeaderField[] = [["Content-Type", mediaType], ["Cache-Control", "no-store"]];
    return { status: 200, headers: withFields(own, this.#fields), body };
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

/** The script, for documents. */
export const RELOAD_SCRIPT: HtmlAddition = { markup: MARKUP, insertInto: addReloadScript };

/** Puts the script into a document: before the end of its body, or at its end. */
export function addReloadScript(document: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  // One character a byte, so that places in the text are places in the bytes.
  const text = new TextDecoder("latin1").decode(document);
  const end = [...text.matchAll(/<\/body\s*>/gi)].at(-1)?.index ?? text.length;
  const added = new Uint8Array(document.length + MARKUP.length);
  added.set(document.subarray(0, end));
  added.set(MARKUP, end);
  added.set(document.subarray(end), end + MARKUP.length);
  return added;
}

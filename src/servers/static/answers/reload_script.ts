// What a page needs to load itself again: a small script that listens to server-sent events (HTML standard §9.2).

import type { HtmlAddition } from "../resources/representation.ts";

/** Where the events come from. */
export const EVENTS_PATH = "/.millrace/live_reload";
/** Where the script is. */
export const SCRIPT_PATH = "/.millrace/live_reload.js";

// The connection breaks when the server is restarted: what it serves then may be new as well.
/** The script. */
export const SCRIPT = `const events = new EventSource("${EVENTS_PATH}");
let wasLost = false;
events.addEventListener("error", () => wasLost = true);
events.addEventListener("open", () => wasLost && location.reload());
events.addEventListener("change", () => location.reload());
addEventListener("beforeunload", () => events.close());
`;

const MARKUP = new TextEncoder().encode(`<script src="${SCRIPT_PATH}" async></script>`);

/** Has documents load the script. */
export const RELOAD_SCRIPT: HtmlAddition = { markup: MARKUP, insertInto: addReloadScript };

/** Has a document load the script: before the end of its body, or at its end. */
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

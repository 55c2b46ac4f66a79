// The script with which a page loads itself again: it listens to server-sent events (HTML standard §9.2).

import type { HtmlAddition } from "../resources/representation.ts";

/** Path of the event stream. */
export const EVENTS_PATH = "/.millrace/live_reload";
/** Path of the script. */
export const SCRIPT_PATH = "/.millrace/live_reload.js";

// The connection breaks when the server restarts, and it may then serve new files.
/** The script. */
export const SCRIPT = `const events = new EventSource(new URL("live_reload", document.currentScript.src));
let wasLost = false;
events.addEventListener("error", () => wasLost = true);
events.addEventListener("open", () => wasLost && location.reload());
events.addEventListener("change", () => location.reload());
addEventListener("beforeunload", () => events.close());
`;

/** Makes documents load the script. @param base the path of the site, with a slash at its end */
export function createReloadAddition(base: string): HtmlAddition {
  const markup = new TextEncoder().encode(`<script src="${base}${SCRIPT_PATH.slice(1)}" async></script>`);
  return { markup, insertInto: (document) => addReloadScript(document, markup) };
}

/** Makes a document load the script: before the end of its body, or at its end. */
export function addReloadScript(
  document: Uint8Array<ArrayBuffer>,
  markup: Uint8Array,
): Uint8Array<ArrayBuffer> {
  // One character for each byte, so that positions in the text are positions in the bytes.
  const text = new TextDecoder("latin1").decode(document);
  const end = [...text.matchAll(/<\/body\s*>/gi)].at(-1)?.index ?? text.length;
  const added = new Uint8Array(document.length + markup.length);
  added.set(document.subarray(0, end));
  added.set(markup, end);
  added.set(document.subarray(end), end + markup.length);
  return added;
}

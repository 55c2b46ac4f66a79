// @ts-check
/// <reference lib="dom" />
// The forms of a copied request.

import { copyText } from "./clipboard.js";
import { copyAsCurl } from "./copy_as_curl.js";
import { copyRaw } from "./copy_raw.js";
import { countOf } from "../text/sizes_and_times.js";

/** @import { CopyText, TrapApi } from "../page_types.ts" */
/** @import { OpenRequest } from "../detail/open_request.js" */
/** @import { PageModel } from "../page_model.js" */

/** @typedef {"curl" | "har" | "raw"} CopyForm */

// The most bytes of a request that are fetched to be copied; beyond it, a download is the better way.
const MAX_COPY_BYTES = 33_554_432;

/**
 * Copies the open request, and confirms it.
 *
 * @param {PageModel} model
 * @param {CopyForm} form
 */
export async function copyOpen(model, form) {
  await model.tries(async () => {
    const copied = await copyOf(form, model);
    if (copied !== undefined) await copyPlain(model, copied.copy, copied.name);
  });
}

/**
 * Copies a text, and confirms it.
 *
 * @param {PageModel} model
 * @param {CopyText} copy
 * @param {string} name of the text, for the message
 */
export async function copyPlain(model, { text, notes }, name) {
  const isCopied = await copyText(text);
  const said = isCopied
    ? `Copied the ${name}, ${countOf(text.length, "character")}.`
    : `The browser did not let the ${name} be copied.`;
  model.say(said, { notes: isCopied ? notes : [], isBad: !isCopied });
}

/**
 * A request as a text to copy.
 *
 * @param {CopyForm} form
 * @param {{ open: OpenRequest | undefined, api: Pick<TrapApi, "har">, trapUrl: string }} source
 * @returns {Promise<{ copy: CopyText, name: string } | undefined>} undefined until the request is known
 */
async function copyOf(form, { open, api, trapUrl }) {
  if (open?.record === undefined) return undefined;
  if (form === "har") return { copy: { text: await api.har(open.id), notes: [] }, name: "HAR document" };
  if (open.isPartial && open.raw.totalBytes <= MAX_COPY_BYTES) await open.load(MAX_COPY_BYTES);
  const { record, raw, body } = open;
  if (form === "raw") return { copy: copyRaw(raw), name: "bytes" };
  const source = { record, raw, body, trapUrl, apiUrl: `${location.origin}/` };
  return { copy: copyAsCurl(source), name: "command" };
}

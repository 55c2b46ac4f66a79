// @ts-check
/// <reference lib="dom" />
// The values of the form that sends a request again.

/** @import { Pair, ReplayCall } from "../page_types.ts" */

/**
 * Reads the form. A path in the URL replaces the path of the request.
 *
 * @param {FormData} values
 * @returns {ReplayCall}
 */
export function callOf(values) {
  const text = (/** @type {string} */ name) => String(values.get(name) ?? "").trim();
  const url = text("url");
  if (values.has("exact")) return { url, exact: true };
  const hasPlace = /^\w+:\/\/[^/]+\/./.test(url);
  const content = values.get("body");
  return {
    url,
    method: text("method"),
    headers: fieldsOf(String(values.get("headers") ?? "")),
    ...(hasPlace ? {} : { path: text("path") }),
    // Browsers write their own line ends into forms.
    ...(content === null ? {} : { body: String(content).replaceAll("\r\n", "\n") }),
  };
}

/**
 * Fields from lines of text; lines without a colon are left out.
 *
 * @param {string} text
 * @returns {Pair[]}
 */
function fieldsOf(text) {
  return text.split("\n").flatMap((line) => {
    const colon = line.indexOf(":");
    return colon < 1
      ? []
      : [/** @type {const} */ ([line.slice(0, colon).trim(), line.slice(colon + 1).trim()])];
  });
}

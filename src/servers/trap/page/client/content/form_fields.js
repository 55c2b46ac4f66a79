// @ts-check
// Content of the type application/x-www-form-urlencoded, and cookies: names and values.

import { readableText } from "../text/bytes.js";

/** @import { Pair } from "../page_types.ts" */

/**
 * Reads the fields of a form (URL standard, application/x-www-form-urlencoded parsing).
 *
 * @param {string} latin1 the content, one character a byte
 * @returns {Pair[]}
 */
export function formFields(latin1) {
  return latin1.split("&").filter((field) => field !== "").map((field) => {
    const equals = field.indexOf("=");
    const [name, value] = equals < 0 ? [field, ""] : [field.slice(0, equals), field.slice(equals + 1)];
    return [formDecoded(name), formDecoded(value)];
  });
}

/**
 * Name and value of each cookie of a request (RFC 6265 §4.2.1).
 *
 * @param {readonly Pair[]} headers
 * @returns {Pair[]}
 */
export function cookiesOf(headers) {
  return headers.filter(([name]) => name.toLowerCase() === "cookie")
    .flatMap(([, value]) => value.split(";"))
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      return equals < 0 ? ["", readableText(pair)] : [
        readableText(pair.slice(0, equals)),
        readableText(pair.slice(equals + 1)),
      ];
    });
}

/**
 * A name or a value without its encoding: "+" is a space, `%XX` a byte; as sent if the result is not UTF-8.
 *
 * @param {string} latin1
 * @returns {string}
 */
export function formDecoded(latin1) {
  const bytes = latin1.replaceAll("+", " ").replace(
    /%([0-9A-Fa-f]{2})/g,
    (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return readableText(bytes);
}

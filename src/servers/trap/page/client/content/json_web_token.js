// @ts-check
// The JSON Web Tokens (RFC 7519) of a request, decoded but never verified.

import {
  bytesOfLatin1,
  latin1Of,
  looksLikeText,
  readableText,
  textOfContent,
  utf8Of,
} from "../text/bytes.js";
import { cookiesOf, formDecoded, formFields } from "./form_fields.js";

/** @import { JsonWebToken, Pair, TrapRecord } from "../page_types.ts" */

// Header and payload are JSON objects: `{"`, or a brace and white space, in base64url.
const TOKEN = /(?<![\w.-])(e[yw][\w-]+)\.(e[yw][\w-]+)\.[\w-]*(?![\w.-])/g;
const MAX_TOKENS = 20;
const MAX_SECONDS = 253_402_300_799;
const TIMES = [["iat", "issued"], ["nbf", "valid from"], ["exp", "expires"]];

/**
 * The tokens of a request: in fields, cookies, the query, members of JSON, fields of a form, and other text.
 *
 * @param {TrapRecord} record
 * @param {Uint8Array<ArrayBuffer>} content without its coding
 * @param {string} contentType
 * @returns {JsonWebToken[]}
 */
export function findTokens(record, content, contentType) {
  /** @type {JsonWebToken[]} */
  const tokens = [];
  for (const [place, text] of textsOf(record, content, contentType)) {
    for (const [, header = "", payload = ""] of text.matchAll(TOKEN)) {
      const token = decodeToken(header, payload, place);
      if (token !== undefined) tokens.push(token);
      if (tokens.length === MAX_TOKENS) return tokens;
    }
  }
  return tokens;
}

/**
 * @param {TrapRecord} record
 * @param {Uint8Array<ArrayBuffer>} content
 * @param {string} contentType
 * @returns {Generator<Pair, void>}
 */
function* textsOf(record, content, contentType) {
  for (const [name, value] of record.headers) if (name.toLowerCase() !== "cookie") yield [name, value];
  for (const [name, value] of cookiesOf(record.headers)) yield [`cookie ${name}`, value];
  for (const [name, value] of record.query) yield [`parameter ${formDecoded(name)}`, formDecoded(value)];
  if (content.length === 0 || !looksLikeText(content)) return;
  if (contentType.toLowerCase().startsWith("application/x-www-form-urlencoded")) {
    for (const [name, value] of formFields(latin1Of(content))) yield [`form field ${name}`, value];
    return;
  }
  const text = textOfContent(content, contentType);
  const json = jsonOf(text);
  if (json === undefined) yield ["content", text];
  else yield* stringsOf(json);
}

/**
 * The texts in a JSON value with their paths: `user.tokens[0]`.
 *
 * @param {unknown} json
 * @returns {Generator<Pair, void>}
 */
function* stringsOf(json) {
  // A list instead of calls: the nesting of content is unbounded.
  /** @type {{ value: unknown, place: string }[]} */
  const rest = [{ value: json, place: "" }];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { value, place } = next;
    if (typeof value === "string") yield [place === "" ? "content" : place, value];
    if (typeof value !== "object" || value === null) continue;
    const members = Array.isArray(value)
      ? value.map((item, i) => ({ value: item, place: `${place}[${i}]` }))
      : Object.entries(value).map(([name, member]) => ({
        value: member,
        place: place === "" ? name : `${place}.${name}`,
      }));
    for (const member of members.reverse()) rest.push(member);
  }
}

/**
 * @param {string} header in base64url
 * @param {string} payload in base64url
 * @param {string} place
 * @returns {JsonWebToken | undefined} undefined if they are not JSON objects
 */
function decodeToken(header, payload, place) {
  const texts = [header, payload].map(textOfBase64url);
  const [head, claims] = texts.map((text) => text === undefined ? undefined : jsonOf(text));
  if (!isObject(head) || !isObject(claims) || typeof head["alg"] !== "string") return undefined;
  return {
    place: readableText(place),
    header: texts[0] ?? "",
    payload: texts[1] ?? "",
    times: TIMES.flatMap(([claim = "", name = ""]) => {
      const seconds = claims[claim];
      const isTime = typeof seconds === "number" && seconds >= 0 && seconds <= MAX_SECONDS;
      return isTime ? [/** @type {Pair} */ ([name, new Date(seconds * 1_000).toISOString()])] : [];
    }),
  };
}

/**
 * @param {string} text
 * @returns {string | undefined} undefined if it is not base64url, or not UTF-8
 */
function textOfBase64url(text) {
  try {
    return utf8Of(bytesOfLatin1(atob(text.replaceAll("-", "+").replaceAll("_", "/"))));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} text
 * @returns {unknown} undefined if it is not JSON
 */
function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

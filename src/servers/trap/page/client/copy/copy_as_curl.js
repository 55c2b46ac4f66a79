// @ts-check
// A request as a command line that sends it again.

import { latin1Of } from "../text/bytes.js";
import { pasteableText, printfCommand, shellWord } from "./shell_words.js";

/** @import { CopyText, FetchedBytes, TrapRecord } from "../page_types.ts" */

// Linux refuses words longer than 128 KiB (MAX_ARG_STRLEN); much shorter ones are already unpleasant to
// paste.
const MAX_INLINE_BYTES = 16_384;

// Bytes that curl's own URL parser leaves unchanged.
const PLAIN_TARGET = /^\/[A-Za-z0-9\-._~%!$&'()*+,;=:@/?]*$/;
const DOT_SEGMENT = /\/\.{1,2}(?:[/?]|$)/;

/**
 * The parts of a command.
 *
 * @typedef {object} CopySource
 * @property {TrapRecord} record
 * @property {FetchedBytes} raw the request as it came
 * @property {FetchedBytes} body its content
 * @property {string} trapUrl the URL of the trap, with a slash at the end
 * @property {string} apiUrl the URL of this page, with a slash at the end
 */

/**
 * A curl command if curl can send such a request; otherwise one of printf and nc, which send any bytes.
 *
 * @param {CopySource} source
 * @returns {CopyText}
 */
export function copyAsCurl(source) {
  const { record } = source;
  if (record.end === "complete" && record.version !== "" && record.method !== "") return curlCommand(source);
  const { text, notes } = netcatCommand(source);
  return {
    text,
    notes: [`curl cannot send a request that is ${record.end}: these are its bytes, for nc.`, ...notes],
  };
}

/**
 * The bytes as they came, for nc.
 *
 * @param {CopySource} source
 * @returns {CopyText}
 */
export function netcatCommand({ record, raw, trapUrl, apiUrl }) {
  const { hostname, port } = new URL(trapUrl);
  const receiver = `nc ${hostname.replace(/^\[(.*)\]$/, "$1")} ${port || "80"}`;
  if (raw.totalBytes <= MAX_INLINE_BYTES && raw.bytes.length === raw.totalBytes) {
    return { text: `${printfCommand(latin1Of(raw.bytes))} | ${receiver}`, notes: [] };
  }
  return {
    text: `curl -s ${apiUrl}api/requests/${record.id}/raw | ${receiver}`,
    notes: ["The bytes are fetched from this page's server when the command runs."],
  };
}

/**
 * @param {CopySource} source
 * @returns {CopyText}
 */
function curlCommand(source) {
  const { record } = source;
  /** @type {string[]} */
  const notes = [];
  const body = bodyWords(source, notes);
  const words = [
    "curl -i",
    record.version.endsWith("1.0") ? "--http1.0" : "--http1.1",
    ...methodWords(record, body.words.length > 0),
    ...targetWords(record.target, source.trapUrl),
    ...headerWords(record, body.words.length > 0),
    ...body.words,
  ];
  if (record.trailers.length > 0) notes.push("curl cannot send the trailer section.");
  if (hasField(record, "transfer-encoding")) notes.push("curl cuts its own chunks.");
  if (record.truncated !== undefined) {
    notes.push(`Only the first ${record.truncated.keptBytes} bytes were kept, so the content is cut.`);
  }
  return { text: body.source + words.join(" \\\n  "), notes };
}

/**
 * @param {TrapRecord} record
 * @param {boolean} hasBody
 * @returns {string[]}
 */
function methodWords({ method }, hasBody) {
  if (method === "GET" && !hasBody) return [];
  // With -X HEAD, curl would wait for content that never comes.
  return method === "HEAD" && !hasBody ? ["--head"] : [`-X ${shellWord(method)}`];
}

/**
 * @param {string} target
 * @param {string} trapUrl
 * @returns {string[]}
 */
function targetWords(target, trapUrl) {
  const isPlain = PLAIN_TARGET.test(target) && !DOT_SEGMENT.test(target);
  return isPlain
    ? [shellWord(trapUrl + target.slice(1))]
    : [`--request-target ${shellWord(target)}`, trapUrl];
}

/**
 * The fields that curl does not make itself, and the removal of fields that it would add.
 *
 * @param {TrapRecord} record
 * @param {boolean} hasBody
 * @returns {string[]}
 */
function headerWords(record, hasBody) {
  const sent = record.headers.filter(([name]) => !(hasBody && name.toLowerCase() === "content-length"));
  const added = ["Host", "User-Agent", "Accept", ...(hasBody ? ["Content-Type", "Expect"] : [])];
  const unwanted = added.filter((name) => !hasField(record, name.toLowerCase()));
  return [
    // For curl, "Name:" removes a field, and "Name;" sends it empty.
    ...sent.map(([name, value]) => `-H ${shellWord(value === "" ? `${name};` : `${name}: ${value}`)}`),
    ...unwanted.map((name) => `-H '${name}:'`),
  ];
}

/**
 * @param {CopySource} source
 * @param {string[]} notes
 * @returns {{ readonly source: string, readonly words: readonly string[] }} a command whose output is the
 *   content, and the words that make curl take it
 */
function bodyWords({ record, body, apiUrl }, notes) {
  if (body.totalBytes === 0) return { source: "", words: [] };
  if (body.totalBytes > MAX_INLINE_BYTES || body.bytes.length < body.totalBytes) {
    notes.push("The content is fetched from this page's server when the command runs.");
    return {
      source: `curl -s ${apiUrl}api/requests/${record.id}/body | `,
      words: ["--data-binary @-"],
    };
  }
  const latin1 = latin1Of(body.bytes);
  if (pasteableText(latin1) !== undefined) return { source: "", words: [`--data-raw ${shellWord(latin1)}`] };
  notes.push("The content is not plain text: printf writes its bytes.");
  return { source: `${printfCommand(latin1)} | `, words: ["--data-binary @-"] };
}

/**
 * @param {TrapRecord} record
 * @param {string} name in small letters
 * @returns {boolean}
 */
function hasField(record, name) {
  return record.headers.some((field) => field[0].toLowerCase() === name);
}

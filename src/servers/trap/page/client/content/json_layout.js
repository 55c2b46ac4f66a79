// @ts-check
// Lays a JSON text out in lines without reading its values: big numbers, doubled names and escapes stay as they are.

/** @import { JsonLine, JsonToken } from "../page_types.ts" */

const OPENING = new Set(["{", "["]);
const CLOSING = new Set(["}", "]"]);

/**
 * Lays the text out, a member or element a line. Several texts, one a line (NDJSON), follow one another.
 *
 * @param {string} text
 * @param {"whole" | "cut"} extent whether the text is all of the content: of other content, the beginning is laid out
 * @returns {JsonLine[]}
 * @throws {SyntaxError} when the text is not JSON, with the words of the browser
 */
export function layOutJson(text, extent = "whole") {
  const documents = jsonDocuments(text.replace(/^\ufeff/, ""), extent === "cut" ? isBeginning : isJson);
  return documents.flatMap(layOutDocument);
}

/**
 * The lines as plain text, indented by two spaces.
 *
 * @param {readonly JsonLine[]} lines
 * @returns {string[]}
 */
export function plainLines(lines) {
  return lines.map(({ depth, tokens }) => "  ".repeat(depth) + tokens.map((token) => token.text).join(""));
}

/**
 * @param {string} text
 * @param {(text: string) => boolean} isFit whether a text is fit to be the last one
 * @returns {string[]}
 */
function jsonDocuments(text, isFit) {
  try {
    JSON.parse(text);
    return [text];
  } catch (error) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    const last = lines.pop() ?? "";
    if (lines.length > 0 && lines.every(isJson) && isFit(last)) return [...lines, last];
    if (isFit(text)) return [text];
    throw error;
  }
}

/**
 * Whether a text is JSON, or the beginning of an object or array: JSON as soon as its last, perhaps broken member is taken
 * away, and what is open is closed.
 *
 * @param {string} text
 * @returns {boolean}
 */
function isBeginning(text) {
  if (isJson(text)) return true;
  const words = wordsOf(text);
  let end = words.findLastIndex((word) => word === "," || OPENING.has(word) || CLOSING.has(word));
  if (words[end] !== ",") end++;
  const open = [];
  for (const word of words.slice(0, end)) {
    if (OPENING.has(word)) open.push(word === "{" ? "}" : "]");
    else if (CLOSING.has(word)) open.pop();
  }
  return isJson([...words.slice(0, end), ...open.toReversed()].join(" "));
}

/**
 * @param {string} text
 * @returns {boolean}
 */
function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} text
 * @returns {JsonLine[]}
 */
function layOutDocument(text) {
  const words = wordsOf(text);
  /** @type {{ depth: number, tokens: JsonToken[] }[]} */
  const lines = [{ depth: 0, tokens: [] }];
  let depth = 0;
  const breakLine = () => lines.push({ depth, tokens: [] });
  words.forEach((word, i) => {
    const isEmpty = OPENING.has(words[i - 1] ?? "") && CLOSING.has(word);
    if (CLOSING.has(word)) {
      depth--;
      if (!isEmpty) breakLine();
    }
    lines.at(-1)?.tokens.push(tokenOf(word, words[i + 1]));
    if (OPENING.has(word)) depth++;
    const isOpened = OPENING.has(word) && !CLOSING.has(words[i + 1] ?? "");
    if (isOpened || word === ",") breakLine();
  });
  return lines;
}

/**
 * The strings, numbers, words and marks of a text. Strings are found without an expression: on a long one, with
 * escapes, it would run out of stack.
 *
 * @param {string} text
 * @returns {string[]}
 */
function wordsOf(text) {
  const words = [];
  const start = /["{}[\],:]|[^\s{}[\],:"]+/g;
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    if (match[0] === '"') start.lastIndex = endOfString(text, match.index);
    words.push(text.slice(match.index, start.lastIndex));
  }
  return words;
}

/**
 * @param {string} text
 * @param {number} start the place of its first quotation mark
 * @returns {number} the place after the last one, or the end of a text that is cut
 */
function endOfString(text, start) {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text[at - 1 - escapes] === "\\") escapes++;
    if (escapes % 2 === 0) return at + 1;
  }
  return text.length;
}

/**
 * @param {string} word
 * @param {string | undefined} next
 * @returns {JsonToken}
 */
function tokenOf(word, next) {
  if (word === ":") return { kind: "mark", text: ": " };
  if (word.startsWith('"')) return { kind: next === ":" ? "key" : "string", text: word };
  if (/^[{}[\],]$/.test(word)) return { kind: "mark", text: word };
  return { kind: /^-?\d/.test(word) ? "number" : "word", text: word };
}

/**
 * The line that closes the object or array that a line opens; the line itself when it opens none.
 *
 * @param {readonly JsonLine[]} lines
 * @param {number} index
 * @returns {number}
 */
export function blockEnd(lines, index) {
  const { depth, tokens } = /** @type {JsonLine} */ (lines[index]);
  if (!OPENING.has(tokens.at(-1)?.text ?? "")) return index;
  let end = index + 1;
  while (end < lines.length && (lines[end]?.depth ?? 0) > depth) end++;
  return Math.min(end, lines.length - 1);
}

/**
 * Whether a line only closes an object or array that an earlier line has opened.
 *
 * @param {readonly JsonToken[]} tokens
 * @returns {boolean}
 */
export function isClosing(tokens) {
  return CLOSING.has(tokens[0]?.text ?? "");
}

/**
 * The lines that are visible when the blocks of some lines are folded.
 *
 * @param {readonly JsonLine[]} lines
 * @param {ReadonlySet<number>} folded
 * @returns {number[]} their indexes
 */
export function unfolded(lines, folded) {
  const seen = [];
  for (let index = 0; index < lines.length; index++) {
    seen.push(index);
    if (folded.has(index)) index = Math.max(index, blockEnd(lines, index) - 1);
  }
  return seen;
}

/**
 * The value that begins on a line as JSON text, without the name before it and the comma after it.
 *
 * @param {readonly JsonLine[]} lines
 * @param {number} index
 * @param {number} end the line that closes it
 * @returns {string}
 */
export function valueText(lines, index, end) {
  const block = lines.slice(index, end + 1);
  const [first, ...rest] = block;
  const tokens = first?.tokens ?? [];
  const named = tokens[1]?.text === ": " ? tokens.slice(2) : tokens;
  const depth = first?.depth ?? 0;
  const texts = plainLines([
    { depth: 0, tokens: named },
    ...rest.map((line) => ({ ...line, depth: line.depth - depth })),
  ]);
  return texts.join("\n").replace(/,$/, "");
}

// @ts-check
// Lays a JSON text out in lines without reading its values: big numbers, doubled names and escapes stay as they are.

/** @import { JsonLine, JsonToken } from "../page_types.ts" */

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const OPENING = new Set(["{", "["]);
const CLOSING = new Set(["}", "]"]);

/**
 * Lays the text out, a member or element a line. Several texts, one a line (NDJSON), follow one another.
 *
 * @param {string} text
 * @returns {JsonLine[]}
 * @throws {SyntaxError} when the text is not JSON, with the words of the browser
 */
export function layOutJson(text) {
  const documents = jsonDocuments(text.replace(/^\ufeff/, ""));
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
 * @returns {string[]}
 */
function jsonDocuments(text) {
  try {
    JSON.parse(text);
    return [text];
  } catch (error) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    if (lines.length < 2 || !lines.every(isJson)) throw error;
    return lines;
  }
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
  const words = text.match(TOKEN) ?? [];
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

// @ts-check
// Two lists of lines side by side: common lines, changed lines, and lines that only one list has.

/** @import { DiffRow } from "../page_types.ts" */

// The table of a comparison has a cell for each pair of lines; beyond this number, lines are compared by
// position.
const MAX_CELLS = 4_000_000;

/**
 * Aligns two texts.
 *
 * Lines that differ are beside each other when they have the same key, the name of a field for example.
 *
 * @param {readonly string[]} left
 * @param {readonly string[]} right
 * @param {(line: string) => string} keyOf
 * @returns {DiffRow[]}
 */
export function diffLines(left, right, keyOf) {
  /** @type {DiffRow[]} */
  const rows = [];
  eachGap(left, right, {
    same: (line) => rows.push({ kind: "same", left: line, right: line }),
    gap: (removed, added) => rows.push(...alignByKey(removed, added, keyOf)),
  });
  return rows;
}

/**
 * The part of two texts in which they differ, without the equal text before and after it.
 *
 * @param {string} left
 * @param {string} right
 * @returns {{ readonly start: number, readonly leftEnd: number, readonly rightEnd: number }}
 */
export function changedPart(left, right) {
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start++;
  let behind = 0;
  while (behind < shorter - start && left.at(-1 - behind) === right.at(-1 - behind)) behind++;
  return { start, leftEnd: left.length - behind, rightEnd: right.length - behind };
}

/**
 * @param {readonly string[]} removed
 * @param {readonly string[]} added
 * @param {(line: string) => string} keyOf
 * @returns {DiffRow[]}
 */
function alignByKey(removed, added, keyOf) {
  /** @type {DiffRow[]} */
  const rows = [];
  let at = { left: 0, right: 0 };
  const lone = (/** @type {number} */ leftEnd, /** @type {number} */ rightEnd) => {
    for (const line of removed.slice(at.left, leftEnd)) {
      rows.push({ kind: "removed", left: line, right: undefined });
    }
    for (const line of added.slice(at.right, rightEnd)) {
      rows.push({ kind: "added", left: undefined, right: line });
    }
    at = { left: leftEnd, right: rightEnd };
  };
  for (const [i, j] of commonPairs(removed.map(keyOf), added.map(keyOf))) {
    lone(i, j);
    rows.push({ kind: "changed", left: removed[i], right: added[j] });
    at = { left: i + 1, right: j + 1 };
  }
  lone(removed.length, added.length);
  return rows;
}

/**
 * @param {readonly string[]} left
 * @param {readonly string[]} right
 * @param {{ same: (line: string) => void, gap: (removed: string[], added: string[]) => void }} told
 */
function eachGap(left, right, told) {
  let [i, j] = [0, 0];
  for (
    const [nextI, nextJ] of [...commonPairs(left, right), /** @type {const} */ ([left.length, right.length])]
  ) {
    if (nextI > i || nextJ > j) told.gap(left.slice(i, nextI), right.slice(j, nextJ));
    const line = left[nextI];
    if (line !== undefined) told.same(line);
    [i, j] = [nextI + 1, nextJ + 1];
  }
}

/**
 * The longest common subsequence, as pairs of positions.
 *
 * @param {readonly string[]} left
 * @param {readonly string[]} right
 * @returns {(readonly [number, number])[]}
 */
function commonPairs(left, right) {
  /** @type {(readonly [number, number])[]} */
  const pairs = [];
  let [start, leftEnd, rightEnd] = [0, left.length, right.length];
  while (start < leftEnd && start < rightEnd && left[start] === right[start]) pairs.push([start, start++]);
  while (leftEnd > start && rightEnd > start && left[leftEnd - 1] === right[rightEnd - 1]) {
    leftEnd--;
    rightEnd--;
  }
  for (const [i, j] of middlePairs(left.slice(start, leftEnd), right.slice(start, rightEnd))) {
    pairs.push([start + i, start + j]);
  }
  for (let i = 0; leftEnd + i < left.length; i++) pairs.push([leftEnd + i, rightEnd + i]);
  return pairs;
}

/**
 * @param {readonly string[]} left
 * @param {readonly string[]} right
 * @returns {(readonly [number, number])[]}
 */
function middlePairs(left, right) {
  const width = right.length + 1;
  if ((left.length + 1) * width > MAX_CELLS) return samePlaces(left, right);
  // Cell [i, j]: the number of common lines of left[i...] and right[j...].
  const common = new Uint32Array((left.length + 1) * width);
  const cell = (/** @type {number} */ i, /** @type {number} */ j) => common[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      common[i * width + j] = left[i] === right[j]
        ? cell(i + 1, j + 1) + 1
        : Math.max(cell(i + 1, j), cell(i, j + 1));
    }
  }
  /** @type {(readonly [number, number])[]} */
  const pairs = [];
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    if (left[i] === right[j]) pairs.push([i++, j++]);
    else if (cell(i + 1, j) >= cell(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

/**
 * @param {readonly string[]} left
 * @param {readonly string[]} right
 * @returns {(readonly [number, number])[]}
 */
function samePlaces(left, right) {
  /** @type {(readonly [number, number])[]} */
  const pairs = [];
  left.forEach((line, i) => line === right[i] && pairs.push([i, i]));
  return pairs;
}

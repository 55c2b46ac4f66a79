// @ts-check
// The items of the list: rows, and a line above the rows of each day except today.

/** @import { DayStart } from "../page_types.ts" */
/** @import { RequestRows } from "./request_rows.js" */

/** @typedef {{ kind: "day", day: string } | { kind: "row", index: number }} ListItem */

const DAY_KEY = "day ";

/** Rows and lines by their positions in the list. */
export class ListItems {
  #rows;
  /** @type {readonly DayStart[]} */
  #lines;

  /**
   * @param {RequestRows} rows
   * @param {string} today the local date
   */
  constructor(rows, today) {
    this.#rows = rows;
    this.#lines = rows.days().filter(({ day }) => day !== today);
  }

  /** The number of items. */
  get count() {
    return this.#rows.size + this.#lines.length;
  }

  /**
   * The item at a position.
   *
   * @param {number} place
   * @returns {ListItem}
   */
  at(place) {
    let before = 0;
    for (const { day, start } of this.#lines) {
      if (start + before === place) return { kind: "day", day };
      if (start + before > place) break;
      before++;
    }
    return { kind: "row", index: place - before };
  }

  /**
   * The position of a row.
   *
   * @param {number} index of the row, -1 for none
   * @returns {number}
   */
  placeOf(index) {
    return index < 0 ? -1 : index + this.#lines.filter(({ start }) => start <= index).length;
  }

  /**
   * The key of the item at a position; it stays the same when the item moves.
   *
   * @param {number} place
   * @returns {string}
   */
  keyAt(place) {
    const item = this.at(place);
    return item.kind === "day" ? DAY_KEY + item.day : this.#rows.at(item.index)?.id ?? "";
  }

  /**
   * The position of the item with a key; -1 if it is gone.
   *
   * @param {string} key
   * @returns {number}
   */
  placeOfKey(key) {
    if (!key.startsWith(DAY_KEY)) return this.placeOf(this.#rows.indexOf(key));
    const line = this.#lines.findIndex(({ day }) => DAY_KEY + day === key);
    return line < 0 ? -1 : line + (this.#lines[line]?.start ?? 0);
  }
}

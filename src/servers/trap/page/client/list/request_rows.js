// @ts-check
// The rows of the list: sorted by id, and so by time; each id is there once.

import { dateText } from "../text/sizes_and_times.js";

/** @import { DayStart, RequestRow, TrapRecord, TrapResponse } from "../page_types.ts" */

/**
 * The parts of a request that the list shows.
 *
 * @param {TrapRecord} record
 * @returns {RequestRow}
 */
export function rowOf(record) {
  const { id, receivedAt, remote, method, target, bodyBytes, wireBytes, verdict, end } = record;
  const contentType = fieldOf(record, "content-type");
  return {
    id,
    receivedAt,
    remote,
    method,
    target,
    contentType: contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "",
    bodyBytes,
    wireBytes,
    verdict,
    end,
    isCut: record.truncated !== undefined,
    fault: record.fault,
    signature: record.signature,
    problem: record.malformed?.rule ?? record.errors[0] ?? "",
    event: record.event ?? "",
    status: statusOf(record),
    responseEnd: responseEndOf(record),
  };
}

/**
 * The status that the client got.
 *
 * @param {TrapRecord} record
 * @returns {number | undefined}
 */
function statusOf(record) {
  return (clientResponseOf(record) ?? record.answer)?.status;
}

/**
 * How the response to the client ended, if it was not complete.
 *
 * @param {TrapRecord} record
 * @returns {RequestRow["responseEnd"]}
 */
function responseEndOf(record) {
  const end = clientResponseOf(record)?.end;
  return end === "complete" ? undefined : end;
}

/**
 * The response to the client whose bytes are kept; undefined for the trap's own response. Those of copies and
 * replays did not go to the client.
 *
 * @param {TrapRecord} record
 * @returns {TrapResponse | undefined}
 */
export function clientResponseOf({ response }) {
  return response?.kind === "forwarded" || response?.kind === "scripted" ? response : undefined;
}

/**
 * The first value of a field; "" when there is none.
 *
 * @param {TrapRecord} record
 * @param {string} wanted in lower case
 * @returns {string}
 */
function fieldOf(record, wanted) {
  return record.headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? "";
}

/** Rows, the newest at index 0. */
export class RequestRows {
  /** @type {RequestRow[]} */
  #oldestFirst = [];
  /** @type {DayStart[] | undefined} */
  #days;
  #maxRows;

  /** @param {number} maxRows beyond it, the oldest are forgotten; the server still has them */
  constructor(maxRows) {
    this.#maxRows = maxRows;
  }

  /** The number of rows. */
  get size() {
    return this.#oldestFirst.length;
  }

  /**
   * The row at a position, 0 for the newest.
   *
   * @param {number} index
   * @returns {RequestRow | undefined}
   */
  at(index) {
    return this.#oldestFirst[this.#oldestFirst.length - 1 - index];
  }

  /**
   * The position of a request; -1 if it is not in the list.
   *
   * @param {string} id
   * @returns {number}
   */
  indexOf(id) {
    const place = this.#placeOf(id);
    return this.#oldestFirst[place]?.id === id ? this.#oldestFirst.length - 1 - place : -1;
  }

  /**
   * The days of the rows, the newest first, each with the position of its newest row. Days are local.
   *
   * @returns {readonly DayStart[]}
   */
  days() {
    if (this.#days !== undefined) return this.#days;
    /** @type {DayStart[]} */
    const days = [];
    for (let start = 0; start < this.size; start = this.#endOfDay(start)) {
      days.push({ day: this.#dayOf(start), start });
    }
    return this.#days = days;
  }

  /**
   * Adds rows in any order; a row replaces a present row of the same id.
   *
   * @param {readonly RequestRow[]} rows
   * @returns {boolean} whether the oldest rows had to be forgotten
   */
  add(rows) {
    this.#days = undefined;
    for (const row of rows) {
      const place = this.#placeOf(row.id);
      const isThere = this.#oldestFirst[place]?.id === row.id;
      // A row mostly belongs at the end: then no other row moves.
      if (place === this.#oldestFirst.length) this.#oldestFirst.push(row);
      else this.#oldestFirst.splice(place, isThere ? 1 : 0, row);
    }
    const excess = this.#oldestFirst.length - this.#maxRows;
    if (excess > 0) this.#oldestFirst.splice(0, excess);
    return excess > 0;
  }

  /**
   * Removes requests.
   *
   * @param {ReadonlySet<string>} ids
   */
  remove(ids) {
    this.#days = undefined;
    this.#oldestFirst = this.#oldestFirst.filter(({ id }) => !ids.has(id));
  }

  /** Removes all requests. */
  clear() {
    this.#days = undefined;
    this.#oldestFirst = [];
  }

  /** @param {number} index */
  #dayOf(index) {
    return dateText(this.at(index)?.receivedAt ?? "");
  }

  /**
   * The first row of an older day than that of a row; rows are sorted by time.
   *
   * @param {number} index
   */
  #endOfDay(index) {
    const day = this.#dayOf(index);
    let low = index + 1;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#dayOf(middle) === day) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * The position of an id, or the position it would have, counted from the oldest.
   *
   * @param {string} id
   * @returns {number}
   */
  #placeOf(id) {
    let low = 0;
    let high = this.#oldestFirst.length;
    const newest = this.#oldestFirst[high - 1];
    if (newest === undefined || newest.id < id) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#oldestFirst[middle]?.id ?? "") < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

// @ts-check
/// <reference lib="dom" />
// The keys of the page.

import { copyOpen } from "./copy/copy_form.js";
import { TABS } from "./page_choices.js";

/** @import { PageModel } from "./page_model.js" */

const PAGE_ROWS = 10;
const SCROLLING = /^(?:Arrow|Page|Home$|End$)/;

/**
 * @typedef {object} PageKey
 * @property {string} shown how people write it
 * @property {string} does its meaning
 * @property {readonly string[]} keys values of KeyboardEvent.key
 * @property {(model: PageModel, key: string) => void} run its effect
 * @property {boolean} [needsOpen] whether it is about the open request
 */

/**
 * Every key of the page.
 *
 * @type {readonly PageKey[]}
 */
export const KEYS = [
  { shown: "j, ↓", does: "next request", keys: ["j", "ArrowDown"], run: (model) => model.move(1) },
  { shown: "k, ↑", does: "request before", keys: ["k", "ArrowUp"], run: (model) => model.move(-1) },
  { shown: "Page ↓", does: "ten requests on", keys: ["PageDown"], run: (model) => model.move(PAGE_ROWS) },
  { shown: "Page ↑", does: "ten requests back", keys: ["PageUp"], run: (model) => model.move(-PAGE_ROWS) },
  { shown: "Home", does: "newest in the list", keys: ["Home"], run: (model) => model.move(-Infinity) },
  { shown: "End", does: "oldest in the list", keys: ["End"], run: (model) => model.move(Infinity) },
  { shown: "/", does: "search", keys: ["/"], run: () => document.getElementById("search")?.focus() },
  {
    shown: "e",
    does: "errors only",
    keys: ["e"],
    run: ({ list }) => list.narrow({ errorsOnly: !list.filters.errorsOnly }),
  },
  {
    shown: "f",
    does: "open each request as it comes",
    keys: ["f"],
    run: (model) => model.follow(!model.isFollowing),
  },
  { shown: "p", does: "pause, go on", keys: ["p"], run: ({ list }) => list.setPaused(!list.isPaused) },
  {
    shown: `1 … ${TABS.length}`,
    does: "views of the request",
    keys: TABS.map((_, i) => String(i + 1)),
    needsOpen: true,
    run: (model, key) => {
      const tab = TABS[Number(key) - 1];
      if (tab !== undefined) model.show({ tab });
    },
  },
  {
    shown: "c",
    does: "compare with the request opened next",
    keys: ["c"],
    needsOpen: true,
    run: (model) => model.markForComparison(),
  },
  {
    shown: "y",
    does: "copy as curl",
    keys: ["y"],
    needsOpen: true,
    run: (model) => void copyOpen(model, "curl"),
  },
  {
    shown: "Delete",
    does: "delete the request",
    keys: ["Delete"],
    needsOpen: true,
    run: (model) => model.show({ dialog: "delete" }),
  },
  { shown: "Esc", does: "close what is open", keys: ["Escape"], run: (model) => model.close() },
  { shown: "?", does: "these keys", keys: ["?"], run: (model) => model.show({ dialog: "keys" }) },
];

/**
 * Makes the page act on keys. While a field or a dialog has the focus, the keys belong to it.
 *
 * @param {PageModel} model
 */
export function listenToKeys(model) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || model.dialog !== undefined) return;
    const target = /** @type {Element} */ (event.target);
    if (target.closest("input, select, textarea") !== null) {
      if (event.key === "Escape") /** @type {HTMLElement} */ (target).blur();
      return;
    }
    if (act(model, event.key, target)) event.preventDefault();
  });
}

/**
 * @param {PageModel} model
 * @param {string} key
 * @param {Element} target
 * @returns {boolean} whether the key has a meaning
 */
function act(model, key, target) {
  const found = KEYS.find(({ keys }) => keys.includes(key));
  if (found === undefined || (found.needsOpen && model.open === undefined)) return false;
  if (SCROLLING.test(key) && isReading(target)) return false;
  found.run(model, key);
  return true;
}

/**
 * Whether the arrows scroll another element than the list.
 *
 * @param {Element} target
 * @returns {boolean}
 */
function isReading(target) {
  return target.closest(".detail, .bar") !== null;
}

// @ts-check
/// <reference lib="dom" />
// The keys of the page.

import { copyOpen } from "./copy/copy_form.js";
import { TABS } from "./page_choices.js";

/** @import { PageModel } from "./page_model.js" */

const PAGE_ROWS = 10;

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
  const action = actionsOf(model)[key] ?? (isReading(target) ? undefined : movesOf(model)[key]);
  if (action === undefined) return false;
  action();
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

/**
 * @param {PageModel} model
 * @returns {Record<string, () => void>}
 */
function movesOf(model) {
  return {
    ArrowDown: () => model.move(1),
    ArrowUp: () => model.move(-1),
    PageDown: () => model.move(PAGE_ROWS),
    PageUp: () => model.move(-PAGE_ROWS),
    Home: () => model.move(-Infinity),
    End: () => model.move(Infinity),
  };
}

/**
 * @param {PageModel} model
 * @returns {Record<string, () => void>}
 */
function actionsOf(model) {
  const { list, open } = model;
  /** @type {Record<string, () => void>} */
  const actions = {
    j: () => model.move(1),
    k: () => model.move(-1),
    "/": () => document.getElementById("search")?.focus(),
    e: () => list.narrow({ errorsOnly: !list.filters.errorsOnly }),
    f: () => model.follow(!model.isFollowing),
    p: () => list.setPaused(!list.isPaused),
    "?": () => model.show({ dialog: "keys" }),
    Escape: () => model.close(),
  };
  if (open === undefined) return actions;
  TABS.forEach((tab, i) => actions[String(i + 1)] = () => model.show({ tab }));
  return {
    ...actions,
    c: () => model.markForComparison(),
    y: () => void copyOpen(model, "curl"),
    Delete: () => model.show({ dialog: "delete" }),
  };
}

// @ts-check
// The view of the page as its address holds it: a link opens the same view again.

/** @import { PageState, SeriesOrder, View } from "./page_types.ts" */

/** @type {PageState} */
export const FIRST_STATE = {
  view: "plot",
  targets: [],
  transform: "none",
  from: "-1h",
  until: "now",
  refresh: 10,
  search: "",
  order: "biggest",
};

const VIEWS = ["plot", "table", "series", "health", "boards"];
const TRANSFORMS = ["none", "rate", "average", "sum"];
const ORDERS = ["biggest", "newest", "stale"];

/**
 * Reads the query of an address; missing and unknown values are the defaults.
 *
 * @param {string} query
 * @returns {PageState}
 */
export function readState(query) {
  const values = new URLSearchParams(query);
  /** @type {(name: string, words: readonly string[]) => string | undefined} */
  const word = (name, words) => words.find((known) => known === values.get(name));
  const refresh = Number(values.get("refresh") ?? FIRST_STATE.refresh);
  return {
    view: /** @type {View} */ (word("view", VIEWS) ?? FIRST_STATE.view),
    targets: values.getAll("target").filter((target) => target !== ""),
    transform: /** @type {PageState["transform"]} */ (word("transform", TRANSFORMS) ?? FIRST_STATE.transform),
    from: values.get("from") || FIRST_STATE.from,
    until: values.get("until") || FIRST_STATE.until,
    refresh: Number.isFinite(refresh) && refresh >= 0 ? refresh : FIRST_STATE.refresh,
    search: values.get("search") ?? "",
    order: /** @type {SeriesOrder} */ (word("order", ORDERS) ?? FIRST_STATE.order),
  };
}

/**
 * Writes the query of an address; defaults are left out.
 *
 * @param {PageState} state
 * @returns {string} with "?" in front, or ""
 */
export function writeState(state) {
  const values = new URLSearchParams();
  for (const target of state.targets) values.append("target", target);
  for (
    const name of /** @type {const} */ (["view", "transform", "from", "until", "refresh", "search", "order"])
  ) {
    if (state[name] !== FIRST_STATE[name]) values.set(name, String(state[name]));
  }
  const query = values.toString();
  return query === "" ? "" : `?${query}`;
}

/**
 * The expressions to request.
 *
 * @param {Pick<PageState, "targets" | "transform">} state
 * @returns {string[]}
 */
export function expressionsOf({ targets, transform }) {
  switch (transform) {
    case "rate":
      return targets.map((target) => `perSecond(${target})`);
    case "average":
      return targets.map((target) => `averageSeries(${target})`);
    case "sum":
      return targets.map((target) => `sumSeries(${target})`);
    default:
      return [...targets];
  }
}

/**
 * Whether a target means the same to the store: a name, or a pattern of the line protocol. Others cannot be deleted.
 *
 * @param {string} target
 */
export function isStoreName(target) {
  return !/[?[(|]/.test(target);
}

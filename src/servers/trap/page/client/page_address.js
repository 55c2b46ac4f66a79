// @ts-check
/// <reference lib="dom" />
// The address of the page: `?bin=name` for a bin, `#id` for an open request, `#id~id` for a comparison.

const ID = /^[\w.:-]+$/;

/**
 * The ids in the address.
 *
 * @returns {string[]} none, one or two
 */
export function idsInAddress() {
  const ids = location.hash.slice(1).split("~").slice(0, 2);
  return ids.every((id) => ID.test(id)) ? ids : ids.slice(0, 1).filter((id) => ID.test(id));
}

/**
 * The bin in the address.
 *
 * @returns {string} "" for all
 */
export function binInAddress() {
  return new URLSearchParams(location.search).get("bin") ?? "";
}

/**
 * Puts bin and ids into the address.
 *
 * @param {{ bin: string, ids: readonly string[] }} shown
 */
export function writeAddress({ bin, ids }) {
  const search = bin === "" ? "" : `?${new URLSearchParams({ bin })}`;
  const hash = ids.length === 0 ? "" : `#${ids.join("~")}`;
  const address = `${location.pathname}${search}${hash}`;
  // On a phone the way back to the list is the browser's own.
  const isDeeper = ids.length > 0 && location.hash === "";
  if (isDeeper) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}

/**
 * The address of the trap, as seen from the page.
 *
 * @returns {string}
 */
export function trapUrl() {
  const named = document.querySelector('meta[name="trap-port"]')?.getAttribute("content") ?? "";
  const port = /^\d+$/.test(named) ? named : String(Number(location.port) - 1);
  return `${location.protocol}//${location.hostname}:${port}/`;
}

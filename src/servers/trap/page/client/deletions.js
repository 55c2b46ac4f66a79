// @ts-check
/// <reference lib="dom" />
// Deletes requests after the user has confirmed.

import { visibleText } from "./text/visible_text.js";

/** @import { PageModel } from "./page_model.js" */

/**
 * Deletes the open request, and opens its neighbour.
 *
 * @param {PageModel} model
 */
export async function deleteOpen(model) {
  const id = model.open?.id;
  if (id === undefined) return;
  const { rows } = model.list;
  const at = rows.indexOf(id);
  const neighbour = at < 0 ? undefined : rows.at(at + 1) ?? rows.at(at - 1);
  model.show({ dialog: undefined });
  if (!await model.tries(() => model.api.remove(id))) return;
  model.close();
  await model.list.forget({ ids: [id] });
  if (neighbour !== undefined && !matchMedia("(max-width: 60rem)").matches) model.select(neighbour.id);
  model.say("Deleted the request.");
}

/**
 * Deletes all requests of the chosen bin, or of all bins, also those that filters hide.
 *
 * @param {PageModel} model
 */
export async function deleteAll(model) {
  const { bin } = model;
  model.show({ dialog: undefined });
  if (!await model.tries(() => model.api.clear(bin))) return;
  model.closeAll();
  await model.list.forget({ all: true });
  model.say(bin === "" ? "Deleted all requests." : `Deleted all requests of ${visibleText(bin)}.`);
}

// The order of a listing: folders first, then the order that people expect: `file2` before `file10`.

import type { FolderEntries } from "./entry_columns.ts";
import { sortByKey } from "./merge_sort.ts";
import { sortByName } from "./name_order.ts";

/** The column that a listing is sorted by. */
export type SortKey = "name" | "size" | "time";

/** Which entries a listing has, and in which order. */
export interface ListingQuery {
  /** The column, applied to folders and files separately. */
  readonly sort: SortKey;
  /** Whether the largest, the latest or the last of the alphabet comes first. */
  readonly isDescending: boolean;
  /** Letters that a name must have, in lower case; "" for all. */
  readonly filter: string;
}

const SORT_KEYS: readonly SortKey[] = ["name", "size", "time"];
const MAX_FILTER_CHARACTERS = 200;

/** Reads a query such as `sort=size&order=desc&filter=log`. Unknown values count as absent. */
export function parseListingQuery(query: string): ListingQuery {
  if (query === "") return { sort: "name", isDescending: false, filter: "" };
  const parameters = new URLSearchParams(query);
  return {
    sort: SORT_KEYS.find((key) => key === parameters.get("sort")) ?? "name",
    isDescending: parameters.get("order") === "desc",
    filter: (parameters.get("filter") ?? "").slice(0, MAX_FILTER_CHARACTERS).toLowerCase(),
  };
}

/** The indexes of the entries of a listing, in their order. */
export function orderEntries(entries: FolderEntries, query: ListingQuery): Uint32Array {
  const { order, folders } = chooseEntries(entries, query.filter);
  orderPart(order.subarray(0, folders), entries, query);
  orderPart(order.subarray(folders), entries, query);
  return order;
}

/** The entries that pass the filter, folders first. */
function chooseEntries(
  { names, sizes }: FolderEntries,
  filter: string,
): { readonly order: Uint32Array; readonly folders: number } {
  const chosen = new Uint32Array(names.length);
  let folders = 0;
  let firstFile = names.length;
  for (let i = 0; i < names.length; i++) {
    if (filter !== "" && !names[i]!.toLowerCase().includes(filter)) continue;
    if (sizes[i]! < 0) chosen[folders++] = i;
    else chosen[--firstFile] = i;
  }
  chosen.copyWithin(folders, firstFile);
  return { order: chosen.subarray(0, folders + names.length - firstFile), folders };
}

function orderPart(part: Uint32Array, { names, sizes, mtimesMs }: FolderEntries, query: ListingQuery): void {
  sortByName(part, names);
  if (query.sort !== "name") part.set(sortByKey(part, query.sort === "size" ? sizes : mtimesMs));
  if (query.isDescending) part.reverse();
}

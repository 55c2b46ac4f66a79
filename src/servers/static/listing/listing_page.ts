import { type Html, html } from "../../../backend/pages/html.ts";
import { encodeSegment } from "../resources/url_path.ts";
import type { ListingQuery, SortKey } from "./entry_order.ts";
import type { FolderEntries } from "./entry_columns.ts";
import { FILTER_SCRIPT, ICON, STYLESHEET } from "./listing_look.ts";
import type { PieceWriter } from "./piece_writer.ts";

/** The parts of a listing around its rows. */
export interface ListingFrame {
  /** The names of the folder below the root. */
  readonly segments: readonly string[];
  /** How it is sorted, and which entries it has. */
  readonly query: ListingQuery;
  /** The number of its entries. */
  readonly count: number;
}

const COLUMNS: readonly { readonly key: SortKey; readonly title: string }[] = [
  { key: "name", title: "Name" },
  { key: "size", title: "Size" },
  { key: "time", title: "Changed" },
];

/** The document up to its first row. */
export function listingHead({ segments, query, count }: ListingFrame): string {
  const title = `Index of /${segments.map((name) => name + "/").join("")}`;
  const found = query.filter === "" ? "" : ` with “${query.filter}”`;
  const document = html`
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title}</title>
        <link rel="icon" href="${ICON}">
        <style>${STYLESHEET}</style>
      </head>
      <body>
        <main><h1>Index of ${breadcrumbs(segments)}</h1>
    <form><label>Filter <input type="search" name="filter" value="${query
      .filter}" autocomplete="off"></label>${hiddenFields(query)}</form>
    <p id="count">${count === 1 ? "1 entry" : `${count} entries`}${found}</p>
    ${segments.length === 0 ? [] : PARENT}
    ${count === 0 ? emptyNote(query) : html`
      <table>
        <thead>
          <tr>${COLUMNS.map((column) => heading(column, query))}</tr>
        </thead>
        <tbody>
    `}
  `;
  return "<!DOCTYPE html>\n" + document.markup.trim() + "\n";
}

/** The document after its last row. */
export function listingTail({ count }: ListingFrame): string {
  return `${count === 0 ? "" : "</tbody></table>"}</main><script>${FILTER_SCRIPT}</script></body></html>\n`;
}

const PARENT = html`
  <p><a href="../">Parent directory</a></p>
`;

function emptyNote({ filter }: ListingQuery): Html {
  return html`
    <p>${filter === ""
      ? "There is nothing in this directory."
      : "No name in this directory has these letters."}</p>
  `;
}

function breadcrumbs(segments: readonly string[]): Html[] {
  const root = html`<a href="${"../".repeat(segments.length) || "./"}">/</a>`;
  return [
    root,
    ...segments.map((name, index) =>
      html`
        <a href="${"../".repeat(segments.length - 1 - index) || "./"}">${name}/</a>
      `
    ),
  ];
}

/** Hidden fields of the form that keep the order. */
function hiddenFields({ sort, isDescending }: ListingQuery): Html[] {
  const fields: Html[] = [];
  if (sort !== "name") fields.push(html`<input type="hidden" name="sort" value="${sort}">`);
  if (isDescending) fields.push(html`<input type="hidden" name="order" value="desc">`);
  return fields;
}

/** A heading that sorts; a second click reverses the order. Size and time begin with the largest. */
function heading({ key, title }: (typeof COLUMNS)[number], query: ListingQuery): Html {
  const isSorted = query.sort === key;
  const order = (isSorted ? query.isDescending : key === "name") ? "asc" : "desc";
  const filter = query.filter === "" ? "" : `&filter=${encodeURIComponent(query.filter)}`;
  const state = query.isDescending ? "descending" : "ascending";
  return html`<th scope="col" class="${key}" aria-sort="${
    isSorted ? state : "none"
  }"><a href="${`?sort=${key}&order=${order}${filter}`}">${title}</a></th>`;
}

/**
 * Writes the rows of one listing as bytes: 10,000 rows with different sizes and times take 11 ms, and 35 with
 * toFixed() and toISOString() (Deno 2.9.6).
 */
export class RowWriter {
  readonly #entries: FolderEntries;
  // Texts of days, by their number since 1970. A folder has files from fewer days than it has files.
  readonly #days = new Map<number, string>();

  /** @param entries the entries to list */
  constructor(entries: FolderEntries) {
    this.#entries = entries;
  }

  /** Adds the row of an entry. @param index its place among the entries */
  write(into: PieceWriter, index: number): void {
    const { names, sizes, mtimesMs } = this.#entries;
    const size = sizes[index]!;
    const name = names[index]!;
    const shown = size < 0 ? `${name}/` : name;
    into.bytes(ROW_START);
    const start = into.length;
    if (PLAIN_NAME.test(name)) {
      into.text(shown);
      const end = into.length;
      into.bytes(AFTER_ADDRESS);
      into.again(start, end);
    } else {
      into.text(escapeText(encodeSegment(name)) + (size < 0 ? "/" : ""));
      into.bytes(AFTER_ADDRESS);
      into.text(escapeText(shown));
    }
    into.bytes(BEFORE_SIZE);
    if (size >= 0) into.text(formatSize(size));
    this.#writeTime(into, mtimesMs[index]!);
  }

  /** Adds the cell with the time, `2026-11-29T04:05:06.789Z` for programs, and the end of the row. */
  #writeTime(into: PieceWriter, timeMs: number): void {
    const dayNumber = Math.floor(timeMs / DAY_MS);
    const day = this.#days.get(dayNumber) ?? this.#addDay(dayNumber);
    const ms = timeMs - dayNumber * DAY_MS;
    into.bytes(BEFORE_TIME);
    into.text(day);
    into.text("T");
    const start = into.length;
    into.digits(Math.floor(ms / 3_600_000), 2);
    into.text(":");
    into.digits(Math.floor(ms / 60_000) % 60, 2);
    const end = into.length;
    into.text(":");
    into.digits(Math.floor(ms / 1_000) % 60, 2);
    into.text(".");
    into.digits(ms % 1_000, 3);
    into.bytes(BEFORE_SHOWN_TIME);
    into.text(day);
    into.text(" ");
    into.again(start, end);
    into.bytes(ROW_END);
  }

  #addDay(number: number): string {
    if (this.#days.size === MAX_DAYS) this.#days.clear();
    const day = new Date(number * DAY_MS).toISOString().slice(0, -"T00:00:00.000Z".length);
    this.#days.set(number, day);
    return day;
  }
}

const encoder = new TextEncoder();
// "./" keeps a name with a colon from being read as a URL with a scheme.
const ROW_START = encoder.encode('<tr><td><a href="./');
const AFTER_ADDRESS = encoder.encode('">');
const BEFORE_SIZE = encoder.encode('</a></td><td class="size">');
const BEFORE_TIME = encoder.encode('</td><td class="time"><time datetime="');
const BEFORE_SHOWN_TIME = encoder.encode('Z">');
const ROW_END = encoder.encode(" UTC</time></td></tr>\n");
const DAY_MS = 86_400_000;
const MAX_DAYS = 4_096;

// These letters need no escape in URLs or markup.
const PLAIN_NAME = /^[\w.~-]+$/;

const ESCAPED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

// The library's escape() looks at each name five times.
function escapeText(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (character) => ESCAPED[character]!) : text;
}

const LARGE_UNITS = ["KiB", "MiB", "GiB", "TiB"];

/** A size for people: `17 B`, `1.7 KiB`. */
function formatSize(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  let value = bytes / 1_024;
  let unit = 0;
  while (value >= 1_024 && unit < LARGE_UNITS.length - 1) {
    value /= 1_024;
    unit++;
  }
  const tenths = Math.round(value * 10);
  return `${Math.floor(tenths / 10)}.${tenths % 10} ${LARGE_UNITS[unit]}`;
}

/** An entry as an object in JSON. */
export function listingObject({ names, sizes, mtimesMs }: FolderEntries, index: number): string {
  const size = sizes[index]!;
  const entry = {
    name: names[index]!,
    type: size < 0 ? "directory" : "file",
    mtime: new Date(mtimesMs[index]!),
  };
  return JSON.stringify(size < 0 ? entry : { ...entry, size });
}

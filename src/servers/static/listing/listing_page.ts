import { type Html, html } from "../../../backend/pages/html.ts";
import type { Page } from "../../../backend/pages/page.ts";
import { encodeSegment } from "../resources/url_path.ts";

/** One line of a listing. */
export interface ListedEntry {
  /** The name, without a slash. */
  readonly name: string;
  /** What it is. */
  readonly type: "file" | "directory";
  /** Last change, `2026-01-31T12:00:00.000Z`. */
  readonly mtime: string;
  /** Bytes; absent for directories. */
  readonly size?: number;
}

// On a phone a name needs all the room there is.
const STYLESHEET = `table { border-collapse: collapse; width: 100%; }
th { color: var(--quiet); font-size: .95rem; text-align: left; }
th, td { border-bottom: 1px solid var(--line); padding: .45rem 0; vertical-align: top; }
tbody tr:hover { background: var(--card); }
td a { text-decoration: none; }
td a:hover { text-decoration: underline; }
.size, .time { font-variant-numeric: tabular-nums; padding-left: 1.2rem; text-align: right; white-space: nowrap;
  width: 1%; }
@media (max-width: 36rem) { .time { display: none; } }`;

/** Builds the page that lists a directory. @param segments the names of the directory below the root */
export function buildListingPage(segments: readonly string[], entries: readonly ListedEntry[]): Page {
  const title = `Index of /${segments.map((name) => name + "/").join("")}`;
  const parent = html`
    <p><a href="../">Parent directory</a></p>
  `;
  const nothing = html`
    <p class="quiet">There is nothing in this directory.</p>
  `;
  const content = html`
    <h1>${title}</h1>
    ${segments.length === 0 ? [] : parent}
    ${entries.length === 0 ? nothing : buildTable(entries)}
  `;
  return { title, content, theme: "white", stylesheet: STYLESHEET };
}

function buildTable(entries: readonly ListedEntry[]): Html {
  return html`
    <table>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col" class="size">Size</th>
          <th scope="col" class="time">Changed (UTC)</th>
        </tr>
      </thead>
      <tbody>
    ${entries.map(buildRow)}
      </tbody>
    </table>
  `;
}

function buildRow({ name, type, mtime, size }: ListedEntry): Html {
  const ending = type === "directory" ? "/" : "";
  // "./" keeps a name with a colon from being taken for a URL with a scheme.
  const link = `./${encodeSegment(name)}${ending}`;
  const time = mtime.slice(0, 16).replace("T", " ");
  return html`
    <tr>
      <td><a href="${link}">${name + ending}</a></td>
      <td class="size">${size === undefined ? "" : formatSize(size)}</td>
      <td class="time"><time datetime="${mtime}">${time}</time></td>
    </tr>
  `;
}

/** A size for people: `17 B`, `1.7 KiB`. */
function formatSize(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

import { stat } from "node:fs/promises";
import { html } from "../../backend/html.ts";
import { pageResponse } from "../../backend/page.ts";
import { createResponse, type HttpResponse } from "../../http/response.ts";
import type { HttpRequest } from "../../http/request.ts";
import type { DocumentRoot } from "./document_root.ts";
import { prefersJson } from "./navigation.ts";
import { encodeSegment } from "./url_path.ts";

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

// Enough to keep the disk busy, few enough to leave it to others.
const CONCURRENT_STATS = 64;

/**
 * Lists a directory: what can be asked for, sorted by name. What is hidden or refused is left out.
 *
 * @param segments the names of the directory below the root
 * @param path where it is
 * @throws {HttpError} 403, 404 or 503 when it cannot be read
 */
export async function listDirectory(
  root: DocumentRoot,
  segments: readonly string[],
  path: string,
): Promise<readonly ListedEntry[]> {
  const names = await root.readNames(path);
  const entries: ListedEntry[] = [];
  for (let start = 0; start < names.length; start += CONCURRENT_STATS) {
    const some = names.slice(start, start + CONCURRENT_STATS);
    entries.push(...(await Promise.all(some.map((name) => describe(root, segments, name)))).flat());
  }
  return entries.sort((a, b) => a.name < b.name ? -1 : 1);
}

async function describe(
  root: DocumentRoot,
  segments: readonly string[],
  name: string,
): Promise<readonly ListedEntry[]> {
  const located = await root.locate([...segments, name]).catch(() => undefined);
  if (located === undefined || located.kind === "missing") return [];
  if (located.kind === "file") {
    const { mtimeMs, size } = located.stamp;
    return [{ name, type: "file", mtime: new Date(mtimeMs).toISOString(), size }];
  }
  const mtime = await stat(located.path).then((stats) => stats.mtime, () => undefined);
  return mtime === undefined ? [] : [{ name, type: "directory", mtime: mtime.toISOString() }];
}

/** Answers with a listing: a page, or an array in JSON where the client prefers that. */
export function answerWithListing(
  request: HttpRequest,
  segments: readonly string[],
  entries: readonly ListedEntry[],
): HttpResponse {
  if (prefersJson(request.headers)) {
    return createResponse(200, JSON.stringify(entries) + "\n", [
      ["Content-Type", "application/json"],
      ["Cache-Control", "no-store"],
      ["Vary", "Accept"],
    ]);
  }
  const title = `Index of /${segments.map((name) => name + "/").join("")}`;
  const rows = entries.map(({ name, type, mtime, size }) => {
    const shown = type === "directory" ? name + "/" : name;
    // "./" keeps a name with a colon from being taken for a URL with a scheme.
    const link = `./${encodeSegment(name)}${type === "directory" ? "/" : ""}`;
    return html`
      <tr>
        <td><a href="${link}">${shown}</a></td>
        <td>${size === undefined ? "" : formatSize(size)}</td>
        <td><time
      datetime="${mtime}">${mtime.slice(0, 16).replace("T", " ")}</time></td>
      </tr>
    `;
  });
  const parent = segments.length === 0 ? [] : [
    html`
      <p><a href="../">Parent directory</a></p>
    `,
  ];
  const content = html`
    <h1>${title}</h1>
    ${parent}
    <table>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Size</th>
          <th scope="col">Changed (UTC)</th>
        </tr>
      </thead>
      <tbody>
    ${rows}
      </tbody>
    </table>
  `;
  return pageResponse(200, { title, content, theme: "white" }, [["Vary", "Accept"]]);
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

// The look of a listing, in light and dark and on a phone, and the script that filters during typing. Nothing
// is loaded from anywhere, and without the script the form asks the server.

import { createHash } from "node:crypto";
import { Html } from "../../../backend/pages/html.ts";
import type { HeaderField } from "../../../http/headers.ts";

/** The icon in the tab: a folder. */
export const ICON = new Html(
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='%23b07d12' " +
    "d='M1 3h5l2 2h7v9H1z'/%3E%3C/svg%3E",
);

/** The stylesheet. On a phone a name has a line of its own, with size and time below it. */
export const STYLESHEET = new Html(`
:root { color-scheme: light dark; --text: #17232e; --quiet: #4d5d6b; --line: #cfd9e1; --back: #fff; --over: #f1f5f8;
  --link: #075985; }
@media (prefers-color-scheme: dark) { :root { --text: #e4eaf0; --quiet: #9fb0be; --line: #33424f; --back: #10181f;
  --over: #1a2630; --link: #7cc7f2; } }
* { box-sizing: border-box; }
body { background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto;
  max-width: 64rem; overflow-wrap: anywhere; padding: 1rem 1.1rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .6rem 0 1rem; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
form { margin: 0 0 .8rem; }
input { background: var(--back); border: 1px solid var(--quiet); border-radius: .4rem; color: inherit; font: inherit;
  margin-left: .4rem; max-width: 60%; min-height: 2.5rem; padding: .3rem .6rem; width: 20rem; }
p { margin: 0 0 .6rem; }
#count { color: var(--quiet); font-size: .95rem; }
table { border-collapse: collapse; width: 100%; }
th { font-size: .95rem; text-align: left; }
th[aria-sort=ascending] a::after { content: " \\2191"; }
th[aria-sort=descending] a::after { content: " \\2193"; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem 0; vertical-align: top; }
tbody tr:hover { background: var(--over); }
td a { white-space: pre-wrap; }
td a[href$="/"] { font-weight: 600; }
.size, .time { font-variant-numeric: tabular-nums; padding-left: 1.2rem; text-align: right; white-space: nowrap; width: 1%; }
td.size, td.time { color: var(--quiet); }
@media (max-width: 40rem) {
  table, tbody { display: block; }
  thead tr { display: flex; gap: 1.2rem; }
  th { border: 0; flex: none; }
  th.size, th.time { padding-left: 0; width: auto; }
  tbody tr { border-bottom: 1px solid var(--line); display: grid; gap: 0 1rem; grid-template-columns: auto 1fr;
    padding: .5rem 0; }
  td { border: 0; padding: 0; }
  td.size:empty { display: none; }
  td:first-child { grid-column: 1 / -1; }
  td:first-child a { display: block; padding: .25rem 0; }
  td.size, td.time { font-size: .9rem; padding: 0; text-align: left; width: auto; }
}`);

/** Hides the rows whose name lacks the typed text; at most once a frame. */
export const FILTER_SCRIPT = `
const box = document.querySelector("input[type=search]");
const rows = document.querySelectorAll("tbody tr");
const count = document.querySelector("#count");
const before = count.textContent;
let isWaiting = false;
const filter = () => {
  isWaiting = false;
  const text = box.value.toLowerCase();
  let shown = 0;
  for (const row of rows) {
    const isShown = row.firstChild.textContent.toLowerCase().includes(text);
    row.style.display = isShown ? "" : "none";
    if (isShown) shown++;
  }
  count.textContent = text === "" ? before : shown + " of " + rows.length + " entries";
};
box.addEventListener("input", () => {
  if (!isWaiting) requestAnimationFrame(filter);
  isWaiting = true;
});
`;

/**
 * The fields of the page. The script is named by its digest (CSP Level 3 §2.3.1), so that no other one runs.
 */
export function listingPageFields(): readonly HeaderField[] {
  const digest = createHash("sha256").update(FILTER_SCRIPT).digest("base64");
  return [
    ["Content-Type", "text/html; charset=utf-8"],
    ["X-Content-Type-Options", "nosniff"],
    [
      "Content-Security-Policy",
      `default-src 'none'; script-src 'sha256-${digest}'; style-src 'unsafe-inline'; img-src data:; ` +
      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ],
  ];
}

import { encodeOnce, type Html, html } from "../../../backend/pages/html.ts";

type Row = readonly [method: "GET" | "POST", url: string, effect: string];

// Every URL with every method it takes, besides those of the forms; then one of each way to go wrong.
const ROWS: readonly Row[] = [
  ["POST", "/short_log/1", "access log short"],
  ["POST", "/short_log/0", "access log full"],
  ["POST", "/show_errors/1", "error display on"],
  ["GET", "/show_errors/1", "error display on"],
  ["POST", "/show_errors/0", "error display off"],
  ["GET", "/show_errors/0", "error display off"],
  ["POST", "/showerrors/1", "error display on"],
  ["GET", "/showerrors/1", "error display on"],
  ["POST", "/showerrors/0", "error display off"],
  ["GET", "/showerrors/0", "error display off"],
  ["GET", "/set_cookie/bg_color=green", "green background"],
  ["POST", "/set_cookie/flavour=vanilla/scoops=2/", "two cookies at once"],
  ["GET", "/div/0.3/to/0.1", "a division that doubles get slightly wrong"],
  ["GET", "/div/-1e3/to/%2E5", "sign, exponent and percent-encoding"],
  ["GET", "/div/one/to/2", "400: no number"],
  ["GET", "/set_cookie/crumbs", "400: no cookie"],
  ["GET", "/short_log/1", "405: wrong method"],
];

/** All other requests, one button each, in one form: the buttons carry method and URL. */
export const REQUEST_LIST: Html = encodeOnce(html`
  <details class="card">
    <summary>All requests, one by one</summary>
    <form id="requests" method="get" action="/">
      <ul class="requests">
        ${ROWS.map(buildRow)}
      </ul>
    </form>
  </details>
`);

function buildRow([method, url, effect]: Row): Html {
  const request = `${method} ${url}`;
  const formMethod = method.toLowerCase();
  return html`
    <li>
      <span><code>${request}</code><br><span class="quiet">${effect}</span></span>
      <button class="other" formmethod="${formMethod}" formaction="${url}"
        aria-label="Send ${request}">Send</button>
    </li>
  `;
}

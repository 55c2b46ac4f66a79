import { ExplainedError } from "../../backend/explained_error.ts";
import type { RequestContext } from "../../backend/handler.ts";
import { html } from "../../backend/pages/html.ts";
import { themeOf } from "../../backend/middleware/bg_color.ts";
import { pageResponse } from "../../backend/pages/page.ts";
import { type CookiePair, formatSetCookie } from "../../http/cookies.ts";
import type { HeaderField } from "../../http/headers.ts";
import type { HttpRequest } from "../../http/request/request.ts";
import type { HttpResponse } from "../../http/response/response.ts";
import { seeOther } from "./see_other.ts";
import { decodePercent, parseFormQuery, requireField } from "./url_text.ts";

/**
 * Answers `/set_cookie/<name>=<value>[/<name>=<value>...][/]` with a Set-Cookie field for each pair.
 *
 * Pairs are split at slashes as sent, then percent-decoded, then checked: `%2F` belongs to a value.
 *
 * @throws {ExplainedError} 400 when a pair makes no valid cookie (RFC 6265 §4.1.1); then nothing is set
 */
export function setCookies(
  _request: HttpRequest,
  context: RequestContext,
  captures: readonly string[],
): HttpResponse {
  const pairs = captures[0]!.replace(/\/$/, "").split("/").map(readPair);
  const fields = pairs.map((pair): HeaderField => ["Set-Cookie", formatOrRefuse(pair)]);
  const title = pairs.length === 1 ? "Cookie set" : "Cookies set";
  const content = html`
    <h1>${title}</h1>
    <dl>${pairs.map((pair) =>
      html`
        <dt><code>${pair.name}</code></dt>
        <dd><code>${pair.value}</code></dd>
      `
    )}</dl>
    <p>It counts from the next request on.</p>
    <p><a href="/">Back to the start page</a></p>
  `;
  return pageResponse(200, { title, content, theme: themeOf(context) }, fields);
}

/**
 * Answers `GET /set_cookie?name=<name>&value=<value>`, what a plain form sends: a redirect to the URL that sets.
 *
 * @throws {ExplainedError} 400 when a field is missing or malformed
 */
export function redirectToSetCookie(request: HttpRequest, context: RequestContext): HttpResponse {
  const form = parseFormQuery(request.query);
  const name = encodeURIComponent(requireField(form, "name"));
  const value = encodeURIComponent(requireField(form, "value"));
  return seeOther(`/set_cookie/${name}=${value}`, context);
}

function readPair(segment: string): CookiePair {
  const text = decodePercent(segment);
  const equals = text.indexOf("=");
  if (equals >= 0) return { name: text.slice(0, equals), value: text.slice(equals + 1) };
  throw refuseCookie(`Cannot build a cookie: expected "name=value", got ${JSON.stringify(text)}`);
}

function formatOrRefuse(pair: CookiePair): string {
  try {
    return formatSetCookie(pair, { path: "/" });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw refuseCookie(error.message, error);
  }
}

function refuseCookie(message: string, cause?: unknown): ExplainedError {
  return new ExplainedError(400, message, {
    cause,
    explanation:
      "No cookie can be made of this, so none was set. A cookie is written name=value: the name of " +
      "letters, digits and some signs, the value without spaces, commas, semicolons, quotes and backslashes.",
  });
}

import { ExplainedError } from "../../../backend/explained_error.ts";
import { html } from "../../../backend/pages/html.ts";
import type { RouteHandler } from "../../../backend/routes.ts";
import { type CookiePair, formatSetCookie } from "../../../http/cookies.ts";
import type { HeaderField } from "../../../http/headers.ts";
import type { AppPages, Outcome } from "../pages/app_pages.ts";
import { decodePercent, parseFormQuery, requireField } from "../pages/url_text.ts";

/** Handlers of the cookies. */
export interface CookieHandlers {
  /**
   * Responds to `/set_cookie/<name>=<value>[/<name>=<value>...][/]` with a Set-Cookie field for each pair.
   *
   * Pairs are split at slashes as sent, then percent-decoded, then checked: `%2F` belongs to a value.
   *
   * @throws {ExplainedError} 400 when a pair is not a valid cookie (RFC 6265 §4.1.1); then nothing is set
   */
  readonly setCookies: RouteHandler;
  /**
   * Responds to `GET /set_cookie?name=<name>&value=<value>`, the request of a plain form, with a redirect to
   * the URL that sets the cookie.
   *
   * @throws {ExplainedError} 400 when a field is missing or malformed, or the name holds `=`, where a URL
   *   would cut it
   */
  readonly redirectToSetCookie: RouteHandler;
}

/** Makes the handlers of the cookies. */
export function createCookieHandlers(pages: AppPages): CookieHandlers {
  return {
    setCookies(request, context, captures) {
      const segments = captures[0]!.endsWith("/") ? captures[0]!.slice(0, -1) : captures[0]!;
      const pairs = segments.split("/").map(readPair);
      const fields = pairs.map((pair): HeaderField => ["Set-Cookie", formatOrRefuse(pair)]);
      return pages.respond(request, context, { ...describe(pairs), fields });
    },
    redirectToSetCookie(request, context) {
      const form = parseFormQuery(request.query);
      const name = requireField(form, "name");
      const value = requireField(form, "value");
      if (name.includes("=")) {
        throw refuseCookie(`Cannot build a cookie: the name holds "=", got ${JSON.stringify(name)}`);
      }
      const path = `/set_cookie/${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
      return pages.seeOther(request, context, path);
    },
  };
}

function describe(pairs: readonly CookiePair[]): Pick<Outcome, "title" | "content"> {
  const title = pairs.length === 1 ? "Cookie set" : "Cookies set";
  const rows = pairs.map(({ name, value }) =>
    html`
      <dt><code>${name}</code></dt>
      <dd><code>${value}</code></dd>
    `
  );
  const content = html`
    <h1>${title}</h1>
    <dl>${rows}</dl>
    <p>It counts from the next request on.</p>
  `;
  return { title, content };
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

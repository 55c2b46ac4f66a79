import type { RequestContext } from "../../backend/handler.ts";
import { html } from "../../backend/pages/html.ts";
import { themeOf } from "../../backend/middleware/bg_color.ts";
import { pageResponse } from "../../backend/pages/page.ts";
import type { HttpResponse } from "../../http/response/response.ts";

/**
 * Sends the client to another page (RFC 9110 §15.4.4), with a link for those who are not taken there.
 *
 * @param path where to, percent-encoded
 */
export function seeOther(path: string, context: RequestContext): HttpResponse {
  const content = html`
    <h1>See other</h1>
    <p>The answer is at <a href="${path}">${path}</a>.</p>
  `;
  return pageResponse(303, { title: "See other", content, theme: themeOf(context) }, [["Location", path]]);
}

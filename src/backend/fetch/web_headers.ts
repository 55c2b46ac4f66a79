import type { HttpHeaders } from "../../http/headers.ts";

/** Makes web-standard headers. Cookie is the one field whose lines are not joined by commas (RFC 9113 §8.2.3). */
export function toWebHeaders(fields: HttpHeaders): Headers {
  const headers = new Headers();
  let cookies: string | undefined;
  for (const [name, value] of fields) {
    if (name.length === 6 && name.toLowerCase() === "cookie") {
      cookies = cookies === undefined ? value : `${cookies}; ${value}`;
    } else {
      headers.append(name, value);
    }
  }
  if (cookies !== undefined) headers.append("cookie", cookies);
  return headers;
}

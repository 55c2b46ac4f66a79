// Scheme, authority, and the rest from the path or the query on.
const ABSOLUTE_FORM = /^https?:\/\/([^/?]*)(.*)$/is;

/**
 * Splits a request target into path and query, both as sent (RFC 9112 §3.2).
 *
 * The origin-form and the absolute-form have a path; `*` and an authority come back as the path, whole.
 * `new URL` is not used: it would rewrite dots and backslashes, and let `//host` change the authority.
 */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const origin = target.startsWith("/") ? target : originOfAbsoluteForm(target);
  const mark = origin.indexOf("?");
  return mark < 0
    ? { path: origin, query: "" }
    : { path: origin.slice(0, mark), query: origin.slice(mark + 1) };
}

/**
 * The authority of an absolute-form target, which overrides the Host field (RFC 9112 §3.2.2).
 *
 * @returns undefined for the other forms
 */
export function authorityOf(target: string): string | undefined {
  return ABSOLUTE_FORM.exec(target)?.[1];
}

/** Whether a target is an https URI, which only a secured connection may request (RFC 9110 §7.4). */
export function isHttpsUri(target: string): boolean {
  return /^https:/i.test(target);
}

function originOfAbsoluteForm(target: string): string {
  const origin = ABSOLUTE_FORM.exec(target)?.[2] ?? target;
  return origin.startsWith("/") || origin === target ? origin : "/" + origin;
}

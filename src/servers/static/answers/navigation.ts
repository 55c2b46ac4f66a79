import type { HttpHeaders } from "../../../http/headers.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import { trimOws } from "../../../http/grammar.ts";

/** The request fields that {@linkcode isNavigation} looks at, for Vary. */
export const NAVIGATION_FIELDS: readonly string[] = ["Accept", "Sec-Fetch-Mode"];

/**
 * Whether the client goes to a page, and does not load a part of one.
 *
 * Browsers say so in Sec-Fetch-Mode (Fetch Metadata). Of other clients, those that name HTML in Accept count.
 * The path does not tell: `/users/anna@example.com` and `/repo/next.js` are pages as well.
 */
export function isNavigation({ headers }: HttpRequest): boolean {
  const mode = headers.get("Sec-Fetch-Mode");
  if (mode !== undefined) return mode === "navigate";
  const { specificity, weight } = preferenceFor("text/html", headers.getList("Accept"));
  return specificity === NAMED && weight > 0;
}

/**
 * Whether the client prefers JSON to HTML (RFC 9110 §12.5.1): of equal weights, a named type counts more.
 *
 * A weight of 0 means "not acceptable", even if HTML is not mentioned.
 */
export function prefersJson(headers: HttpHeaders): boolean {
  const ranges = headers.getList("Accept");
  const json = preferenceFor("application/json", ranges);
  const html = preferenceFor("text/html", ranges);
  if (json.weight === 0) return false;
  return json.weight === html.weight ? json.specificity > html.specificity : json.weight > html.weight;
}

interface Preference {
  /** -1 if no range covers the type, 0 for all types, 1 for all of its kind, 2 if it is named. */
  readonly specificity: number;
  /** 0 to 1. */
  readonly weight: number;
}

const NAMED = 2;

/** The weight that the most specific range gives to a type. */
function preferenceFor(type: string, ranges: readonly string[]): Preference {
  let best: Preference = { specificity: -1, weight: 0 };
  for (const range of ranges) {
    const [name = "", ...parameters] = range.split(";").map(trimOws);
    const specificity = ["*/*", `${type.split("/")[0]}/*`, type].indexOf(name.toLowerCase());
    const weight = parameters.flatMap((parameter) => /^q=([\d.]{1,5})$/i.exec(parameter)?.[1] ?? [])[0] ??
      "1";
    if (specificity > best.specificity) best = { specificity, weight: Number(weight) };
  }
  return best;
}

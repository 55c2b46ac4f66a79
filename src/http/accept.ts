// Which media type a client prefers (RFC 9110 §12.5.1).

import { trimOws } from "./grammar.ts";
import type { HttpHeaders } from "./headers.ts";

/** The preference that Accept gives to a media type. */
export interface Preference {
  /** -1 when no range covers the type, 0 for all types, 1 for all of its kind, 2 when it is named. */
  readonly specificity: number;
  /** 0 to 1; 0 means "not acceptable". */
  readonly weight: number;
}

/**
 * The type that the client prefers: the highest weight wins, then the type that is named more exactly, then
 * the first.
 *
 * A client that accepts none of them gets the first one: RFC 9110 §12.5.1 lets a server disregard the field.
 *
 * @param offered media types from the one we like best, in lower case, at least one
 */
export function preferredType<T extends string>(headers: HttpHeaders, offered: readonly [T, ...T[]]): T {
  const [favourite] = offered;
  const accept = headers.get("accept");
  // The values that curl, fetch and browsers send need no parsing.
  if (accept === undefined || accept === "*/*" || accept.startsWith(favourite + ",")) return favourite;
  const ranges = headers.getList("accept");
  let best = favourite;
  let bestPreference = preferenceFor(favourite, ranges);
  for (const type of offered) {
    const preference = preferenceFor(type, ranges);
    if (preference.weight > 0 && isHigher(preference, bestPreference)) {
      best = type;
      bestPreference = preference;
    }
  }
  return best;
}

function isHigher(one: Preference, other: Preference): boolean {
  return one.weight === other.weight ? one.specificity > other.specificity : one.weight > other.weight;
}

/** The preference that the most specific media range gives to a type. @param ranges members of Accept */
export function preferenceFor(type: string, ranges: readonly string[]): Preference {
  let best: Preference = { specificity: -1, weight: 0 };
  for (const range of ranges) {
    const [name = "", ...parameters] = range.split(";").map(trimOws);
    const specificity = ["*/*", `${type.split("/")[0]}/*`, type].indexOf(name.toLowerCase());
    if (specificity > best.specificity) best = { specificity, weight: weightOf(parameters) };
  }
  return best;
}

function weightOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const weight = /^q=(\d(?:\.\d{0,3})?)$/i.exec(parameter)?.[1];
    if (weight !== undefined) return Math.min(1, Number(weight));
  }
  return 1;
}

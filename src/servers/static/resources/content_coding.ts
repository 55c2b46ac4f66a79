// Which content coding a client gets: RFC 9110 §12.5.3.

import type { HttpHeaders } from "../../../http/headers.ts";
import { equalsIgnoringCase, splitList, trimOws } from "../../../http/grammar.ts";

/** A content coding (RFC 9110 §8.4.1; zstd: RFC 8878); `identity` is none. */
export type ContentCoding = "identity" | "br" | "zstd" | "gzip";

/** Codings from the one we like best, with the ending of files that hold it. */
export const CODINGS: readonly {
  readonly coding: Exclude<ContentCoding, "identity">;
  readonly ending: string;
}[] = [
  { coding: "br", ending: ".br" },
  { coding: "zstd", ending: ".zst" },
  { coding: "gzip", ending: ".gz" },
];

/**
 * Chooses among the available codings: the one with the highest weight, and among equal ones the first.
 *
 * Identity has no weight of its own unless the client gives it one, so it loses against any acceptable
 * coding. It is still sent if nothing else is available, which RFC 9110 §12.5.3 allows.
 *
 * @param available codings from the one we like best; identity always counts as available
 */
export function chooseCoding(headers: HttpHeaders, available: readonly ContentCoding[]): ContentCoding {
  const field = headers.get("Accept-Encoding");
  if (field === undefined) return "identity";
  const value = headers.count("Accept-Encoding") === 1 ? field : headers.getAll("Accept-Encoding").join(",");
  const weights = parseWeights(value);
  let best: ContentCoding = "identity";
  let bestWeight = weights.get("identity") ?? weights.get("*") ?? 0;
  const isIdentityNamed = bestWeight > 0;
  for (const coding of available) {
    if (coding === "identity") continue;
    const weight = weights.get(coding) ?? weights.get("*") ?? 0;
    // At equal weights a coding wins over identity, and between codings the one that we prefer wins.
    const isBetter = best === "identity" && isIdentityNamed ? weight >= bestWeight : weight > bestWeight;
    if (weight > 0 && isBetter) {
      best = coding;
      bestWeight = weight;
    }
  }
  return best;
}

/** The codings that a client takes, identity apart, from the one we like best. */
export function acceptedCodings(headers: HttpHeaders): readonly ContentCoding[] {
  const field = headers.get("Accept-Encoding");
  if (field === undefined) return [];
  const value = headers.count("Accept-Encoding") === 1 ? field : headers.getAll("Accept-Encoding").join(",");
  const weights = parseWeights(value);
  return CODINGS.filter(({ coding }) => (weights.get(coding) ?? weights.get("*") ?? 0) > 0)
    .map(({ coding }) => coding);
}

/** Weights by coding, in thousandths; members that are malformed are left out. */
function parseWeights(value: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const member of splitList(value)) {
    const parts = member.split(";").map(trimOws);
    const weight = parts.length === 1 ? 1_000 : parts.length === 2 ? parseWeight(parts[1]!) : undefined;
    if (weight !== undefined) weights.set(nameOf(parts[0]!), weight);
  }
  return weights;
}

function parseWeight(text: string): number | undefined {
  const match = /^[qQ]=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(text);
  return match === null ? undefined : Math.round(Number(match[1]) * 1_000);
}

/** Names are compared without case; `x-gzip` is an old name of gzip (RFC 9110 §8.4.1.3). */
function nameOf(text: string): string {
  if (equalsIgnoringCase(text, "identity")) return "identity";
  if (equalsIgnoringCase(text, "x-gzip")) return "gzip";
  return CODINGS.find(({ coding }) => equalsIgnoringCase(text, coding))?.coding ?? text;
}

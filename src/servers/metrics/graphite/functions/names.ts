// The names of the results of functions.

import type { GraphiteSeries } from "../graphite_series.ts";
import { parseTarget, type TargetNode } from "../targets/target_parser.ts";
import { TargetError } from "../targets/target_error.ts";

/** A number as C's `%g` writes it: six digits at most, no trailing zeros. */
export function formatShort(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  const exponent = value === 0 ? 0 : Number(value.toExponential(5).split("e")[1]);
  if (exponent >= -4 && exponent < 6) return String(Number(value.toPrecision(6)));
  const [digits, power] = value.toExponential(5).split("e") as [string, string];
  const short = digits.replace(/\.?0+$/, "");
  return `${short}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}

/** The expressions of the series, each once. */
export function joinExpressions(series: readonly GraphiteSeries[]): string {
  return [...new Set(series.map(({ pathExpression }) => pathExpression))].join(",");
}

/** Parts of a series' name, or tags of it, with dots between them. @param nodes numbers of parts, or names of tags */
export function nameByNodes(series: GraphiteSeries, nodes: readonly unknown[]): string {
  const path = series.name.endsWith(")") ? firstPath(series.name) ?? series.name : series.name;
  const parts = path.split(";", 1)[0]!.split(".");
  return nodes.map((node) => {
    const part = typeof node === "number" ? parts.at(node) : undefined;
    return part ?? series.tags[String(node)] ?? "";
  }).join(".");
}

// The name of a result looks like a target, with the sources of the result in it.
function firstPath(name: string): string | undefined {
  try {
    let node: TargetNode | undefined = parseTarget(name);
    while (node?.kind === "call") node = node.args[0];
    return node?.kind === "path" ? node.path : undefined;
  } catch (error) {
    if (error instanceof TargetError) return undefined;
    throw error;
  }
}

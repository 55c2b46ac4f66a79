import { align, GraphiteSeries } from "../graphite_series.ts";
import { TargetError } from "../targets/target_error.ts";
import { aggregate, divideRows, groupBy } from "./combine.ts";
import type { GraphiteFunction } from "./function.ts";
import { SERIES } from "./parameter.ts";
import { joinExpressions } from "./names.ts";

// The total that series are parts of: another series, or a number; undefined if it is missing.
type Total = GraphiteSeries | number | undefined;

/** `asPercent`: each value as a percentage of a total. */
export const asPercent: GraphiteFunction = {
  name: "asPercent",
  group: "Combine",
  description: "Each value in percent of the sum of all, of another series, or of a number.",
  parameters: [SERIES, { name: "total", type: "any" }, { name: "nodes", type: "nodeOrTag", multiple: true }],
  call: (args) => {
    const all = args.series();
    const total = args.value("total");
    const nodes = args.all("nodes");
    if (nodes.length > 0) {
      return percentByNodes(all, total === null ? undefined : args.series("total"), nodes);
    }
    if (all.length === 0) return [];
    if (total === null) return all.map((one) => percentOf(one, sumOf(all)));
    if (typeof total === "number") return all.map((one) => percentOf(one, total));
    return percentOfSeries(all, args.series("total"));
  },
};

function percentOfSeries(
  all: readonly GraphiteSeries[],
  totals: readonly GraphiteSeries[],
): GraphiteSeries[] {
  if (totals.length === 1) return all.map((one) => percentOf(one, totals[0]));
  if (totals.length !== all.length) {
    throw new TargetError(
      "asPercent second argument must be missing, a single digit, reference exactly 1 series or reference the same " +
        "number of series as the first argument",
    );
  }
  const byName = (a: GraphiteSeries, b: GraphiteSeries): number => a.name < b.name ? -1 : 1;
  const sortedTotals = totals.toSorted(byName);
  return all.toSorted(byName).map((one, index) => percentOf(one, sortedTotals[index]));
}

function percentByNodes(
  all: readonly GraphiteSeries[],
  given: readonly GraphiteSeries[] | undefined,
  nodes: readonly unknown[],
): GraphiteSeries[] {
  const groups = groupBy(all, nodes);
  const totals = given === undefined ? groups : groupBy(given, nodes);
  const results: GraphiteSeries[] = [];
  for (const key of new Set([...groups.keys(), ...totals.keys()])) {
    const parts = totals.get(key) ?? [];
    const total = parts.length > 1 ? sumOf(parts) : parts[0];
    const members = groups.get(key);
    if (members !== undefined) results.push(...members.map((one) => percentOf(one, total)));
    else if (total !== undefined) results.push(withoutValues(total, `asPercent(MISSING,${total.name})`));
  }
  return results;
}

function percentOf(part: GraphiteSeries, total: Total): GraphiteSeries {
  if (total === undefined) return withoutValues(part, `asPercent(${part.name},MISSING)`);
  if (typeof total === "number") {
    const values = divideRows(part.values, new Float64Array(part.values.length).fill(total), 100);
    return plain(part, `asPercent(${part.name},${total})`, values);
  }
  const { rows, ...times } = align([part, total]);
  const { xFilesFactor } = part;
  const name = `asPercent(${part.name},${total.name})`;
  return new GraphiteSeries({ name, ...times, values: divideRows(rows[0]!, rows[1]!, 100), xFilesFactor });
}

function sumOf(all: readonly GraphiteSeries[]): GraphiteSeries {
  const [total] = aggregate(all, "sum", 0);
  total!.name = `sumSeries(${joinExpressions(all)})`;
  return total!;
}

function withoutValues(series: GraphiteSeries, name: string): GraphiteSeries {
  return plain(series, name, new Float64Array(series.values.length).fill(NaN));
}

function plain(
  { start, end, step, xFilesFactor }: GraphiteSeries,
  name: string,
  values: Float64Array,
): GraphiteSeries {
  return new GraphiteSeries({ name, start, end, step, values, xFilesFactor });
}

// Functions that make one series from many.

import { type Aggregation, aggregationOf, countValues } from "../aggregations.ts";
import { align, GraphiteSeries } from "../graphite_series.ts";
import { TargetError } from "../targets/target_error.ts";
import type { GraphiteFunction } from "./function.ts";
import { SERIES } from "./parameter.ts";
import { joinExpressions, nameByNodes } from "./names.ts";

/** Makes one series from many, and none from none. @param name of an aggregation function */
export function aggregate(
  all: readonly GraphiteSeries[],
  name: string,
  xFilesFactor: number,
): GraphiteSeries[] {
  if (all.length === 0) return [];
  const own = name.replace(/Series$/, "");
  const { rows, start, end, step } = align(all);
  const values = joinRows(rows, aggregationOf(own), xFilesFactor);
  const text = `${own}Series(${joinExpressions(all)})`;
  const tags = { name: text, ...commonTags(all), aggregatedBy: own };
  return [new GraphiteSeries({ name: text, start, end, step, values, tags, xFilesFactor })];
}

function joinRows(
  rows: readonly Float64Array[],
  aggregation: Aggregation,
  xFilesFactor: number,
): Float64Array {
  const length = rows.reduce((longest, row) => Math.max(longest, row.length), 0);
  const values = new Float64Array(length).fill(NaN);
  const column = new Float64Array(rows.length);
  for (let index = 0; index < length; index++) {
    for (let row = 0; row < rows.length; row++) column[row] = rows[row]![index] ?? NaN;
    const count = countValues(column);
    if (count > 0 && count / rows.length >= xFilesFactor) values[index] = aggregation(column);
  }
  return values;
}

function commonTags(all: readonly GraphiteSeries[]): Record<string, string> {
  const entries = Object.entries(all[0]!.tags);
  return Object.fromEntries(entries.filter(([tag, value]) => all.every(({ tags }) => tags[tag] === value)));
}

function aggregator(name: string, short: string | undefined, what: string): GraphiteFunction[] {
  return [`${name}Series`, ...(short === undefined ? [] : [short])].map((own) => ({
    name: own,
    group: "Combine",
    description: `The ${what} of all series, value by value.`,
    parameters: [{ name: "seriesLists", type: "seriesList", required: true, multiple: true }],
    call: (args, { evaluation }) => aggregate(args.allSeries("seriesLists"), name, evaluation.xFilesFactor),
  }));
}

const group: GraphiteFunction = {
  name: "group",
  group: "Combine",
  description: "All series of all arguments.",
  parameters: [{ name: "seriesLists", type: "seriesList", multiple: true }],
  call: (args) => args.allSeries("seriesLists"),
};

const groupByNode: GraphiteFunction = {
  name: "groupByNode",
  group: "Combine",
  description: "One series for each part of the names that stands at a place.",
  parameters: [
    SERIES,
    { name: "nodeNum", type: "nodeOrTag", required: true },
    { name: "callback", type: "aggFunc", default: "average" },
  ],
  call: (args, { evaluation }) => {
    const groups = groupBy(args.series(), [args.value("nodeNum")]);
    return [...groups].flatMap(([name, members]) =>
      aggregate(members, args.text("callback")!, evaluation.xFilesFactor).map((one) => {
        one.name = name;
        return one;
      })
    );
  },
};

/** Series by parts of their names, in the order of the first of each. */
export function groupBy(
  all: readonly GraphiteSeries[],
  nodes: readonly unknown[],
): Map<string, GraphiteSeries[]> {
  const groups = new Map<string, GraphiteSeries[]>();
  for (const series of all) {
    const key = nameByNodes(series, nodes);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [series]);
    else members.push(series);
  }
  return groups;
}

const divideSeries: GraphiteFunction = {
  name: "divideSeries",
  group: "Combine",
  description: "Each series divided by another one, value by value.",
  parameters: [
    { name: "dividendSeriesList", type: "seriesList", required: true },
    { name: "divisorSeries", type: "seriesList", required: true },
  ],
  call: (args, { evaluation: { xFilesFactor } }) => {
    const dividends = args.series("dividendSeriesList");
    const divisors = args.series("divisorSeries");
    const [divisor] = divisors;
    if (divisors.length > 1) {
      throw new TargetError(
        `divideSeries second argument must reference exactly 1 series (got ${divisors.length})`,
      );
    }
    return dividends.map((dividend) => {
      const name = `divideSeries(${dividend.name},${divisor?.name ?? "MISSING"})`;
      if (divisor === undefined) return dividend.with({ name, values: nothing(dividend.values.length) });
      const { rows, ...times } = align([dividend, divisor]);
      return new GraphiteSeries({ name, ...times, values: divideRows(rows[0]!, rows[1]!), xFilesFactor });
    });
  },
};

/**
 * Divides value by value; there is no result if one is missing or the divisor is 0.
 *
 * @param factor of each result
 */
export function divideRows(dividends: Float64Array, divisors: Float64Array, factor = 1): Float64Array {
  const values = nothing(Math.max(dividends.length, divisors.length));
  for (let index = 0; index < values.length; index++) {
    const divisor = divisors[index] ?? NaN;
    if (divisor !== 0) values[index] = (dividends[index] ?? NaN) / divisor * factor;
  }
  return values;
}

function nothing(length: number): Float64Array {
  return new Float64Array(length).fill(NaN);
}

/** Functions that make one series from many. */
export const COMBINE_FUNCTIONS: readonly GraphiteFunction[] = [
  ...aggregator("sum", "sum", "sum"),
  ...aggregator("average", "avg", "average"),
  ...aggregator("max", undefined, "largest value"),
  ...aggregator("min", undefined, "smallest value"),
  ...aggregator("diff", undefined, "first one less the others"),
  group,
  groupByNode,
  divideSeries,
];

// Functions that name, choose and order series, and leave values out.

import { aggregationOf } from "../aggregations.ts";
import { GraphiteSeries } from "../graphite_series.ts";
import { formatPythonFloat } from "../../protocol/python_float.ts";
import type { GraphiteFunction } from "./function.ts";
import { SERIES } from "./parameter.ts";
import { formatShort, nameByNodes } from "./names.ts";

const alias: GraphiteFunction = {
  name: "alias",
  group: "Alias",
  description: "Another name.",
  parameters: [SERIES, { name: "newName", type: "string", required: true }],
  call: (args) => named(args.series(), () => args.text("newName")!),
};

const aliasByNode: GraphiteFunction = {
  name: "aliasByNode",
  group: "Alias",
  description: "Parts of the name, or tags, as the name.",
  parameters: [SERIES, { name: "nodes", type: "nodeOrTag", required: true, multiple: true }],
  call: (args) => named(args.series(), (one) => nameByNodes(one, args.all("nodes"))),
};

function named(all: GraphiteSeries[], nameOf: (series: GraphiteSeries) => string): GraphiteSeries[] {
  for (const one of all) one.name = nameOf(one);
  return all;
}

const constantLine: GraphiteFunction = {
  name: "constantLine",
  group: "Special",
  description: "A line at a value.",
  parameters: [{ name: "value", type: "float", required: true }],
  call: (args, { evaluation: { from, until } }) => {
    const value = args.number("value")!;
    const name = formatPythonFloat(value);
    const [start, end] = [Math.floor(from), Math.floor(until)];
    const step = Math.max(1, Math.floor((end - start) / 2));
    const values = Float64Array.of(value, value, value);
    return [new GraphiteSeries({ name, pathExpression: `constantLine(${name})`, start, end, step, values })];
  },
};

const seriesByTag: GraphiteFunction = {
  name: "seriesByTag",
  group: "Special",
  description: "The series whose tags fit all expressions, such as 'host=~web.*'.",
  parameters: [{ name: "tagExpressions", type: "string", required: true, multiple: true }],
  call: async (args, { evaluation }) => {
    const expressions = args.all("tagExpressions").map(String);
    const path = `seriesByTag(${expressions.map((one) => `'${one}'`).join(", ")})`;
    return await evaluation.fetcher.fetchTagged(expressions, { ...evaluation, path });
  },
};

const consolidateBy: GraphiteFunction = {
  name: "consolidateBy",
  group: "Special",
  description: "How values are joined when there are more than can be drawn.",
  parameters: [SERIES, { name: "consolidationFunc", type: "aggFunc", required: true }],
  call: (args) => {
    const func = args.text("consolidationFunc")!;
    aggregationOf(func);
    return args.series().map((one) => {
      one.consolidation = func;
      one.tags["consolidateBy"] = func;
      one.name = `consolidateBy(${one.name},"${func}")`;
      one.pathExpression = one.name;
      return one;
    });
  },
};

function valueFilter(
  name: string,
  description: string,
  isKept: (value: number, n: number) => boolean,
): GraphiteFunction {
  return {
    name,
    group: "Filter Data",
    description,
    parameters: [SERIES, { name: "n", type: "float", required: true }],
    call: (args) => {
      const n = args.number("n")!;
      return args.series().map((one) => {
        one.name = `${name}(${one.name}, ${formatShort(n)})`;
        one.pathExpression = one.name;
        one.values = one.values.map((value) => isKept(value, n) ? value : NaN);
        return one;
      });
    },
  };
}

const sortByName: GraphiteFunction = {
  name: "sortByName",
  group: "Sorting",
  description: "Ordered by name; naturally, with numbers by their size, if wanted.",
  parameters: [
    SERIES,
    { name: "natural", type: "boolean", default: false },
    { name: "reverse", type: "boolean", default: false },
  ],
  call: (args) => {
    const keyOf = ({ name }: GraphiteSeries): string =>
      args.isOn("natural") ? name.replaceAll(/\d+/g, (digits) => digits.padStart(10, "0")) : name;
    const direction = args.isOn("reverse") ? -1 : 1;
    return args.series().sort((a, b) => compare(keyOf(a), keyOf(b)) * direction);
  },
};

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

const limit: GraphiteFunction = {
  name: "limit",
  group: "Filter Series",
  description: "The first series.",
  parameters: [SERIES, { name: "n", type: "integer", required: true }],
  call: (args) => args.series().slice(0, args.number("n")),
};

const highestMax: GraphiteFunction = {
  name: "highestMax",
  group: "Filter Series",
  description: "The series with the largest values.",
  parameters: [SERIES, { name: "n", type: "integer", required: true }],
  call: (args) => {
    const maximum = aggregationOf("max");
    const scored = args.series().map((one) => ({ one, score: maximum(one.values) }));
    const scoreOf = (score: number): number => Number.isNaN(score) ? -Infinity : score;
    scored.sort((a, b) => scoreOf(b.score) === scoreOf(a.score) ? 0 : scoreOf(b.score) - scoreOf(a.score));
    return scored.slice(0, args.number("n")).map(({ one }) => one);
  },
};

// The look of a drawing is up to the client.
function passThrough(name: string, parameter: string, type: "string" | "float" | "any"): GraphiteFunction {
  return {
    name,
    group: "Graph",
    description:
      "Accepted so that existing targets work; the program that draws the lines decides how they look.",
    parameters: [SERIES, { name: parameter, type }, { name: "units", type: "any" }],
    call: (args) => args.series(),
  };
}

/** Functions that name, choose and order series, and leave values out. */
export const NAMING_FUNCTIONS: readonly GraphiteFunction[] = [
  alias,
  aliasByNode,
  constantLine,
  seriesByTag,
  consolidateBy,
  valueFilter("removeAboveValue", "Only values up to a number.", (value, n) => value <= n),
  valueFilter("removeBelowValue", "Only values from a number on.", (value, n) => value >= n),
  sortByName,
  limit,
  highestMax,
  passThrough("color", "theColor", "string"),
  passThrough("cactiStyle", "system", "any"),
  passThrough("lineWidth", "width", "float"),
  passThrough("alpha", "alpha", "float"),
  passThrough("stacked", "stack", "any"),
];

// Functions that change the values of each series.

import type { GraphiteSeries } from "../graphite_series.ts";
import { aggregationOf, countValues } from "../aggregations.ts";
import { parseInterval } from "../times/time_words.ts";
import { TargetError } from "../targets/target_error.ts";
import type { GraphiteFunction } from "./function.ts";
import { SERIES } from "./parameter.ts";
import { formatShort } from "./names.ts";

const scale: GraphiteFunction = {
  name: "scale",
  group: "Transform",
  description: "Each value times a number.",
  parameters: [SERIES, { name: "factor", type: "float", required: true }],
  call: (args) => {
    const factor = args.number("factor")!;
    return args.series().map((one) => {
      one.tags["scale"] = String(args.value("factor"));
      return rename(
        one,
        `scale(${one.name},${formatShort(factor)})`,
        one.values.map((value) => value * factor),
      );
    });
  },
};

// The result stands for its series from now on, so later results name it, and not its source.
function rename(series: GraphiteSeries, name: string, values: Float64Array): GraphiteSeries {
  series.name = name;
  series.pathExpression = name;
  series.values = values;
  return series;
}

const derivative: GraphiteFunction = {
  name: "derivative",
  group: "Transform",
  description: "The change from each value to the next.",
  parameters: [SERIES],
  call: (args) =>
    args.series().map((one) => {
      one.tags["derivative"] = "1";
      const values = one.values.map((value, index) => index === 0 ? NaN : value - one.values[index - 1]!);
      return one.with({ name: `derivative(${one.name})`, values });
    }),
};

interface CounterBounds {
  readonly max: number | undefined;
  readonly min: number | undefined;
}

// The steps of a counter that only grows, and sometimes restarts.
function counterSteps(values: Float64Array, { max, min }: CounterBounds): Float64Array {
  let before = NaN;
  return values.map((value) => {
    const isOutside = (max !== undefined && value > max) || (min !== undefined && value < min);
    const last = before;
    before = isOutside ? NaN : value;
    if (isOutside || Number.isNaN(value) || Number.isNaN(last)) return NaN;
    if (value >= last) return value - last;
    if (max !== undefined) return max + 1 + value - last - (min ?? 0);
    return min === undefined ? NaN : value - min;
  });
}

function counterFunction(
  name: string,
  description: string,
  convert: (values: Float64Array, step: number) => Float64Array,
): GraphiteFunction {
  return {
    name,
    group: "Transform",
    description,
    parameters: [SERIES, { name: "maxValue", type: "float" }, { name: "minValue", type: "float" }],
    call: (args) =>
      args.series().map((one) => {
        one.tags[name] = "1";
        const steps = counterSteps(one.values, {
          max: args.number("maxValue"),
          min: args.number("minValue"),
        });
        return one.with({ name: `${name}(${one.name})`, values: convert(steps, one.step) });
      }),
  };
}

function roundToMillionths(value: number): number {
  const rounded = Number(value.toFixed(6));
  return Math.abs(value) < 1e15 ? rounded : value;
}

const keepLastValue: GraphiteFunction = {
  name: "keepLastValue",
  group: "Transform",
  description: "The last value in the place of missing ones, so many in a row at most.",
  parameters: [SERIES, { name: "limit", type: "intOrInf", default: Infinity }],
  call: (args) =>
    args.series().map((one) =>
      rename(one, `keepLastValue(${one.name})`, fillGaps(one.values, args.number("limit")!))
    ),
};

// A gap that is longer than the limit stays.
function fillGaps(values: Float64Array, limit: number): Float64Array {
  const filled = values.slice();
  let last = NaN;
  for (let start = 0; start < values.length; start++) {
    if (!Number.isNaN(values[start]!)) {
      last = values[start]!;
      continue;
    }
    let end = start + 1;
    while (end < values.length && Number.isNaN(values[end]!)) end++;
    if (end - start <= limit) filled.fill(last, start, end);
    start = end - 1;
  }
  return filled;
}

const transformNull: GraphiteFunction = {
  name: "transformNull",
  group: "Transform",
  description: "A number in the place of missing values, where other series have one if these are given.",
  parameters: [
    SERIES,
    { name: "default", type: "float", default: 0 },
    { name: "referenceSeries", type: "seriesList" },
  ],
  call: (args) => {
    const substitute = args.number("default")!;
    const references = args.series("referenceSeries");
    const isMeant = (index: number): boolean =>
      references.length === 0 || references.some(({ values }) => !Number.isNaN(values[index] ?? NaN));
    return args.series().map((one) => {
      one.tags["transformNull"] = String(args.value("default"));
      if (references.length > 0) one.tags["referenceSeries"] = "1";
      const name = `transformNull(${one.name},${formatShort(substitute)}${
        references.length > 0 ? ",referenceSeries" : ""
      })`;
      const values = one.values.map((value, index) =>
        Number.isNaN(value) && isMeant(index) ? substitute : value
      );
      return rename(one, name, values);
    });
  },
};

const summarize: GraphiteFunction = {
  name: "summarize",
  group: "Transform",
  description: "One value for each interval.",
  parameters: [
    SERIES,
    { name: "intervalString", type: "interval", required: true },
    { name: "func", type: "aggFunc", default: "sum" },
    { name: "alignToFrom", type: "boolean", default: false },
  ],
  call: (args) => {
    const text = args.text("intervalString")!;
    const func = args.text("func")!;
    const interval = parseInterval(text);
    if (interval <= 0) throw new TargetError(`Cannot summarize: expected an interval above 0, got ${text}`);
    return args.series().map((one) => {
      one.tags["summarize"] = text;
      one.tags["summarizeFunction"] = func;
      const isAligned = args.isOn("alignToFrom");
      const start = isAligned ? one.start : one.start - one.start % interval;
      const lastEnd = isAligned ? one.end : one.end - one.end % interval + interval;
      const values = summarizeValues(one, { start, end: lastEnd, interval, func });
      const name = `summarize(${one.name}, "${text}", "${func}"${isAligned ? ", true" : ""})`;
      return one.with({
        name,
        start,
        end: isAligned ? start + values.length * interval : lastEnd,
        step: interval,
        values,
      });
    });
  },
};

function summarizeValues(
  series: GraphiteSeries,
  { start, end, interval, func }: {
    readonly start: number;
    readonly end: number;
    readonly interval: number;
    readonly func: string;
  },
): Float64Array {
  const aggregation = aggregationOf(func);
  const indexAt = (seconds: number): number =>
    Math.min(Math.max(Math.ceil((seconds - series.start) / series.step), 0), series.values.length);
  const values = new Float64Array(Math.ceil((end - start) / interval)).fill(NaN);
  for (let index = 0; index < values.length; index++) {
    const from = start + index * interval;
    const part = series.values.subarray(indexAt(from), indexAt(from + interval));
    const count = countValues(part);
    if (count > 0 && count / (interval / series.step) >= series.xFilesFactor) {
      values[index] = aggregation(part);
    }
  }
  return values;
}

/** Functions that change the values of each series. */
export const TRANSFORM_FUNCTIONS: readonly GraphiteFunction[] = [
  scale,
  derivative,
  counterFunction(
    "nonNegativeDerivative",
    "The growth of a counter from each value to the next.",
    (steps) => steps,
  ),
  counterFunction(
    "perSecond",
    "The growth of a counter for each second.",
    (steps, step) => steps.map((growth) => roundToMillionths(growth / step)),
  ),
  keepLastValue,
  transformNull,
  summarize,
];

// Functions that look at another time than the requested one.

import { aggregationOf, countValues } from "../aggregations.ts";
import type { GraphiteSeries } from "../graphite_series.ts";
import { TargetError } from "../targets/target_error.ts";
import { parseInterval } from "../times/time_words.ts";
import type { GraphiteFunction } from "./function.ts";
import { SERIES } from "./parameter.ts";

const movingAverage: GraphiteFunction = {
  name: "movingAverage",
  group: "Calculate",
  description: "The average of the values before, so many or so long.",
  parameters: [
    SERIES,
    { name: "windowSize", type: "intOrInterval", required: true },
    { name: "xFilesFactor", type: "float" },
  ],
  call: async (args, { evaluation, evaluateAgain }) => {
    const given = args.value("windowSize");
    const all = args.series();
    if (all.length === 0) return [];
    const steps = all.map(({ step }) => step);
    const windowSeconds = typeof given === "number"
      ? Math.max(...steps) * given
      : Math.abs(parseInterval(String(given)));
    if (windowSeconds <= 0) throw new TargetError("Cannot move an average: expected a window above 0");
    const earlier = await evaluateAgain({ from: evaluation.from - windowSeconds });
    return earlier.map((one) => {
      const size = typeof given === "number" ? given : Math.floor(windowSeconds / one.step);
      one.tags["movingAverage"] = String(given);
      const name = typeof given === "number"
        ? `movingAverage(${one.name},${given})`
        : `movingAverage(${one.name},"${given}")`;
      const values = average(one, size, args.number("xFilesFactor") ?? one.xFilesFactor);
      return one.with({ name, start: one.start + windowSeconds, values });
    });
  },
};

// The window ends before the value that it stands for.
function average({ values }: GraphiteSeries, size: number, xFilesFactor: number): Float64Array {
  const mean = aggregationOf("average");
  const averages = new Float64Array(Math.max(0, values.length - size)).fill(NaN);
  for (let index = 0; index < averages.length; index++) {
    const window = values.subarray(index, index + size);
    const count = countValues(window);
    if (count > 0 && count / size >= xFilesFactor) averages[index] = mean(window);
  }
  return averages;
}

const timeShift: GraphiteFunction = {
  name: "timeShift",
  group: "Transform",
  description: "What was at another time, drawn as if it were now.",
  parameters: [
    SERIES,
    { name: "timeShift", type: "interval", required: true },
    { name: "resetEnd", type: "boolean", default: true },
  ],
  call: async (args, { evaluation, evaluateAgain }) => {
    const text = args.text("timeShift")!;
    // Without a sign it means the past.
    const signed = /^\d/.test(text) ? `-${text}` : text;
    const [now] = args.series();
    if (now === undefined) return [];
    const shift = parseInterval(signed);
    const shifted = await evaluateAgain({ from: evaluation.from + shift, until: evaluation.until + shift });
    return shifted.map((one) => {
      one.tags["timeShift"] = signed;
      const end = args.isOn("resetEnd") ? now.end : one.end - one.start + now.start;
      return one.with({ name: `timeShift(${one.name}, "${signed}")`, start: now.start, end });
    });
  },
};

/** Functions that look at another time than the requested one. */
export const WINDOW_FUNCTIONS: readonly GraphiteFunction[] = [movingAverage, timeShift];

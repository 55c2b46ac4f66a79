import { asPercent } from "./as_percent.ts";
import { COMBINE_FUNCTIONS } from "./combine.ts";
import type { GraphiteFunction } from "./function.ts";
import { NAMING_FUNCTIONS } from "./names_and_filters.ts";
import { TRANSFORM_FUNCTIONS } from "./transform.ts";
import { WINDOW_FUNCTIONS } from "./windows.ts";

/** All functions of targets by name. */
export const FUNCTIONS: ReadonlyMap<string, GraphiteFunction> = new Map(
  [...COMBINE_FUNCTIONS, asPercent, ...TRANSFORM_FUNCTIONS, ...WINDOW_FUNCTIONS, ...NAMING_FUNCTIONS]
    .map((one) => [one.name, one]),
);

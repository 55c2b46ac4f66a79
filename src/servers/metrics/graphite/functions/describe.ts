// `/functions`: the descriptions that clients show to authors of targets.

import { AGGREGATION_NAMES } from "../aggregations.ts";
import { TargetError } from "../targets/target_error.ts";
import { FUNCTIONS } from "./all_functions.ts";
import type { GraphiteFunction } from "./function.ts";
import type { Parameter } from "./parameter.ts";

/** All functions by name, or by group and name. */
export function describeFunctions({ isGrouped }: { readonly isGrouped: boolean }): unknown {
  const all = [...FUNCTIONS.values()];
  const byName = (some: readonly GraphiteFunction[]): unknown =>
    Object.fromEntries(some.map((one) => [one.name, describe(one)]));
  if (!isGrouped) return byName(all);
  const groups = [...new Set(all.map(({ group }) => group))].sort();
  return Object.fromEntries(groups.map((own) => [own, byName(all.filter(({ group }) => group === own))]));
}

/** One function. @throws {TargetError} when there is none of that name */
export function describeFunction(name: string): unknown {
  const found = FUNCTIONS.get(name);
  if (found === undefined) throw new TargetError(`Function not found: ${name.slice(0, 100)}`);
  return describe(found);
}

function describe({ name, group, description, parameters }: GraphiteFunction): unknown {
  const signature = parameters.map((one) => one.multiple === true ? `*${one.name}` : one.name).join(", ");
  return {
    name,
    function: `${name}(${signature})`,
    description,
    module: "graphite.render.functions",
    group,
    params: parameters.map(describeParameter),
  };
}

function describeParameter({ name, type, required, multiple, default: standard }: Parameter): unknown {
  return {
    name,
    type,
    ...(required === true ? { required } : {}),
    ...(multiple === true ? { multiple } : {}),
    // JSON has no infinity; Graphite writes the same as Python.
    ...(standard === undefined ? {} : { default: standard === Infinity ? "INF" : standard }),
    ...(type === "aggFunc" ? { options: AGGREGATION_NAMES } : {}),
  };
}

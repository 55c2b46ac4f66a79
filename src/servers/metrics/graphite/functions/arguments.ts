import type { Value } from "../targets/evaluation.ts";
import { GraphiteSeries } from "../graphite_series.ts";
import { TargetError } from "../targets/target_error.ts";
import type { Parameter } from "./parameter.ts";

/** Binds the arguments of a call to the function's parameters. @throws {TargetError} for wrong ones */
export function bindArguments(
  { name, parameters }: { readonly name: string; readonly parameters: readonly Parameter[] },
  args: readonly Value[],
  named: ReadonlyMap<string, Value>,
): BoundArguments {
  const values = new Map<string, Value[]>();
  for (const [index, value] of args.entries()) {
    const parameter = parameters[index] ?? repeated(parameters);
    if (parameter === undefined) {
      throw new TargetError(`Too many parameters specified for function "${name}"`);
    }
    values.set(parameter.name, [...(values.get(parameter.name) ?? []), checkType(name, parameter, value)]);
  }
  for (const [key, value] of named) {
    const parameter = parameters.find((known) => known.name === key);
    if (parameter === undefined) {
      throw new TargetError(
        `Unexpected keyword argument specified for function "${name}": ${key.slice(0, 100)}`,
      );
    }
    values.set(key, [checkType(name, parameter, value)]);
  }
  for (const parameter of parameters) {
    if (parameter.required === true && !values.has(parameter.name)) {
      throw new TargetError(`Missing required parameters for function "${name}": ${parameter.name}`);
    }
  }
  return new BoundArguments(parameters, values);
}

function repeated(parameters: readonly Parameter[]): Parameter | undefined {
  const last = parameters.at(-1);
  return last?.multiple === true ? last : undefined;
}

function checkType(name: string, parameter: Parameter, value: Value): Value {
  const isMissing = value === null && parameter.required !== true;
  if (isMissing || hasType(parameter, value)) return value;
  const shown = JSON.stringify(typeof value === "object" ? "a series" : value).slice(0, 100);
  throw new TargetError(
    `Invalid "${parameter.type}" value specified for function "${name}" parameter "${parameter.name}": ${shown}`,
  );
}

function hasType({ type }: Parameter, value: Value): boolean {
  switch (type) {
    case "seriesList":
    case "seriesLists":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(toNumber(value));
    case "intOrInf":
      return Number.isInteger(toNumber(value)) || value === Infinity;
    case "float":
      return !Number.isNaN(toNumber(value));
    case "boolean":
      return typeof value === "boolean" || value === 0 || value === 1 ||
        /^(true|false)$/i.test(String(value));
    case "string":
    case "interval":
    case "aggFunc":
      return typeof value === "string";
    case "intOrInterval":
    case "nodeOrTag":
      return Number.isInteger(value) || typeof value === "string";
    default:
      return true;
  }
}

function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
}

/** The arguments of one call by the names of the parameters. */
export class BoundArguments {
  readonly #parameters: readonly Parameter[];
  readonly #values: ReadonlyMap<string, readonly Value[]>;

  /** Only {@linkcode bindArguments} makes them. */
  constructor(parameters: readonly Parameter[], values: ReadonlyMap<string, readonly Value[]>) {
    this.#parameters = parameters;
    this.#values = values;
  }

  /** Series; none if the argument is missing. */
  series(name = "seriesList"): GraphiteSeries[] {
    const value = this.value(name);
    return Array.isArray(value) ? value.filter((one) => one instanceof GraphiteSeries) : [];
  }

  /** The series of an argument that may occur many times. */
  allSeries(name: string): GraphiteSeries[] {
    return this.all(name).flatMap((value) => Array.isArray(value) ? value as GraphiteSeries[] : []);
  }

  /** A number, or the default; undefined if there is none. */
  number(name: string): number | undefined {
    const number = toNumber(this.value(name));
    return Number.isNaN(number) ? undefined : number;
  }

  /** A text, or the default; undefined if there is none. */
  text(name: string): string | undefined {
    const value = this.value(name);
    return typeof value === "string" ? value : undefined;
  }

  /** Whether a switch is on. */
  isOn(name: string): boolean {
    const value = this.value(name);
    return typeof value === "string" ? value.toLowerCase() === "true" : Boolean(value);
  }

  /** The argument itself, or the default; null if there is none. */
  value(name: string): Value {
    const given = this.#values.get(name)?.[0] ?? null;
    return given ?? this.#parameters.find((parameter) => parameter.name === name)?.default ?? null;
  }

  /** The arguments of a parameter that may occur many times. */
  all(name: string): readonly Value[] {
    return this.#values.get(name) ?? [];
  }
}
